"""Files in memory, and the whole way through the reader in one call."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pytest

from skuflow.contracts.sync import SourceProduct, SourceVariant
from skuflow.sync.reading.inspection import inspect
from skuflow.sync.reading.outcome import Chunk, RowReject
from skuflow.sync.reading.plan import ReadingPlan
from skuflow.sync.reading.reading import first_checkpoint, read_chunks
from skuflow.sync.reading.refusal import UploadRefused
from skuflow.sync.reading.source import Limits


@dataclass(frozen=True)
class Memory:
    """A `ByteSource` that gives its bytes in pieces of `step`."""

    content: bytes
    step: int = 65_536

    @property
    def size(self) -> int:
        return len(self.content)

    def read_from(self, offset: int) -> Iterator[bytes]:
        for start in range(offset, len(self.content), self.step):
            yield self.content[start : start + self.step]


def table(rows: Sequence[Sequence[str]], *, delimiter: str = ",", end: str = "\n", encoding: str = "utf-8") -> bytes:
    """CSV text of `rows`, the header among them."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue().encode(encoding)


@dataclass(frozen=True)
class Outcome:
    """What a file came to."""

    plan: ReadingPlan
    chunks: list[Chunk]

    @property
    def products(self) -> list[SourceProduct]:
        return [product for chunk in self.chunks for product in chunk.products]

    @property
    def product(self) -> SourceProduct:
        (only,) = self.products
        return only

    @property
    def variants(self) -> list[SourceVariant]:
        return [variant for product in self.products for variant in product.variants]

    @property
    def rejects(self) -> list[RowReject]:
        return [reject for chunk in self.chunks for reject in chunk.rejects]

    @property
    def reject(self) -> RowReject:
        (only,) = self.rejects
        return only

    @property
    def warnings(self) -> list[RowReject]:
        return [warning for chunk in self.chunks for warning in chunk.warnings]

    def lines(self) -> list[int]:
        """The line of every row, taken or not."""
        taken = [line for product in self.products for line in product.lines]
        return sorted([*taken, *(reject.line for reject in self.rejects)])


def read(
    content: bytes | str | Sequence[Sequence[str]],
    *,
    currency: str = "CAD",
    mapping: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    as_of: datetime | None = None,
    step: int = 65_536,
) -> Outcome:
    """Inspect a file and read all of it. Text is UTF-8; rows are written as CSV."""
    limits = limits or Limits()
    if not isinstance(content, bytes):
        content = content.encode() if isinstance(content, str) else table(content)
    source = Memory(content, step)
    plan = inspect(source, currency=currency, limits=limits, mapping=mapping, as_of=as_of)
    return Outcome(plan, list(read_chunks(source, plan, start=first_checkpoint(plan), limits=limits)))


def refusal(content: bytes | str, **limits: int) -> UploadRefused:
    """The refusal of a file that has to be refused."""
    source = Memory(content.encode() if isinstance(content, str) else content)
    with pytest.raises(UploadRefused) as caught:
        inspect(source, currency="CAD", limits=Limits(**limits))
    assert caught.value.detail
    assert caught.value.remedy
    return caught.value
