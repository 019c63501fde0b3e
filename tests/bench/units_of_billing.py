"""What billing asks of AWS: usage counted, read back and compared with its counters."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from skuflow.contracts.quality import JobCompleted
from skuflow.kernel.clock import iso
from skuflow.kernel.events import Cause, Event, event_id
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from skuflow.platform.event_bus import Announcement, EventBus
from tests.bench.units_of_work import Measuring
from tests.scenarios.stage import BUS, queue_name, queue_url

DOOR = "billing/api"
BATCH = 98
"""Events in one call: two transactions full."""


def meter(work: Measuring) -> None:
    """The units of metering, added to `work`."""
    _send(work, "warm")
    with work.unit("usage_event", "An event of usage is sent alone over HTTP and counted"):
        _send(work, "alone")
    with work.unit("usage_event_again", "An event of usage is sent again over HTTP"):
        _send(work, "alone")
    with work.unit("usage_event_in_batch", f"An event of usage is sent in a call of {BATCH} and counted", per=BATCH):
        work.ask(DOOR, "POST", "/v1/usage", body={"events": [_event(f"many-{n}") for n in range(BATCH)]})
    with work.unit("usage_read", "A month's usage is read over HTTP"):
        work.ask(DOOR, "GET", "/v1/usage")
    _complete(work, "job_0")
    work.pump()
    with work.unit("job_metered", "A data-quality job is counted in the daily record and as usage"):
        _complete(work, "job_1")
    work.ask(DOOR, "GET", "/v1/analytics/usage", query={"start": "2026-11-01", "end": "2026-11-30"})
    _reconcile(work)


def _reconcile(work: Measuring) -> None:
    day = work.stage.time().date()
    work.passes(timedelta(days=1).total_seconds())
    with work.unit(
        "usage_night", "A night's reconciliation is begun, and finds one client's day of some hundred events"
    ):
        work.recorder.invoke("billing/start_reconciliation", {})
    body = msgspec.json.encode({"client_id": work.seller.client_id, "day": day.isoformat()}).decode()
    with work.unit("usage_day_reconciled", "A client's day of some hundred events is compared with its counters"):
        client("sqs").send_message(QueueUrl=queue_url(queue_name("billing/reconcile_usage")), MessageBody=body)


def _event(name: str) -> dict[str, object]:
    return {"transaction_id": name, "metric": "billable_items", "value": 12}


def _send(work: Measuring, name: str) -> None:
    work.ask(DOOR, "POST", "/v1/usage", body=_event(name))


def _complete(work: Measuring, job_id: str) -> None:
    """Tell the bus that a job has ended."""
    at, owner = work.stage.time(), ClientId(work.seller.client_id)
    told = JobCompleted(job_id, "shopify", "all", 40, 12, "71.25", "88.50", 33, 40, 120, iso(at))
    data = msgspec.to_builtins(told)
    event = Event(
        event_id(owner, "JobCompleted", job_id), "JobCompleted", "skuflow.quality", at, owner, 1, Cause("bench"), data
    )
    EventBus(client("events"), BUS).publish([Announcement(job_id, (event,))])
