"""Files at the limits: a million rows, a scattered million of products, memory that does not grow with the file."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest

from skuflow.sync.reading.inspection import inspect
from skuflow.sync.reading.reading import first_checkpoint, read_chunks
from skuflow.sync.reading.refusal import UploadRefused
from skuflow.sync.reading.source import Limits

pytestmark = pytest.mark.slow

HEADER = b"id,title,price,availability,image_link\n"


class Repeated:
    """A file that is its header and one block of rows over and over; only the block is held."""

    def __init__(self, header: bytes, block: bytes, times: int) -> None:
        self._header, self._block, self._times = header, block, times
        self.size = len(header) + len(block) * times

    def read_from(self, offset: int) -> Iterator[bytes]:
        if offset < len(self._header):
            yield self._header[offset:]
            offset = len(self._header)
        first, skip = divmod(offset - len(self._header), len(self._block))
        for number in range(first, self._times):
            yield self._block[skip:] if number == first else self._block


def test_a_million_rows_are_inspected_and_one_more_is_refused() -> None:
    block = b"".join(b"%d,T,5.00,in_stock,\n" % number for number in range(1_000))
    plan = inspect(Repeated(HEADER, block, 1_000), currency="CAD", limits=Limits())
    assert plan.rows_total == 1_000_000
    assert len(plan.repeats) < 10_000
    with pytest.raises(UploadRefused, match="1,000,000 rows") as caught:
        inspect(Repeated(HEADER, block, 1_001), currency="CAD", limits=Limits())
    assert caught.value.code == "too_many_rows"


def test_memory_does_not_grow_with_the_file() -> None:
    body = b"<p>" + b"word " * 400 + b"</p>"
    rows = (b'h%d,Title %d,"%b",5.00,https://i.example.com/%d.jpg\n' % (n, n, body, n) for n in range(2_000))
    block = b"".join(rows)
    header = b"Handle,Title,Body (HTML),Variant Price,Image Src\n"
    assert _peak(Repeated(header, block, 8)) < 1.3 * _peak(Repeated(header, block, 2))


def _peak(source: Repeated) -> int:
    tracemalloc.start()
    plan = inspect(source, currency="CAD", limits=Limits())
    for _ in read_chunks(source, plan, start=first_checkpoint(plan), limits=Limits()):
        continue
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
