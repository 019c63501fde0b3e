"""Which column means what: by the caller's mapping, by a known format, or by a guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from skuflow.kernel.errors import Invalid, Problem
from skuflow.sync.reading.formats.headers import comparable, duplicates
from skuflow.sync.reading.formats.layouts import LAYOUTS, bound, detect, require
from skuflow.sync.reading.plan import Format
from skuflow.sync.reading.refusal import MappingNeeded, UploadRefused
from skuflow.sync.reading.source import Limits
from skuflow.sync.reading.stream.records import Record
from skuflow.sync.reading.suggestion import suggest_mapping
from skuflow.sync.reading.synonyms import SYNONYMS
from skuflow.sync.reading.values.text import one_line

MAPPABLE_FIELDS: tuple[str, ...] = tuple(SYNONYMS)
"""The canonical fields that a mapping may name."""

_ALIASES = frozenset(name for layout in LAYOUTS.values() for names in layout.aliases.values() for name in names)


def known_names(mapping: Mapping[str, str] | None) -> frozenset[str]:
    """The comparable names that a header of ours may contain."""
    return _ALIASES | {comparable(name) for name in (mapping or {}).values()}


def header_of(record: Record | None, unclosed: int | None, limits: Limits) -> tuple[str, ...]:
    """The names in the first record. Raises UploadRefused if it cannot be a header."""
    if unclosed is not None:
        raise UploadRefused(
            "truncated",
            f"a quotation mark that is opened in line {unclosed} is never closed",
            "mend that line, or export the file again",
        )
    if record is None:
        raise UploadRefused("empty", "the file has no text in it", "export it again and check that it has rows")
    cells = record[2]
    if cells is None:
        raise UploadRefused(
            "not_delimited",
            "the first line is too long to be a row of column names",
            "upload a CSV file whose first line names the columns",
        )
    if len(cells) > limits.max_columns:
        raise UploadRefused(
            "too_many_columns",
            f"the file has {len(cells):,} columns; at most {limits.max_columns:,} are read",
            "leave out what is not needed",
        )
    header = tuple(one_line(name.removeprefix("\ufeff")) for name in cells)
    if twice := duplicates(header):
        raise UploadRefused(
            "duplicate_headers",
            f"more than one column is called {', '.join(repr(name) for name in twice)}",
            "give every column its own name, or delete the one that is not needed",
        )
    return header


def choose_columns(
    header: Sequence[str], sample: Sequence[Sequence[str]], wanted: Mapping[str, str] | None, *, accept: bool
) -> tuple[Format, dict[str, str], bool]:
    """(format, canonical field -> header, whether that is a guess). Raises UploadRefused, MappingNeeded or Invalid."""
    if wanted:
        return "mapped", _mapped(header, wanted), False
    kind = detect(header)
    if kind is not None:
        return kind, bound(kind, header), False
    suggestion = suggest_mapping(header, sample)
    if not suggestion.mapping and sum(len(row) == len(header) for row in sample) * 2 < len(sample):
        raise UploadRefused(
            "not_delimited",
            "the first line names no column we know, and the lines below it have other numbers of columns",
            "upload a CSV or TSV file whose first line names the columns",
        )
    if suggestion.missing or not accept:
        raise MappingNeeded(suggestion)
    return "mapped", suggestion.mapping, True


def _mapped(header: Sequence[str], wanted: Mapping[str, str]) -> dict[str, str]:
    unknown = [field for field in wanted if field not in SYNONYMS]
    if unknown:
        problems = [
            Problem(
                f"mapping.{field}",
                f"{field!r} is not a field of a product",
                f"use one of: {', '.join(MAPPABLE_FIELDS)}",
            )
            for field in unknown
        ]
        raise Invalid("the mapping names fields that do not exist", problems=problems)
    by_name = {comparable(name): name for name in reversed(header) if name}
    absent = [name for name in wanted.values() if comparable(name) not in by_name]
    if absent:
        raise UploadRefused(
            "missing_columns",
            f"the mapping names columns that the file does not have: {', '.join(repr(name) for name in absent)}",
            "correct the mapping, or upload the file it was made for",
        )
    mapping = {field: by_name[comparable(name)] for field, name in wanted.items()}
    require("mapped", mapping)
    return mapping
