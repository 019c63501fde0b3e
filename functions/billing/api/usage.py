"""Usage: send it, read it back, and see that counters and events agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from functions.billing.api.usage_cursors import day_in, place_in
from skuflow.billing.deps import ApiDeps
from skuflow.billing.metering.model import OWN_SUBJECT, EventAnswer, value_of
from skuflow.billing.metering.read_event import SUBJECT
from skuflow.billing.metering.reading import Window
from skuflow.billing.metering.reconciliation import Reconciliation
from skuflow.billing.metering.record_usage import record_one, record_usage
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import Invalid, Problem
from skuflow.platform.http_api import PAGE, Param, Request, Response, Routes
from skuflow.platform.observability import count_many
from skuflow.platform.paging import encode_cursor

ROUTES = Routes("usage")
_VIEWS = "functions.billing.api.views_usage"
LONGEST = timedelta(days=400)
"""Of a window of usage."""
_WINDOW = (
    Param("subject", "Who is billed; `client` is yourself.", default=OWN_SUBJECT),
    Param("from", "Usage from this moment on; the beginning of this month (UTC) if absent.", "date-time"),
    Param("to", "Only before this moment; now if absent.", "date-time"),
)


@ROUTES.add(
    "POST",
    "/v1/usage",
    scope="usage:write",
    summary="Send usage: one event, or up to 500",
    description=(
        "Each event counts once, however often it is sent, in the period in which it happened. Of several, those that are valid "
        "are counted and the others are named in the answer; one that comes alone and is not valid is refused (422, or 409 if its "
        "transaction id was counted with another body). Safe to repeat after any failure."
    ),
    body="functions.billing.api.bodies_usage:SendUsage",
    response=f"{_VIEWS}:UsageAnswerView",
    errors=(409,),
)
def send_usage(request: Request, deps: ApiDeps) -> Response:
    body, metering, now = request.body, deps.metering, deps.clock()
    sent = body.single()
    if body.events is None:
        sent.pop("events", None)
        answers = [
            record_one(request.client_id, sent, metrics=metering.metrics, usage=metering.usage, now=now),
        ]
    elif len(sent) > 1:
        others = [Problem(name, "stands beside `events`", "send one event, or several") for name in sorted(sent)]
        raise Invalid("the body is not valid", problems=[one for one in others if one.field != "events"])
    else:
        answers = record_usage(request.client_id, body.events, metrics=metering.metrics, usage=metering.usage, now=now)
    return Response(_answered(answers))


def _answered(answers: Sequence[EventAnswer]) -> dict[str, object]:
    counts = {status: sum(one.status == status for one in answers) for status in ("accepted", "duplicate", "rejected")}
    count_many(
        UsageEventsAccepted=counts["accepted"],
        UsageEventsDuplicate=counts["duplicate"],
        UsageEventsRejected=counts["rejected"],
    )
    return {
        "accepted": counts["accepted"],
        "duplicates": counts["duplicate"],
        "rejected": counts["rejected"],
        "events": [
            {
                "index": one.index,
                "transaction_id": one.transaction_id,
                "status": one.status,
                "code": one.code or None,
                "errors": [asdict(problem) for problem in one.problems],
            }
            for one in answers
        ],
    }


@ROUTES.add(
    "GET",
    "/v1/usage",
    scope="usage:read",
    summary="Read quantities by metric for a window of time",
    query=(*_WINDOW, Param("metric", "Only this metric.")),
    response=f"{_VIEWS}:UsageView",
    errors=(404,),
)
def read_usage(request: Request, deps: ApiDeps) -> Response:
    subject, window = _window(request, deps.clock())
    asked = request.query["metric"]
    metrics = [deps.metering.metrics.get(request.client_id, asked).code] if asked is not None else None
    [found] = deps.metering.reader.quantities(request.client_id, subject, [window], metrics=metrics)
    units = {one.code: one.unit for one in deps.metering.metrics.known(request.client_id, found).values()}
    items = [
        {
            "metric": one.metric,
            "aggregation": one.aggregation,
            "unit": units[one.metric],
            "quantity": f"{one.value:f}",
            "events": one.events,
        }
        for one in found.values()
    ]
    return Response({"subject": subject, "from": iso(window.start), "to": iso(window.end), "items": items})


@ROUTES.add(
    "GET",
    "/v1/usage/events",
    scope="usage:read",
    summary="Read the events that a quantity is made of, by time",
    query=(Param("metric", "Of this metric.", required=True), *_WINDOW, *PAGE),
    response=f"{_VIEWS}:UsageEventPage",
    errors=(404,),
)
def list_usage_events(request: Request, deps: ApiDeps) -> Response:
    subject, window = _window(request, deps.clock())
    metric = deps.metering.metrics.get(request.client_id, request.query["metric"]).code
    query = f"usage {subject} {metric} {request.query['from']} {request.query['to']}"
    found = deps.metering.counters.page(
        request.client_id,
        (subject, metric),
        (window.start, window.end),
        request.query["limit"],
        after=place_in(request.query["cursor"], query),
    )
    items = [
        {
            "transaction_id": one.doc.transaction_id,
            "event_time": iso(one.usage.at),
            "value": f"{value_of(one.usage.units):f}",
            "properties": dict(one.doc.properties),
        }
        for one in found
    ]
    more = len(found) == request.query["limit"]
    return Response({"items": items, "next_cursor": encode_cursor(query, {"sk": found[-1].sk} if more else None)})


def _window(request: Request, now: datetime) -> tuple[str, Window]:
    """The subject and window that a query asks for. Raises Invalid."""
    subject = request.query["subject"]
    if not SUBJECT.fullmatch(subject):
        fault = Problem("subject", "is not an id of who is billed", "use 1 to 64 of A-Z a-z 0-9 _ . : -")
        raise Invalid("the query is not valid", problems=[fault])
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    start, end = request.query["from"] or month, request.query["to"] or now
    if not timedelta(0) < end - start <= LONGEST:
        fault = Problem("to", "is not behind `from`, or too far", f"ask for {LONGEST.days} days at most")
        raise Invalid("the query is not valid", problems=[fault])
    return subject, Window(start, end)


@ROUTES.add(
    "GET",
    "/v1/usage/reconciliations",
    scope="usage:read",
    summary="See that counters and events agree, day by day, newest first",
    description="Every night each of the last 36 days (UTC) that has usage is compared.",
    query=PAGE,
    response=f"{_VIEWS}:ReconciliationPage",
)
def list_reconciliations(request: Request, deps: ApiDeps) -> Response:
    query = "reconciliations"
    found, last = deps.metering.reconciliations.page(
        request.client_id, request.query["limit"], day_in(request.query["cursor"], query)
    )
    cursor = encode_cursor(query, {"day": last} if last is not None else None)
    return Response({"items": [_reconciliation(one) for one in found], "next_cursor": cursor})


def _reconciliation(one: Reconciliation) -> dict[str, object]:
    return {
        "day": one.day,
        "status": "drifted" if one.drift_count else "agrees",
        "checked_at": one.checked_at,
        "checks": one.checks,
        "counters": one.counters,
        "events": one.events,
        "drift_count": one.drift_count,
        "drifts": [asdict(drift) for drift in one.drifts],
        "last_drift_at": one.last_drift_at or None,
    }
