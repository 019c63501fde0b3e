"""Cursors of lists that are in order of a text: where the page before ended."""

from __future__ import annotations

from skuflow.kernel.errors import Invalid, Problem
from skuflow.platform.http_api import Request
from skuflow.platform.paging import decode_cursor, encode_cursor


def after_of(request: Request, query: str) -> str | None:
    """The text behind which the page begins; None: at the start. Raises Invalid for a cursor that is not ours."""
    position = decode_cursor(query, request.query["cursor"])
    after = position.get("after") if position else None
    if position is not None and not (isinstance(after, str) and 0 < len(after.encode()) <= 1024):
        fault = Problem("cursor", "does not belong to this query", "take `next_cursor` of the page before")
        raise Invalid("the cursor is not valid", problems=[fault])
    return after if isinstance(after, str) else None


def cursor_after(query: str, after: str | None) -> str | None:
    """The cursor of the page behind `after`; None: there is no more."""
    return encode_cursor(query, {"after": after} if after else None)
