"""The rows of a file to mend: as they stood, and able to stand alone."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator

from skuflow.sync.reading.formats.headers import Columns
from skuflow.sync.reading.formats.layouts import reader_for
from skuflow.sync.reading.plan import ReadingPlan
from skuflow.sync.reading.stream.records import Record
from skuflow.sync.reading.stream.rows import fit
from skuflow.sync.reading.values.text import undo_neutralise

Line = tuple[int, list[str]]


def repair_rows(records: Iterable[Record], plan: ReadingPlan, lines: Container[int]) -> Iterator[Line]:
    """(line, cells) of the rows on `lines`, with what they lean on in the rows above them."""
    last = max(lines, default=0) if isinstance(lines, Collection) else None
    context = _Context(plan)
    given = 0
    for _, line, cells in records:
        if last is not None and line > last:
            return
        if cells is None:
            continue
        plain = [undo_neutralise(cell) if cell.startswith("'") else cell for cell in cells]
        before, plain = context.of(line, plain)
        if line in lines:
            if before is not None and before[0] not in lines and before[0] != given:
                given = before[0]
                yield before
            yield line, plain


class _Context:
    """What the rows of a product inherit from its first row."""

    def __init__(self, plan: ReadingPlan) -> None:
        columns = Columns(plan.header, plan.mapping)
        self._reader = reader_for(plan)
        self._width = columns.width
        self._headed = plan.format == "bigcommerce"
        self._options = [
            (columns[f"option{n}_name"], columns[f"option{n}_value"]) for n in (1, 2, 3) if f"option{n}_name" in columns
        ]
        self._key = ""
        self._names: dict[int, str] = {}
        self._first: Line | None = None

    def of(self, line: int, cells: list[str]) -> tuple[Line | None, list[str]]:
        """(the product's row if it has to come along, the row with its blank option names filled in)"""
        padded = list(cells)
        if not fit(padded, self._width):
            return None, cells
        key = self._reader.run_key(padded)
        if key and key != self._key:
            self._key, self._names, self._first = key, {}, (line, cells)
        if self._headed:
            return (None if key else self._first), cells
        for name, value in self._options:
            if padded[name]:
                self._names.setdefault(name, padded[name])
            elif padded[value] and name in self._names:
                cells = [*cells[:name], self._names[name], *cells[name + 1 :]]
        return None, cells
