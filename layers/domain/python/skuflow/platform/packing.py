"""A record as an attribute of an item, and back."""

from __future__ import annotations

import zlib
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

COMPRESS_ABOVE = 100_000
"""Bytes of JSON. An item holds 400 KB; a suggestion for a thousand long headers comes near."""


def packed(record: object, *, above: int = COMPRESS_ABOVE) -> dict[str, Any]:
    """`record` as the attribute that holds it: `doc`, its JSON, or `doc_z`, the same compressed, `above` so many bytes."""
    text = msgspec.json.encode(record)
    return {"doc_z": zlib.compress(text, 6)} if len(text) > above else {"doc": text.decode()}


def unpacked(kind: type[T], doc: str | None, doc_z: bytes | None) -> T:
    """The inverse of `packed`."""
    return msgspec.json.decode(zlib.decompress(doc_z) if doc_z else doc or "", type=kind)
