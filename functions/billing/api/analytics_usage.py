"""The daily record of data-quality jobs: totals, and the series by day and by source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from skuflow.billing.deps import ApiDeps
from skuflow.billing.metering.jobs import DailyFigures, JobFigures, total_of
from skuflow.kernel.errors import Invalid, Problem
from skuflow.platform.http_api import Param, Request, Response, Routes

ROUTES = Routes("usage")
MOST_DAYS = 366
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@ROUTES.add(
    "GET",
    "/v1/analytics/usage",
    scope="usage:read",
    summary="Read what data-quality jobs did, in total and by day and source",
    description=f"Days are UTC, both included; at most {MOST_DAYS}.",
    query=(
        Param("start", "The first day, e.g. 2026-01-01.", required=True),
        Param("end", "The last day, e.g. 2026-01-31.", required=True),
    ),
    response="functions.billing.api.views_usage:UsageAnalyticsView",
)
def read_usage_analytics(request: Request, deps: ApiDeps) -> Response:
    start, end = _days(request)
    series = deps.metering.counters.record(request.client_id, start, end)
    return Response(
        {
            "start": start.isoformat(),
            "end": end.isoformat(),
            "totals": _figures(total_of(series)),
            "by_source": _by_source(series),
            "series": [{"date": one.day, "source_type": one.source_type, **_figures(one.figures)} for one in series],
        }
    )


def _by_source(series: Sequence[DailyFigures]) -> list[dict[str, object]]:
    sources = sorted({one.source_type for one in series})
    return [
        {"source_type": source, **_figures(total_of(one for one in series if one.source_type == source))}
        for source in sources
    ]


def _figures(figures: JobFigures) -> dict[str, object]:
    before, after = figures.quality_score_before, figures.quality_score_after
    return {
        "items_processed": figures.items_processed,
        "items_fixed": figures.items_fixed,
        "quality_score_before": str(before) if before is not None else None,
        "quality_score_after": str(after) if after is not None else None,
        "job_count": figures.job_count,
        "job_seconds": figures.job_seconds,
        "source_items": figures.source_items,
        "billable_items": figures.billable_items,
    }


def _days(request: Request) -> tuple[date, date]:
    """The days asked for. Raises Invalid that names every fault."""
    days = {name: _date(request.query[name]) for name in ("start", "end")}
    faults = [
        Problem(name, "is not a day of the calendar", "write it as 2026-01-31")
        for name, day in days.items()
        if day is None
    ]
    start, end = days["start"], days["end"]
    if start is not None and end is not None and not 0 <= (end - start).days < MOST_DAYS:
        faults.append(Problem("end", "is before `start`, or too far behind it", f"ask for {MOST_DAYS} days at most"))
    if faults or start is None or end is None:
        raise Invalid("the query is not valid", problems=faults)
    return start, end


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None
