"""CSV records out of lines: cells, the line they begin on, the byte they begin at."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from skuflow.sync.reading.source import ByteSource, Limits
from skuflow.sync.reading.stream.lines import BadText, Lines, TooLong

Record = tuple[int, int, list[str] | None]
"""(byte offset, line from 1, cells); cells is None for a record over the size limit."""


class Records:
    """Iterable of the non-blank records from a position on. Quoting as in RFC 4180, forgiving as spreadsheets are: a quote
    inside an unquoted cell is a character like any other.

    A record over the limit (most often a quote that is never closed) is given as None, and reading goes on at the line after
    the one it began on. A quote still open at the end of the file ends the iteration and leaves its line in `unclosed`.
    While running, `offset` and `line` are where the next record begins. Raises BadText.
    """

    def __init__(
        self, source: ByteSource, *, encoding: str, delimiter: str, offset: int, line: int, limits: Limits
    ) -> None:
        self._source = source
        self._encoding = encoding
        self._delimiter = delimiter
        self._max = limits.max_record_bytes
        self.offset = offset
        self.line = line
        self.unclosed: int | None = None

    def __iter__(self) -> Iterator[Record]:
        # The module's limit on one cell is process-wide and lower than ours; it is only ever raised.
        csv.field_size_limit(max(csv.field_size_limit(), self._max + 1))
        while True:
            lines = Lines(self._source, self._encoding, self.offset, self._max)
            try:
                yield from self._read(lines)
            except TooLong:
                yield self.offset, self.line, None
                self.offset = self._after_first_line(lines)
                self.line += 1
            else:
                return

    def _read(self, lines: Lines) -> Iterator[Record]:
        reader = csv.reader(lines, delimiter=self._delimiter)
        base, limit = self.line, self._max
        start = self.offset
        first = base
        try:
            for cells in reader:
                self.offset = lines.offset
                self.line = base + reader.line_num
                lines.barrier = lines.offset + limit
                if lines.ended:
                    self.unclosed = first
                    return
                if any(cells) and not (cells[0].isspace() and not "".join(cells).strip()):
                    yield start, first, cells
                start, first = self.offset, self.line
        except BadText as fault:
            raise BadText(fault.offset, base + reader.line_num) from None

    def _after_first_line(self, lines: Lines) -> int:
        """Where the line after the failed record's first one begins."""
        if lines.offset == self.offset:
            return lines.skip_to
        again = Lines(self._source, self._encoding, self.offset, self._max)
        next(iter(again))
        return again.offset
