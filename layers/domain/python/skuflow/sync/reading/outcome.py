"""What becomes of the rows: products, rejects, warnings, chunk by chunk."""

from __future__ import annotations

from dataclasses import dataclass

from skuflow.contracts.sync import SourceProduct
from skuflow.sync.reading.source import Checkpoint

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class RowReject:
    """A row that was not taken (in `Chunk.rejects`, one per row), or a cell that was left out (in `Chunk.warnings`).

    `line` is where the row begins, from 1; `column` is the header ("" when the whole row is meant); `value` at most 200
    characters of the cell.
    """

    line: int
    column: str
    value: str
    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of the file. Every row of it is in exactly one place: the `lines` of one product, or one of `rejects`."""

    products: tuple[SourceProduct, ...]
    rejects: tuple[RowReject, ...]
    warnings: tuple[RowReject, ...]
    start: Checkpoint
    next: Checkpoint
    done: bool


class BadCell(Exception):
    """A value cannot be taken: why, and how to mend it."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


class BadRow(Exception):
    """A row cannot be taken because of one of its columns."""

    def __init__(self, column: str, value: str, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.column = column
        self.value = value
        self.reason = reason
        self.hint = hint

    def at(self, line: int) -> RowReject:
        return RowReject(line, self.column, shown(self.value), self.reason, self.hint)


def shown(value: str) -> str:
    """As much of a cell as a report repeats."""
    return value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
