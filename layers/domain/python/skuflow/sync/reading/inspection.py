"""One look at the whole file before anything is written: how it is to be read, or why it is not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, islice
from typing import NoReturn

from skuflow.kernel.currency import minor_digits
from skuflow.sync.reading.columns import choose_columns, header_of, known_names
from skuflow.sync.reading.formats.layouts import coverage, reader_for
from skuflow.sync.reading.plan import ReadingPlan
from skuflow.sync.reading.refusal import MappingNeeded, UploadRefused
from skuflow.sync.reading.source import ByteSource, Checkpoint, Limits
from skuflow.sync.reading.stream.code_pages import require_cp1252, undecodable
from skuflow.sync.reading.stream.lines import BadText
from skuflow.sync.reading.stream.records import Record, Records
from skuflow.sync.reading.stream.sniffing import HEAD, Writing, head_text, sniff_delimiter, sniff_writing, terminator_of
from skuflow.sync.reading.suggestion import suggest_mapping
from skuflow.sync.reading.survey import Survey

_MIB = 1024 * 1024
_SEPARATOR_LINE = re.compile(r'\ufeff?"?sep=(.)"?(\r\n|\r|\n)', re.IGNORECASE)
_SAMPLE_ROWS = 50


def inspect(
    source: ByteSource,
    *,
    currency: str,
    limits: Limits,
    mapping: Mapping[str, str] | None = None,
    accept_suggestion: bool = True,
    as_of: datetime | None = None,
) -> ReadingPlan:
    """How to read the file. Streams it once from end to end (again if it turns out not to be UTF-8); memory stays bounded.

    `currency` is meant where a price names none. `mapping` (canonical field -> header) overrides the recognition of formats;
    without one an unknown header is matched by `suggest_mapping`, and a good match is acted on if `accept_suggestion`.
    `as_of` is the moment by which dated sale prices are judged; without it they are left out.
    Raises UploadRefused or MappingNeeded; Invalid for an unknown currency or canonical field.
    """
    minor_digits(currency)
    _check_size(source, limits)
    wish = _Wish(currency, limits, mapping, accept_suggestion, as_of.date().isoformat() if as_of else "")
    start = _look_at_head(source, wish)
    encodings = (start.writing.encoding,) if start.writing.encoding else ("utf-8", "cp1252")
    try:
        return _inspect_as(encodings[0], source, start, wish)
    except BadText as fault:
        if len(encodings) == 1:
            raise undecodable(encodings[0], fault) from None
        require_cp1252(source, fault)
    try:
        return _inspect_as(encodings[1], source, start, wish)
    except BadText as fault:
        raise undecodable(encodings[1], fault) from None


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the caller asked for."""

    currency: str
    limits: Limits
    mapping: Mapping[str, str] | None
    accept: bool
    as_of: str


@dataclass(frozen=True, slots=True)
class _Start:
    """What the first bytes told: `offset` and `line` are where the header is."""

    writing: Writing
    offset: int
    line: int
    delimiter: str
    terminator: str


def _check_size(source: ByteSource, limits: Limits) -> None:
    if source.size == 0:
        raise UploadRefused("empty", "the file is empty", "export it again and check that it has rows")
    if source.size > limits.max_bytes:
        raise UploadRefused(
            "too_large",
            f"the file has {source.size / _MIB:,.1f} MiB; at most {limits.max_bytes / _MIB:,.0f} MiB are read",
            "split it into several files",
        )


def _look_at_head(source: ByteSource, wish: _Wish) -> _Start:
    head = bytearray()
    for piece in source.read_from(0):
        head += piece
        if len(head) >= HEAD:
            break
    writing = sniff_writing(bytes(head[:HEAD]))
    text = head_text(bytes(head[:HEAD]), writing)
    told = _SEPARATOR_LINE.match(text)
    delimiter = told[1] if told else sniff_delimiter(text, known_names(wish.mapping))
    skipped = len(told[0].encode(writing.encoding or "utf-8")) if told else 0
    return _Start(writing, writing.bom + skipped, 2 if told else 1, delimiter, terminator_of(text))


def _inspect_as(encoding: str, source: ByteSource, start: _Start, wish: _Wish) -> ReadingPlan:
    records = Records(
        source, encoding=encoding, delimiter=start.delimiter, offset=start.offset, line=start.line, limits=wish.limits
    )
    rows = iter(records)
    header = header_of(next(rows, None), records.unclosed, wish.limits)
    data = Checkpoint(records.offset, records.line, 0)
    sample = list(islice(rows, _SAMPLE_ROWS))
    kind, mapping, guessed = choose_columns(header, _cells(sample), wish.mapping, accept=wish.accept)
    plan = replace(_plan(encoding, start, wish, header, data), format=kind, mapping=mapping)
    survey = Survey(plan, reader_for(plan), wish.limits)
    for record in chain(sample, rows):
        survey.add(*record)
    _check_complete(source, survey, records)
    if guessed and "group" not in mapping and survey.rows > 3 and survey.runs * 2 < survey.rows:
        _ask_for_key(header, _cells(sample))
    style, sure = survey.style.verdict(start.delimiter)
    product_fields, variant_fields = coverage(kind, header, mapping)
    return replace(
        plan,
        decimal_style=style,
        decimal_sure=sure,
        rows_total=survey.rows,
        product_fields=product_fields,
        variant_fields=variant_fields,
        repeats=survey.repeats(),
        parents=survey.parents(),
    )


def _plan(encoding: str, start: _Start, wish: _Wish, header: tuple[str, ...], data: Checkpoint) -> ReadingPlan:
    """What is known before the rows are."""
    return ReadingPlan(
        encoding=encoding,
        bom=start.writing.bom,
        delimiter=start.delimiter,
        terminator=start.terminator,
        format="mapped",
        header=header,
        mapping={},
        decimal_style=".",
        decimal_sure=False,
        currency=wish.currency,
        rows_total=0,
        data_offset=data.offset,
        data_line=data.line,
        product_fields=(),
        variant_fields=(),
        as_of=wish.as_of,
    )


def _cells(records: list[Record]) -> list[list[str]]:
    return [cells for _, _, cells in records if cells]


def _check_complete(source: ByteSource, survey: Survey, records: Records) -> None:
    """A file that was cut off: inside quotes, or inside a row when every other row is whole."""
    if records.unclosed is not None:
        raise _truncated(records.unclosed, "a quotation mark is opened there and never closed")
    if survey.rows == 0:
        raise UploadRefused(
            "no_rows", "the file has a header and no rows", "export it again and check that it has rows"
        )
    ends = b"".join(source.read_from(max(0, source.size - 4))).strip(b"\x00")
    if survey.rows > 1 and survey.last_is_short and survey.short_rows == 1 and ends[-1:] not in {b"\n", b"\r"}:
        raise _truncated(survey.last_line, "it ends in the middle of that row")


def _truncated(line: int, why: str) -> UploadRefused:
    return UploadRefused(
        "truncated",
        f"the file is cut off, or broken, at line {line}: {why}",
        "export it again, or mend that line, and upload it again",
    )


def _ask_for_key(header: tuple[str, ...], sample: list[list[str]]) -> NoReturn:
    """The guessed key is the same in most rows: it names something else than a product."""
    suggestion = suggest_mapping(header, sample)
    raise MappingNeeded(replace(suggestion, missing=("key", *suggestion.missing)))
