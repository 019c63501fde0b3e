"""Cursors of what is read about usage."""

from __future__ import annotations

from datetime import date

from skuflow.kernel.errors import Invalid, Problem
from skuflow.platform.paging import decode_cursor

_FAULT = Problem("cursor", "does not belong to this query", "take `next_cursor` of the page before, unchanged")


def place_in(cursor: str | None, query: str) -> str:
    """The place of the event behind which to go on; "" at the beginning. Raises Invalid."""
    position = decode_cursor(query, cursor)
    if position is None:
        return ""
    place = position.get("sk")
    if not isinstance(place, str) or not place.startswith("AT#") or len(place) > 100:
        raise Invalid("the cursor is not valid", problems=[_FAULT])
    return place


def day_in(cursor: str | None, query: str) -> str | None:
    """The day before which to go on. Raises Invalid."""
    position = decode_cursor(query, cursor)
    if position is None:
        return None
    try:
        return date.fromisoformat(str(position.get("day"))).isoformat()
    except ValueError:
        raise Invalid("the cursor is not valid", problems=[_FAULT]) from None
