"""Records as the text of one attribute: JSON, compressed where it is long.

A sparse document leaves out what is empty, which comes back as the field's default: so in its records every field that may be
empty has the empty value as its default.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from skuflow.kernel.errors import TooLarge

T = TypeVar("T")

COMPRESSED_FROM = 100_000
"""Bytes from which a document is compressed. Below, it stays readable in the table."""

MAX_STORED = 380_000
"""Bytes that a stored document may have: DynamoDB takes items of 409,600 bytes, keys and the other attributes included."""

_EMPTY: tuple[Any, ...] = (None, "", [], {})


def pack(record: object, *, sparse: bool = False) -> tuple[str | None, bytes | None]:
    """`record` (a dataclass of plain fields) as plain text or as compressed bytes, the other being None.

    Raises TooLarge if it does not fit into an item even so."""
    text = msgspec.json.encode(_without_empty(msgspec.to_builtins(record)) if sparse else record)
    if len(text) < COMPRESSED_FROM:
        return text.decode(), None
    packed = zlib.compress(text, 6)
    if len(packed) > MAX_STORED:
        raise TooLarge(f"the record takes {len(packed)} bytes, {MAX_STORED} is the most")
    return None, packed


def unpack(doc: str | None, doc_z: bytes | None, kind: type[T]) -> T:
    """The record that `pack` made one of the two from. Raises ValueError if neither is one."""
    if doc is None and doc_z is None:
        raise ValueError("the item holds no document")
    try:
        text = doc.encode() if doc is not None else zlib.decompress(doc_z or b"")
        return msgspec.json.decode(text, type=kind)
    except (msgspec.MsgspecError, zlib.error) as error:
        raise ValueError(f"not a {kind.__name__}: {error}") from None


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _without_empty(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in _EMPTY}
    if isinstance(value, list | tuple):
        return [_without_empty(item) for item in value]
    return value


def binary_from_json(image: Mapping[str, Any]) -> dict[str, Any]:
    """A stream image with its binary attributes as bytes: Lambda gets them in base64, other readers as they are."""
    return {
        name: {"B": base64.b64decode(value["B"])} if isinstance(value.get("B"), str) else value
        for name, value in image.items()
    }
