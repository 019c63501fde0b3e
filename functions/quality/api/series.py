"""What was measured, through time."""

from __future__ import annotations

from datetime import timedelta

from functions.quality.api.rendering import percent
from skuflow.kernel.clock import iso, parse_iso
from skuflow.kernel.errors import Invalid, Problem
from skuflow.platform.http_api import CURSOR, Param, Request, Response, Routes
from skuflow.platform.paging import decode_cursor, encode_cursor
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
    q = request.query
    name = f"quality-series {[q[part] for part in ('collection', 'field', 'metric', 'start', 'end')]}"
    position = decode_cursor(name, q["cursor"]) or {}
    end = parse_iso(str(position["end"])) if position else q["end"] or deps.clock()
    start = parse_iso(str(position["start"])) if position else q["start"] or end - _DEFAULT_RANGE
    if start > end:
        fault = Problem("start", "is later than `end`, or than now", "give an earlier time")
        raise Invalid("the range is empty", problems=[fault])
    after = str(position["after"]) if position else None
    points, last = deps.series.between(
        request.client_id, q["collection"], q["field"], Within(start, end), limit=q["limit"], after=after
    )
    following = {"start": iso(start), "end": iso(end), "after": last} if last else None
    return Response(
        {
            "collection": q["collection"],
            "field": q["field"],
            "metric": q["metric"],
            "start": iso(start),
            "end": iso(end),
            "items": [
                {"at": iso(one.at), "value": percent(one.measure.of(q["metric"])), "job_id": one.job_id}
                for one in points
            ],
            "next_cursor": encode_cursor(name, following),
        }
    )
