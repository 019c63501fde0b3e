"""What is read (`ByteSource`), within which bounds (`Limits`), and where one is in it (`Checkpoint`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

_MIB = 1024 * 1024


class ByteSource(Protocol):
    """An uploaded file of which only a part is ever held: ranged reads of an S3 object, or a file on disk."""

    @property
    def size(self) -> int:
        """Length in bytes."""
        ...

    def read_from(self, offset: int) -> Iterator[bytes]:
        """The bytes from `offset` to the end, in pieces of any size; nothing when `offset` is the end."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What is accepted, and how much is worked on at once. Sizes are bytes.

    A chunk is closed at the first product that begins after `chunk_rows` rows or `chunk_bytes` bytes, so that the rows of
    one product stay together; a product of more than `max_product_rows` rows or `max_product_bytes` is cut all the same.
    """

    max_bytes: int = 200 * _MIB
    max_rows: int = 1_000_000
    max_columns: int = 1_000
    max_record_bytes: int = _MIB
    max_product_rows: int = 5_000
    max_product_bytes: int = 16 * _MIB
    chunk_rows: int = 500
    chunk_bytes: int = 2 * _MIB


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The next unread record: its byte `offset` in the file, its `line` (counted from 1, as an editor does), and how many
    data `rows` come before it."""

    offset: int
    line: int
    rows: int
