"""Rows into products, chunk by chunk, from any checkpoint."""

from __future__ import annotations

from collections.abc import Container, Iterator

from skuflow.sync.reading.formats.cells import RowReader
from skuflow.sync.reading.formats.draft import Assembly
from skuflow.sync.reading.formats.layouts import reader_for
from skuflow.sync.reading.outcome import BadRow, Chunk, RowReject, shown
from skuflow.sync.reading.plan import ReadingPlan
from skuflow.sync.reading.repair import repair_rows
from skuflow.sync.reading.source import ByteSource, Checkpoint, Limits
from skuflow.sync.reading.stream.code_pages import undecodable
from skuflow.sync.reading.stream.lines import BadText
from skuflow.sync.reading.stream.records import Records
from skuflow.sync.reading.stream.rows import fit
from skuflow.sync.reading.survey import Repeats


def read_chunks(source: ByteSource, plan: ReadingPlan, *, start: Checkpoint, limits: Limits) -> Iterator[Chunk]:
    """The chunks from `start` on, the last one marked `done`; begin with `first_checkpoint(plan)`.

    The same source, plan, start and limits always give the same chunks, and each chunk's `next` is a start.
    """
    try:
        yield from _Reading(source, plan, start, limits).chunks()
    except BadText as fault:
        raise undecodable(plan.encoding, fault) from None


def first_checkpoint(plan: ReadingPlan) -> Checkpoint:
    return Checkpoint(plan.data_offset, plan.data_line, 0)


def rows_at(
    source: ByteSource, plan: ReadingPlan, lines: Container[int], *, limits: Limits | None = None
) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of the rows that begin on the given lines, in the order of the file, for a file to mend and upload again.

    Cells are as the import understood them (a neutralising apostrophe is off: `neutralise` what is written). So that a row can
    stand without its neighbours, blank option names are filled in (Shopify), and a product's row comes along with the rows
    below it (BigCommerce). A row over the size limit is not given. One streaming pass.
    """
    records = _records(source, plan, first_checkpoint(plan), limits or Limits())
    yield from repair_rows(records, plan, lines)


def _records(source: ByteSource, plan: ReadingPlan, start: Checkpoint, limits: Limits) -> Records:
    return Records(
        source, encoding=plan.encoding, delimiter=plan.delimiter, offset=start.offset, line=start.line, limits=limits
    )


class _Reading:
    """One run over the records from a checkpoint."""

    def __init__(self, source: ByteSource, plan: ReadingPlan, start: Checkpoint, limits: Limits) -> None:
        self._records = _records(source, plan, start, limits)
        self._reader: RowReader = reader_for(plan)
        self._repeats = Repeats(plan.repeats)
        self._width = len(plan.header)
        self._limits = limits
        self._begin(start)

    def _begin(self, start: Checkpoint) -> None:
        self._start = start
        self._row = start.rows
        self._into = Assembly()
        self._key = ""
        self._returned = False

    def chunks(self) -> Iterator[Chunk]:
        for offset, line, cells in self._records:
            shortage = self._width - len(cells) if cells is not None else 0
            usable = cells if cells is not None and fit(cells, self._width) else None
            key = self._reader.run_key(usable) if usable is not None else ""
            begins = bool(key) and key != self._key
            if self._is_full(offset) and (begins or self._is_overfull(offset)):
                start = Checkpoint(offset, line, self._row)
                yield self._chunk(start, done=False)
                self._begin(start)
                begins = bool(key)
            if begins:
                self._key, self._returned = key, self._row in self._repeats
                self._into.begin_run()
            self._row += 1
            if usable is None:
                self._into.rejects.append(self._unusable(line, cells))
            else:
                self._take(line, usable, shortage)
        yield self._chunk(Checkpoint(self._records.offset, self._records.line, self._row), done=True)

    def _is_full(self, offset: int) -> bool:
        limits, start = self._limits, self._start
        return self._row - start.rows >= limits.chunk_rows or offset - start.offset >= limits.chunk_bytes

    def _is_overfull(self, offset: int) -> bool:
        """One product has gone on for so long that its rows are cut apart."""
        limits, start = self._limits, self._start
        return (
            self._row - start.rows >= limits.chunk_rows + limits.max_product_rows
            or offset - start.offset >= limits.chunk_bytes + limits.max_product_bytes
        )

    def _take(self, line: int, cells: list[str], shortage: int) -> None:
        try:
            self._reader.read(line, self._key, cells, self._into, returned=self._returned)
        except BadRow as fault:
            self._into.rejects.append(fault.at(line))
            return
        if shortage > 0:
            self._into.warn(
                line,
                "",
                "",
                f"the row ends {shortage} cells early; they were read as blank",
                "check that the row is whole",
            )

    def _unusable(self, line: int, cells: list[str] | None) -> RowReject:
        if cells is None:
            limit = self._limits.max_record_bytes // 1024
            return RowReject(
                line,
                "",
                "",
                f"the row is longer than {limit} KiB: most often a quotation mark that is never closed",
                "close the quotation mark, or double it if it is part of the text",
            )
        extra = next(cell for cell in cells[self._width :] if cell)
        return RowReject(
            line,
            "",
            shown(extra),
            f"the row has {len(cells)} cells, the header {self._width}",
            "put values that contain the delimiter or a line break in quotation marks",
        )

    def _chunk(self, until: Checkpoint, *, done: bool) -> Chunk:
        into = self._into
        return Chunk(into.products(), tuple(into.rejects), tuple(into.warnings), self._start, until, done)
