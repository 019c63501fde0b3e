"""A record as an attribute of an item, and back.

A sparse document leaves out what is empty, which comes back as the field's default: so in its records every field that may be
empty has the empty value as its default.
"""

from __future__ import annotations

import zlib
from typing import Any, TypeVar

import msgspec

from skuflow.kernel.errors import TooLarge

T = TypeVar("T")

COMPRESS_ABOVE = 100_000
"""Bytes of JSON. Up to there a record stays readable in the table."""

MAX_STORED = 380_000
"""Bytes that a stored record may have: DynamoDB takes items of 409,600 bytes, keys and the other attributes included."""

_EMPTY: tuple[Any, ...] = (None, "", [], {})


def packed(record: object, *, above: int = COMPRESS_ABOVE, sparse: bool = False) -> dict[str, Any]:
    """`record` as the attribute that holds it: `doc`, its JSON, or `doc_z`, the same compressed, `above` so many bytes.

    Raises TooLarge if it does not fit into an item even so."""
    text = msgspec.json.encode(_without_empty(msgspec.to_builtins(record)) if sparse else record)
    if len(text) <= above:
        return {"doc": text.decode()}
    short = zlib.compress(text, 6)
    if len(short) > MAX_STORED:
        raise TooLarge(f"the record takes {len(short)} bytes, {MAX_STORED} is the most")
    return {"doc_z": short}


def unpacked(kind: type[T], doc: str | None, doc_z: bytes | None) -> T:
    """The inverse of `packed`. Raises ValueError if neither is a `kind`."""
    try:
        return msgspec.json.decode(zlib.decompress(doc_z) if doc_z else doc or "", type=kind)
    except (msgspec.MsgspecError, zlib.error) as error:
        raise ValueError(f"not a {getattr(kind, '__name__', kind)}: {error}") from None


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _without_empty(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in _EMPTY}
    if isinstance(value, list | tuple):
        return [_without_empty(item) for item in value]
    return value
