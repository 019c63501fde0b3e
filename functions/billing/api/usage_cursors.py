"""Cursors of what is read about usage."""

from __future__ import annotations

from datetime import date

from skuflow.platform.paging import foreign_cursor, position_in


def place_in(cursor: str | None, query: str) -> str:
    """The place of the event behind which to go on; "" at the beginning. Raises Invalid."""
    position = position_in(query, cursor, sk=str)
    if position is None:
        return ""
    place = str(position["sk"])
    if not place.startswith("AT#") or len(place) > 100:
        raise foreign_cursor()
    return place


def day_in(cursor: str | None, query: str) -> str | None:
    """The day before which to go on. Raises Invalid."""
    position = position_in(query, cursor, day=str)
    if position is None:
        return None
    try:
        return date.fromisoformat(position["day"]).isoformat()
    except ValueError:
        raise foreign_cursor() from None
