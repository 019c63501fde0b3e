"""Cutting the products of a chunk into files for the catalogue. The same products always give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import msgspec

from skuflow.contracts.sync import BatchHeader, SourceProduct

MAX_PRODUCTS = 100
MAX_BYTES = 1_000_000
"""A file holds fewer bytes than this, unless a single product is larger."""


@dataclass(frozen=True, slots=True)
class Batch:
    number: int
    products: int
    content: bytes


def batches(products: Iterable[SourceProduct], header: BatchHeader) -> Iterator[Batch]:
    """Files of `products`, in order; the first has the number in `header`, the others follow it."""
    encoder = msgspec.json.Encoder()
    lines: list[bytes] = []
    number, size = header.batch, 0
    for product in products:
        line = encoder.encode(product)
        if lines and (len(lines) == MAX_PRODUCTS or size + len(line) > MAX_BYTES):
            yield _batch(header, number, lines)
            number, lines, size = number + 1, [], 0
        lines.append(line)
        size += len(line)
    if lines:
        yield _batch(header, number, lines)


def _batch(header: BatchHeader, number: int, lines: list[bytes]) -> Batch:
    first = msgspec.json.encode(replace(header, batch=number))
    return Batch(number, len(lines), b"\n".join([first, *lines, b""]))
