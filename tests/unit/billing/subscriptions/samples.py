"""Plans and subscriptions for tests of the rules."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from skuflow.billing.lifecycle import Asked
from skuflow.billing.plans import Offer, Plan
from skuflow.billing.starting import Beginning, begun
from skuflow.billing.subscriptions import Subscription
from skuflow.kernel.events import Cause

CAUSE = Cause("test")
START = datetime(2026, 1, 31, 15, 30, tzinfo=UTC)


def plan(code: str = "basic", base_fee: str = "20", version: int = 1, **offer: Any) -> Plan:
    told = {
        "name": code,
        "product": "nestsync",
        "seller_id": "north",
        "currency": "CAD",
        "interval": "month",
        "entitlements": {"profiles": len(code)},
        **offer,
    }
    made = Offer(base_fee=Decimal(base_fee), **told)
    return Plan(code=code, version=version, offer=made, published_at=START, cause=CAUSE)


BASIC, PREMIUM, YEARLY = plan(), plan("premium", "30"), plan("yearly", "200", interval="year")
TRYING = plan("trying", "25", trial_days=14)
PLANS = {one.ref.key: one for one in (BASIC, PREMIUM, YEARLY, TRYING)}


def asked(at: datetime) -> Asked:
    return Asked(at, "key_1", CAUSE)


def subscribed(
    on: Plan = BASIC, at: datetime = START, time_zone: str = "America/Toronto", now: datetime | None = None
) -> Subscription:
    """Since `at`, told at `now` (None: `at`)."""
    wanted = Beginning(subscription_id="sub_1", subject="kim", plan=on, time_zone=time_zone, start_at=at)
    return begun(wanted, asked(now or at))
