"""Lines of a bulk operation's result, and what each is: told from its id and its parent's alone, so that a file of any length is
routed without reading what its lines say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypedDict

import msgspec

from skuflow.sync.reading.outcome import RowReject, shown
from skuflow.sync.shopify.product import MEDIA
from skuflow.sync.shopify.values import gid_parts

MAX_LINE = 4 * 1024 * 1024
"""Bytes. A description takes 512 KB at most; a line longer than this is none of Shopify's, and is not held."""
_KEPT = 256
"""Bytes of a line that is too long, for the report."""
_DAMAGED = "the line is cut or damaged: run the operation again"

_Head = TypedDict("_Head", {"id": Any, "__parentId": Any}, total=False)
_HEAD = msgspec.json.Decoder(_Head)


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end. `number` counts from 1, `offset` is the byte that it begins at, `end` the one behind its line end.
    Of a line longer than MAX_LINE `content` is the beginning."""

    number: int
    offset: int
    end: int
    content: bytes

    @property
    def is_cut(self) -> bool:
        return self.end - self.offset > MAX_LINE


@dataclass(frozen=True, slots=True)
class Routed:
    """Where a line belongs: to the product with the number `product`, or nowhere. `is_media`: it is a picture or the like.
    `reject`: it cannot be read, and nobody knows whose it was. Neither: it is of a kind that we do not keep."""

    product: str = ""
    is_media: bool = False
    reject: RowReject | None = None


def lines(pieces: Iterable[bytes], *, offset: int, number: int) -> Iterator[Line]:
    """The lines of `pieces`, the first of which begins at byte `offset` of the file and is its line `number`. What stands behind
    the last line end is a line too."""
    pending, dropped = b"", 0
    for piece in pieces:
        whole = (pending + piece).split(b"\n")
        pending = whole.pop()
        for content in whole:
            end = offset + dropped + len(content) + 1
            yield Line(number, offset, end, content.rstrip(b"\r"))
            offset, number, dropped = end, number + 1, 0
        if dropped + len(pending) > MAX_LINE:
            dropped, pending = _dropped(pending, dropped)
    if pending or dropped:
        yield Line(number, offset, offset + dropped + len(pending), pending)


def _dropped(pending: bytes, dropped: int) -> tuple[int, bytes]:
    """The beginning of a line that is too long, and how many of its bytes are forgotten."""
    return dropped + max(len(pending) - _KEPT, 0), pending[:_KEPT]


def routed(line: Line) -> Routed:
    """Where `line` belongs. Blank lines are of no kind."""
    if line.is_cut:
        return _rejected(line, f"longer than {MAX_LINE} bytes", "ask for fewer fields")
    if not line.content.strip():
        return Routed()
    try:
        return _placed(line, head_of(line.content))
    except UnicodeDecodeError as fault:
        return _rejected(line, f"not UTF-8 at its byte {fault.start}", _DAMAGED)
    except msgspec.MsgspecError as fault:
        return _rejected(line, f"not a whole JSON object ({fault})", _DAMAGED)


def _placed(line: Line, head: _Head) -> Routed:
    kind, number = gid_parts(head.get("id"))
    parent_kind, parent = gid_parts(head.get("__parentId"))
    if kind == "Product":
        return Routed(number)
    if parent_kind == "Product" and (kind in MEDIA or kind in {"ProductVariant", ""}):
        return Routed(parent, is_media=kind in MEDIA)
    if kind == "ProductVariant":
        return _rejected(line, "of a variant that does not say which product it is of", "ask for products { variants }")
    if not kind and not parent_kind:
        return _rejected(line, "without an id of Shopify's", "ask for the id of everything")
    return Routed()


def head_of(content: bytes) -> _Head:
    """The id and the parent's id of a line. Raises UnicodeDecodeError or MsgspecError; what else the line says is looked at only
    as far as it must be JSON."""
    if not content.isascii():
        content.decode()
    return _HEAD.decode(content)


def _rejected(line: Line, reason: str, hint: str) -> Routed:
    value = shown(line.content[:_KEPT].decode(errors="replace"))
    said = f"the line is {reason}; it begins at byte {line.offset} of the file"
    return Routed(reject=RowReject(line.number, "", value, said, hint))
