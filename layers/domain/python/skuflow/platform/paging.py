"""Cursors: where a query stopped, in a form that callers pass back and do not read.

A cursor names the query it belongs to; with another query it is refused. It needs no signature: every query fixes the
client's partition itself, so a forged cursor can only move within the caller's own items.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from skuflow.kernel.errors import Invalid, Problem

Position = Mapping[str, Any]


def encode_cursor(query: str, position: Position | None) -> str | None:
    """An opaque cursor for `position` (JSON-able) within the query that `query` describes; None at the end."""
    if not position:
        return None
    content = json.dumps([_mark(query), position], separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def decode_cursor(query: str, cursor: str | None) -> dict[str, Any] | None:
    """The position in `cursor`. Raises Invalid if it is not one of ours, or of another query."""
    if cursor is None:
        return None
    try:
        content = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        mark, position = content
        if mark == _mark(query) and isinstance(position, dict):
            return position
    except (binascii.Error, ValueError, TypeError, RecursionError):
        pass
    raise foreign_cursor()


def position_in(query: str, cursor: str | None, **parts: type) -> dict[str, Any] | None:
    """As `decode_cursor`; the position must have `parts` of these types and no others."""
    position = decode_cursor(query, cursor)
    if position is None or {name: type(value) for name, value in position.items()} == parts:
        return position
    raise foreign_cursor()


def foreign_cursor() -> Invalid:
    """What to raise for a cursor that is not one of ours, or of another query."""
    fault = Problem(
        "cursor",
        "does not belong to this query",
        "take `next_cursor` of the page before, with the same parameters",
    )
    return Invalid("the cursor is not valid", problems=[fault])


def _mark(query: str) -> str:
    return hashlib.sha256(query.encode()).hexdigest()[:12]
