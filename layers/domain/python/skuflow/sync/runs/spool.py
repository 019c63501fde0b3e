"""The spool: a result's lines, sorted into as many heaps as it takes for one to be joined in little memory.

A stretch of the file becomes one object in S3, a segment: its lines heap by heap, with the bounds of the heaps kept beside it. All
lines of a product are in the heap of its number's checksum, wherever in the file they stood; a heap is read back as one range of
each segment. The same stretch always gives the same bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SpoolSizes:
    """How much is worked on at once, in bytes. `heap`: of lines, on average; decoded they take some eight times as much.
    `segment`: of the file; more for a large one, so that there are not more than about `segments`, up to `largest_segment`."""

    heap: int = 6 * _MIB
    segment: int = 8 * _MIB
    segments: int = 32
    largest_segment: int = 32 * _MIB
    most_heaps: int = 1024

    def heaps_for(self, size: int) -> int:
        """How many heaps a result of `size` bytes is sorted into."""
        return min(max(-(-size // self.heap), 1), self.most_heaps)

    def segment_for(self, size: int) -> int:
        """How many bytes of a result of `size` bytes make a segment."""
        return min(max(size // self.segments, self.segment), max(self.largest_segment, self.segment))


@dataclass(frozen=True, slots=True)
class Segment:
    """One object of the spool. Heap n lies in it from byte `bounds[n]` up to, not including, `bounds[n + 1]`."""

    key: str
    bounds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line in the spool: its number in the file, the byte that it begins at, and itself."""

    number: int
    offset: int
    content: bytes


def heap_of(product: str, heaps: int) -> int:
    return zlib.crc32(product.encode()) % heaps


class SegmentBuilder:
    """A segment while its lines come in."""

    def __init__(self, heaps: int) -> None:
        self._heaps: list[list[bytes]] = [[] for _ in range(heaps)]

    def add(self, product: str, row: Row) -> None:
        heap = self._heaps[heap_of(product, len(self._heaps))]
        heap.append(b"%d %d %b\n" % (row.number, row.offset, row.content))

    def finished(self) -> tuple[bytes, tuple[int, ...]]:
        """The segment's content and bounds. Nothing can be added any more: the lines are let go."""
        parts = []
        for heap in self._heaps:
            parts.append(b"".join(heap))
            heap.clear()
        return b"".join(parts), tuple(accumulate(map(len, parts), initial=0))


def rows(content: bytes) -> Iterator[Row]:
    """The lines of (part of) a segment, in order of the file."""
    for line in content.split(b"\n"):
        if line:
            number, offset, rest = line.split(b" ", 2)
            yield Row(int(number), int(offset), rest)
