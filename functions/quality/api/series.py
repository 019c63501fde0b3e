"""What was measured, through time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from functions.quality.api.rendering import percent
from skuflow.kernel.clock import iso, parse_iso
from skuflow.kernel.errors import Invalid, Problem
from skuflow.platform.http_api import CURSOR, Param, Request, Response, Routes
from skuflow.platform.paging import encode_cursor, foreign_cursor, position_in
from skuflow.quality.deps import ApiDeps
from skuflow.quality.jobs.model import PRODUCTS
from skuflow.quality.measures import METRICS
from skuflow.quality.series_store import Within

ROUTES = Routes("quality")
_DEFAULT_RANGE = timedelta(days=90)
_MOST = 1000


@ROUTES.add(
    "GET",
    "/v1/quality/series",
    scope="quality:read",
    summary="One measure of a field through time",
    description="A point for each job that looked at the whole collection; for one that fixed it, a point at its "
    "beginning and one at its end. Oldest first; `start` is included, `end` is not.",
    query=(
        Param("collection", "Which collection.", default=PRODUCTS, choices=(PRODUCTS,)),
        Param("field", "As in a report, e.g. `variant.gtin`; the whole collection if absent.", default=""),
        Param("metric", "What was measured.", default="score", choices=METRICS),
        Param("start", "The range's beginning; 90 days before its end if absent.", "date-time"),
        Param("end", "The range's end; now if absent.", "date-time"),
        Param("limit", "How many points at most.", "integer", default=365, minimum=1, maximum=_MOST),
        CURSOR,
    ),
    response="functions.quality.api.views:SeriesView",
)
def get_quality_series(request: Request, deps: ApiDeps) -> Response:
    from skuflow.quality.rules.fields import measured_name

    q = {**request.query, "field": measured_name(request.query["field"])}
    name = f"quality-series {[q[part] for part in ('collection', 'field', 'metric', 'start', 'end')]}"
    position = position_in(name, q["cursor"], start=str, end=str, after=str)
    within = _within(position, request, deps.clock())
    after = position["after"] if position else None
    points, last = deps.series.between(
        request.client_id, q["collection"], q["field"], within, limit=q["limit"], after=after
    )
    start, end = iso(within.start), iso(within.end)
    following = {"start": start, "end": end, "after": last} if last else None
    return Response(
        {
            "collection": q["collection"],
            "field": q["field"],
            "metric": q["metric"],
            "start": start,
            "end": end,
            "items": [
                {"at": iso(one.at), "value": percent(one.measure.of(q["metric"])), "job_id": one.job_id}
                for one in points
            ],
            "next_cursor": encode_cursor(name, following),
        }
    )


def _within(position: dict[str, Any] | None, request: Request, now: datetime) -> Within:
    """What is asked for. A cursor keeps its range: `now` would move it. Raises Invalid."""
    if position is not None:
        try:
            return Within(parse_iso(position["start"]), parse_iso(position["end"]))
        except ValueError:
            raise foreign_cursor() from None
    end = request.query["end"] or now
    start = request.query["start"] or end - _DEFAULT_RANGE
    if start > end:
        fault = Problem("start", "is later than `end`, or than now", "give an earlier time")
        raise Invalid("the range is empty", problems=[fault])
    return Within(start, end)
