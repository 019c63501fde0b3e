"""Plans and subscriptions over one AWS in memory: the API, its tables, and what the table's stream says of each change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from functions.billing.api.handler import handle
from skuflow.billing.deps import ApiDeps
from skuflow.billing.entitlements import EntitlementReader
from skuflow.billing.settings import ApiSettings
from skuflow.billing.store import BillingItem
from skuflow.billing.subscription_store import DynamoSubscriptions
from skuflow.billing.subscriptions import Subscription
from skuflow.billing.wiring import build_api
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.table import bind
from tests.doubles import CountedIds, FakeClock
from tests.http import CLIENT, Answer, Api
from tests.tables import LAYOUTS

SELLER = {
    "name": "North Goods Inc.",
    "address": {
        "country": "CA",
        "region": "ON",
        "city": "Toronto",
        "lines": ["12 Spadina Ave"],
        "postal_code": "M5V 2J1",
    },
    "currency": "CAD",
    "time_zone": "America/Toronto",
    "invoice_prefix": "NG-",
    "registrations": {"GST/HST": "123456789 RT0001"},
}
CUSTOMER = {
    "name": "Kim Tremblay",
    "address": {"country": "CA", "region": "QC", "city": "Montréal"},
    "email": "kim@example.com",
    "time_zone": "America/Toronto",
}
BASIC = {
    "code": "basic",
    "name": "Basic",
    "product": "nestsync",
    "seller_id": "north",
    "currency": "CAD",
    "base_fee": "19.99",
    "entitlements": {"child_profiles": 1, "price_comparison": False},
}
PREMIUM = {
    **BASIC,
    "code": "premium",
    "name": "Premium",
    "base_fee": "29.99",
    "entitlements": {"child_profiles": 3, "price_comparison": True},
}


@dataclass(slots=True)
class SellingWorld:
    deps: ApiDeps
    clock: FakeClock
    table: type[BillingItem]

    def call(self, method: str, path: str, **how: Any) -> Answer:
        return Api(handle, self.deps).call(method, path, **how)

    def ok(self, method: str, path: str, body: Mapping[str, Any] | None = None, **how: Any) -> Any:
        """The body of an answer that must be a success."""
        answer = self.call(method, path, body=dict(body) if body is not None else None, **how)
        assert answer.status < 300, (path, answer.status, answer.body)
        return answer.body

    def sell(self, *plans: Mapping[str, Any], subject: str = "kim") -> None:
        """A seller, a customer and `plans`."""
        self.ok("PUT", "/v1/sellers/north", SELLER)
        self.ok("PUT", f"/v1/customers/{subject}", CUSTOMER)
        for plan in plans:
            self.ok("POST", "/v1/plans", plan)

    def subscribe(self, plan: str = "basic", **more: Any) -> Any:
        how = {"headers": more.pop("headers", {})}
        return self.ok("POST", "/v1/subscriptions", {"subject": "kim", "plan": plan, **more}, **how)

    def act(self, subscription: Any, verb: str, body: Mapping[str, Any] | None = None, **how: Any) -> Any:
        return self.ok("POST", f"/v1/subscriptions/{subscription['subscription_id']}/{verb}", body, **how)

    def read(self, subscription: Any) -> Any:
        return self.ok("GET", f"/v1/subscriptions/{subscription['subscription_id']}")

    def history(self, subscription: Any) -> list[str]:
        told = self.ok("GET", f"/v1/subscriptions/{subscription['subscription_id']}/history")
        return [act["kind"] for act in told["items"]]

    def entitled(self, subject: str = "kim", product: str = "nestsync") -> Any:
        return self.ok("GET", f"/v1/entitlements/{subject}/{product}")

    def stored(self, subscription: Any) -> Subscription:
        return DynamoSubscriptions(self.table).get(ClientId(CLIENT), subscription["subscription_id"])

    def at(self, moment: datetime) -> None:
        self.clock.now = moment


def make_world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, patch: pytest.MonkeyPatch
) -> SellingWorld:
    for setting in fields(ApiSettings):
        context = setting.name.removesuffix("_table")
        is_ours = setting.name.endswith("_table") and context in LAYOUTS
        patch.setenv(setting.name.upper(), tables(context) if is_ours else f"https://test.example/{setting.name}")
    made = build_api()
    selling = replace(
        made.selling,
        entitlements=EntitlementReader(partial(made.selling.subscriptions.entitled, exactly=False), clock),
    )
    deps = replace(made, clock=clock, new_id=new_id, selling=selling)
    return SellingWorld(deps, clock, bind(BillingItem, tables("billing")))
