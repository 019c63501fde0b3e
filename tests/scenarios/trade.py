"""What a client does to be paid: a seller, customers, plans, subscriptions, usage, billing runs; through the HTTP API."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from tests.scenarios.pump import FAIR, Pump, Weather
from tests.scenarios.seller import Seller

SCOPES = ("billing:read", "billing:write", "usage:read", "usage:write")
PRICE, INCLUDED = "0.05", 10
_PLACE = {"country": "CA", "region": "ON", "city": "Toronto"}
_OFFER: dict[str, Any] = {
    "product": "sku-genie",
    "seller_id": "north",
    "currency": "CAD",
    "grace_hours": 0,
    "charges": [
        {
            "code": "items",
            "metric": "billable_items",
            "model": "per_item",
            "included": str(INCLUDED),
            "unit_amount": PRICE,
        }
    ],
}


@dataclass(frozen=True)
class Trade:
    """`began` is when the subscriptions begin: their first month was over an hour ago."""

    seller: Seller
    began: datetime = field(default_factory=lambda: datetime.now(UTC) - relativedelta(months=1) - timedelta(hours=1))
    _ids: itertools.count[int] = field(default_factory=itertools.count)

    def opens(self, *subjects: str) -> None:
        """With a plan to use and a larger one, and a customer's profile for each of `subjects`."""
        seller = {"name": "North Inc.", "address": _PLACE, "currency": "CAD", "time_zone": "America/Toronto"}
        numbers = {"invoice_prefix": "NG-", "registrations": {"GST/HST": "123456789 RT0001"}}
        self.does("PUT", "/v1/sellers/north", {**seller, **numbers})
        for subject in subjects:
            self.does("PUT", f"/v1/customers/{subject}", {"name": f"The {subject}", "address": _PLACE})
        for code, fee in (("small", "20.00"), ("large", "50.00")):
            self.does("POST", "/v1/plans", {**_OFFER, "code": code, "name": code.title(), "base_fee": fee})

    def subscribes(self, subject: str = "client") -> str:
        body = {"subject": subject, "plan": "small", "start_at": self.began.isoformat()}
        return str(self.does("POST", "/v1/subscriptions", body)["subscription_id"])

    def uses(self, items: int, *, subject: str = "client", ago: timedelta = timedelta(days=2)) -> None:
        event = {
            "transaction_id": f"use-{next(self._ids)}",
            "metric": "billable_items",
            "subject": subject,
            "value": str(items),
            "event_time": (datetime.now(UTC) - ago).isoformat(),
        }
        self.does("POST", "/v1/usage", event)

    def bills(self, weather: Weather = FAIR) -> dict[str, Any]:
        """A billing run, at its end."""
        made = self.does("POST", "/v1/billing-runs", {})
        Pump(self.seller.stage, weather).run()
        return self.does("GET", f"/v1/billing-runs/{made['run_id']}")

    def invoices(self) -> list[dict[str, Any]]:
        """All there are, whole, in the order of their numbers."""
        found = self.does("GET", "/v1/invoices")["items"]
        whole = [self.does("GET", f"/v1/invoices/{one['invoice_id']}") for one in found]
        return sorted(whole, key=lambda one: str(one["number"]))

    def does(self, method: str, path: str, body: Any = None, **query: str) -> dict[str, Any]:
        """The answer of a request that is granted."""
        how = {} if body is None else {"body": body}
        answer = self.seller.call("billing/api", method, path, query=query, **how)
        assert answer.status < 300, (path, answer.body)
        told: dict[str, Any] = answer.body
        return told
