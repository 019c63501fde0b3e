"""What billing asks of AWS: subscriptions sold, changed, billed; entitlements and documents read; hours in which nothing is due."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.bench.units_of_work import Measuring

DOOR = "billing/api"
SUBSCRIPTIONS = 50
"""Billed in one run: two messages full."""

_PLACE = {"country": "CA", "region": "ON", "city": "Toronto"}
_CHARGE = {"code": "items", "metric": "billable_items", "model": "per_item", "included": "5", "unit_amount": "0.05"}


def bill(work: Measuring) -> None:
    """The units of billing, added to `work`. Months pass."""
    _open(work)
    _subscribe(work, "warm")
    with work.unit("subscription_started", "A subject subscribes to a plan over HTTP"):
        mine = _subscribe(work, "subject-0")
    for number in range(1, SUBSCRIPTIONS - 1):
        _subscribe(work, f"subject-{number}")
    _read(work)
    _run(work)
    work.passes(timedelta(days=31).total_seconds())
    for number in range(SUBSCRIPTIONS - 1):
        _use(work, f"subject-{number}")
    work.passes(timedelta(days=2).total_seconds())
    with work.unit(
        "subscription_billed", f"A subscription is billed by usage, in a run of {SUBSCRIPTIONS}", per=SUBSCRIPTIONS
    ):
        work.ask(DOOR, "POST", "/v1/billing-runs", body={})
    _document(work)
    with work.unit("plan_changed", "A subscription changes its plan over HTTP"):
        work.ask(DOOR, "POST", f"/v1/subscriptions/{mine}/change", body={"plan": "large"})
    _run(work)
    work.recorder.invoke("billing/start_billing_runs", {})
    work.pump()
    with work.unit("billing_hour_idle", "An hour in which no subscription is due"):
        work.recorder.invoke("billing/start_billing_runs", {})


def _open(work: Measuring) -> None:
    seller = {"name": "North Inc.", "address": _PLACE, "currency": "CAD", "time_zone": "America/Toronto"}
    numbers = {"invoice_prefix": "NG-", "registrations": {"GST/HST": "123456789 RT0001"}}
    work.ask(DOOR, "PUT", "/v1/sellers/north", body={**seller, **numbers})
    for code, fee in (("small", "20.00"), ("large", "50.00")):
        offer = {"code": code, "name": code, "product": "p", "seller_id": "north", "currency": "CAD", "base_fee": fee}
        work.ask(DOOR, "POST", "/v1/plans", body={**offer, "charges": [_CHARGE]})


def _subscribe(work: Measuring, subject: str) -> str:
    with work.recorder.apart():
        work.ask(DOOR, "PUT", f"/v1/customers/{subject}", body={"name": subject, "address": _PLACE})
    made = work.ask(DOOR, "POST", "/v1/subscriptions", body={"subject": subject, "plan": "small"})
    return str(made["subscription_id"])


def _use(work: Measuring, subject: str) -> None:
    event: dict[str, Any] = {
        "transaction_id": f"of-{subject}",
        "metric": "billable_items",
        "value": 12,
        "subject": subject,
    }
    at = work.stage.time() - timedelta(days=3)
    work.ask(DOOR, "POST", "/v1/usage", body={**event, "event_time": at.isoformat()})


def _run(work: Measuring) -> None:
    work.ask(DOOR, "POST", "/v1/billing-runs", body={})
    work.pump()


def _read(work: Measuring) -> None:
    path = "/v1/entitlements/subject-0/p"
    work.ask(DOOR, "GET", path)
    work.passes(6)
    with work.unit(
        "entitlement_read", "What a subject is entitled to is asked over HTTP, for the first time in a while"
    ):
        work.ask(DOOR, "GET", path)


def _document(work: Measuring) -> None:
    found = work.ask(DOOR, "GET", "/v1/invoices")["items"]
    path = f"/v1/invoices/{found[0]['invoice_id']}"
    with work.unit("invoice_read", "An invoice is read over HTTP"):
        work.ask(DOOR, "GET", path)
    with work.unit("invoice_drawn", "An invoice is asked for as a document for the first time"):
        work.ask(DOOR, "GET", f"{path}.pdf")
