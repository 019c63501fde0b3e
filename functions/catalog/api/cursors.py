"""Cursors of lists that are in order of a text: where the page before ended."""

from __future__ import annotations

from skuflow.platform.http_api import Request
from skuflow.platform.paging import encode_cursor, foreign_cursor, position_in


def after_of(request: Request, query: str) -> str | None:
    """The text behind which the page begins; None: at the start. Raises Invalid for a cursor that is not ours."""
    position = position_in(query, request.query["cursor"], after=str)
    if position is None:
        return None
    after = str(position["after"])
    if not 0 < len(after.encode()) <= 1024:
        raise foreign_cursor()
    return after


def cursor_after(query: str, after: str | None) -> str | None:
    """The cursor of the page behind `after`; None: there is no more."""
    return encode_cursor(query, {"after": after} if after else None)
