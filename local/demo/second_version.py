"""The same file a week later: some prices are down, a few are up, every other byte is as it was."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from local.demo.cells import Cell, Record, decode, records, replaced
from local.demo.prices import changed
from skuflow.kernel.currency import MINOR_DIGITS

SELLING_PRICES = ("price", "sale_price", "regular_price")
"""The import's names for the columns that decide what a row sells for. A compare-at price is not one of them."""

USUAL_DROP = -20
"""Percent. A price that cannot fall by this is not touched at all."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the import read the file: `columns` are the headers of the selling prices, `places` the decimals of its currency."""

    encoding: str
    delimiter: str
    decimal_style: str
    columns: tuple[str, ...]
    places: int = 2


@dataclass(frozen=True, slots=True)
class SecondVersion:
    """`lowered` and `raised` count rows."""

    body: bytes
    lowered: int
    raised: int


def layout(seen: Mapping[str, object]) -> Layout:
    """The layout in an import, as `GET /v1/imports/{id}` shows it."""
    mapping = seen.get("mapping") or {}
    headers: list[str] = []
    if isinstance(mapping, Mapping):
        for name in SELLING_PRICES:
            found = mapping.get(name) or ()
            headers += [found] if isinstance(found, str) else [str(header) for header in found]
    return Layout(
        encoding=str(seen.get("encoding") or "utf-8"),
        delimiter=str(seen.get("delimiter") or ","),
        decimal_style=str(seen.get("decimal_style") or "."),
        columns=tuple(headers),
        places=MINOR_DIGITS.get(str(seen.get("currency")), 0),
    )


def second_version(body: bytes, how: Layout, *, rejected_lines: Collection[int] = ()) -> SecondVersion:
    """About every third row with a price goes down by 10 to 30 %, about every tenth up by 5 to 12 %; which ones depends on
    the file alone. Rows that start on a line in `rejected_lines` are left alone, for a change there would show nothing."""
    text, codec = decode(body, how.encoding)
    edits: list[tuple[Cell, str]] = []
    lowered = raised = priced = 0
    for record, columns in _rows(text, how):
        cells = [record.cells[column] for column in columns if column < len(record.cells)]
        usual = _moved(text, cells, USUAL_DROP, how)
        if record.line in rejected_lines or usual is None:
            continue
        percent = _move(priced)
        priced += 1
        new = _moved(text, cells, percent, how) if percent else None
        if percent < 0:
            # A small whole number may not show a small drop.
            new = new or usual
        if new:
            edits += new
            lowered, raised = lowered + (percent < 0), raised + (percent > 0)
    return SecondVersion(replaced(text, edits).encode(codec), lowered, raised)


def _move(row: int) -> int:
    """Percent for the `row`-th priced row, counted from 0; 0 leaves it."""
    if row % 3 == 0:
        return -(10 + row // 3 * 7 % 21)
    return 5 + row % 8 if row % 10 == 4 else 0


def _moved(text: str, cells: Sequence[Cell], percent: int, how: Layout) -> list[tuple[Cell, str]] | None:
    """All selling prices of a row moved alike, in the order in which they lie; None when one of them cannot, or none is."""
    moved: list[tuple[Cell, str]] = []
    for cell in sorted(cells, key=lambda cell: cell.start):
        shown = text[cell.start : cell.end]
        if not shown.strip():
            continue
        new = changed(shown, percent, how.decimal_style, how.places)
        if new is None:
            return None
        moved.append((cell, new))
    return moved or None


def _rows(text: str, how: Layout) -> Iterator[tuple[Record, tuple[int, ...]]]:
    """The records below the header, each with the indexes of its selling-price columns."""
    wanted = {_plain(header) for header in how.columns}
    columns: tuple[int, ...] = ()
    for record in records(text, how.delimiter):
        if columns:
            yield record, columns
            continue
        header = [_plain(text[cell.start : cell.end]) for cell in record.cells]
        columns = tuple(index for index, name in enumerate(header) if name in wanted)


def _plain(header: str) -> str:
    return " ".join(header.replace("\ufeff", "").replace('"', "").split()).casefold()
