"""HTTP: prices through time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from functions.catalog.api.products_found import product_of
from skuflow.catalog.deps import ApiDeps
from skuflow.catalog.price_view import day_view, moment_view, statistics_view
from skuflow.catalog.read_prices import Position, PriceReader, Range, Series
from skuflow.kernel.clock import iso, parse_iso
from skuflow.kernel.errors import Invalid, NotFound, Problem
from skuflow.platform.http_api import CURSOR, Param, Request, Response, Routes
from skuflow.platform.paging import decode_cursor, encode_cursor, foreign_cursor

ROUTES = Routes("prices")

MOST_POINTS = 5000
_DEFAULT_RANGE = timedelta(days=90)


@ROUTES.add(
    "GET",
    "/v1/products/{product_id}/price-history",
    scope="catalog:read",
    summary="A product's prices through time, and what they say",
    description="Each item is the whole state of a variant from `at` on, so a step chart can be drawn from the items as they are: "
    "the states in force as the range begins and as it ends are repeated there (`carried`). At day resolution (UTC) there is an "
    "item per variant and day without a gap: the price at the day's end, the lowest and the highest. `statistics` stand on the "
    "first page only.",
    response="functions.catalog.api.views:PriceHistoryPage",
    query=(
        Param("from", "The range's beginning; 90 days before its end if absent.", "date-time"),
        Param("to", "The range's end; now if absent.", "date-time"),
        Param("resolution", "Every change, or one item a day.", default="raw", choices=("raw", "day")),
        Param("variant_id", "This variant's prices only."),
        Param("offer_id", "The prices of this offer instead of the client's own."),
        Param("limit", "How many items at most.", "integer", default=1000, minimum=1, maximum=MOST_POINTS),
        CURSOR,
    ),
)
def get_price_history(request: Request, deps: ApiDeps) -> Response:
    q, now = request.query, deps.clock()
    reader = _reader(request, deps)
    name = f"price-history {request.path['product_id']} {[q[n] for n in ('from', 'to', 'resolution', 'variant_id', 'offer_id')]}"
    within, position = _place(decode_cursor(name, q["cursor"]), request, now)
    items, stopped = _READERS[q["resolution"]](reader, within, position, q["limit"])
    body = {
        "product_id": request.path["product_id"],
        "offer_id": q["offer_id"],
        "resolution": q["resolution"],
        "from": iso(within.start),
        "to": iso(within.end),
        "items": items,
        "next_cursor": encode_cursor(name, _cursor(within, stopped)),
        "last_seen_at": _last_seen(request, deps, reader, now),
        "statistics": None,
    }
    if q["cursor"] is None:
        body["statistics"] = [statistics_view(one) for one in reader.statistics(now).values()]
    return Response(body)


def _reader(request: Request, deps: ApiDeps) -> PriceReader:
    product, q = product_of(request, deps), request.query
    if q["variant_id"] is not None and product.variant(q["variant_id"]) is None:
        raise NotFound("the product has no such variant")
    stock = deps.stock.get(request.client_id, product.product_id)
    return PriceReader(deps.prices, Series(request.client_id, product, stock, q["offer_id"] or "", q["variant_id"]))


def _place(position: dict[str, Any] | None, request: Request, now: datetime) -> tuple[Range, Position]:
    """The range and where in it the page begins. A cursor keeps its range: `now` would move it."""
    if position is not None:
        try:
            within = Range(parse_iso(position["from"]), parse_iso(position["to"]))
            return within, Position(str(position["group"]), int(position["skip"]))
        except (KeyError, TypeError, ValueError):
            raise foreign_cursor() from None
    end = min(request.query["to"] or now, now)
    start = request.query["from"] or end - _DEFAULT_RANGE
    if start > end:
        fault = Problem("from", "is later than `to`, or than now", "give an earlier time")
        raise Invalid("the range is empty", problems=[fault])
    return Range(start, end), Position()


def _cursor(within: Range, stopped: Position | None) -> dict[str, Any] | None:
    if stopped is None:
        return None
    return {"from": iso(within.start), "to": iso(within.end), "group": stopped.group, "skip": stopped.skip}


def _last_seen(request: Request, deps: ApiDeps, reader: PriceReader, now: datetime) -> str | None:
    """When these prices were last seen. Seeing the client's own again unchanged writes nothing, so it is not told."""
    if request.query["offer_id"]:
        offer = deps.offers.get(request.client_id, request.path["product_id"], request.query["offer_id"])
        return offer.last_seen_at if offer else None
    seen = [at for at in (reader.last_change(now), reader.series.product.observed_at) if at is not None]
    return iso(max(seen)) if seen else None


def _moments(reader: PriceReader, within: Range, position: Position, limit: int) -> tuple[list[Any], Position | None]:
    moments, stopped = reader.moments(within, position, limit)
    return [moment_view(moment) for moment in moments], stopped


def _days(reader: PriceReader, within: Range, position: Position, limit: int) -> tuple[list[Any], Position | None]:
    days, stopped = reader.days(within, position, limit)
    return [day_view(day) for day in days], stopped


_READERS: dict[str, Callable[[PriceReader, Range, Position, int], tuple[list[Any], Position | None]]] = {
    "raw": _moments,
    "day": _days,
}
