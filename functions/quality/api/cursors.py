"""Cursors whose position has the parts that a query goes on from."""

from __future__ import annotations

from typing import Any

from skuflow.kernel.errors import Invalid, Problem
from skuflow.platform.paging import decode_cursor


def position_in(cursor: str | None, query: str, **parts: type) -> dict[str, Any] | None:
    """The position in `cursor`, whose `parts` have these types; None without a cursor. Raises Invalid if it is not one of ours."""
    position = decode_cursor(query, cursor)
    if position is None or {name: type(value) for name, value in position.items()} == parts:
        return position
    fault = Problem("cursor", "does not belong to this query", "take `next_cursor` of the page before")
    raise Invalid("the cursor is not valid", problems=[fault])
