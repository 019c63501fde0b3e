"""HTTP: the answer of a route that lists one page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from skuflow.platform.http_api import Request, Response
from skuflow.platform.paging import Position, encode_cursor, position_in

T = TypeVar("T")

Read = Callable[[int, dict[str, Any] | None], tuple[Iterable[T], Position | None]]
"""Given how many items at most and where to go on (None: at the start): the items, and where that stopped (None: at the end)."""


def page_of(request: Request, query: str, read: Read[T], view: Callable[[T], Any], **parts: type) -> Response:
    """A page of what `read` gives, each item as its `view`. The route has the parameters `limit` and `cursor` (`http_api.PAGE`);
    `query` is what its cursors name, `parts` what a position consists of. Raises Invalid for a cursor that is not of it."""
    position = position_in(query, request.query["cursor"], **parts)
    items, stopped = read(request.query["limit"], position)
    return Response({"items": [view(item) for item in items], "next_cursor": encode_cursor(query, stopped)})
