"""A level held for a part of the period is priced by its mean over the period, and that chooses the tier."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.billing_world import BillingWorld, make_billing_world, utc
from tests.functions.billing.selling_world import BASIC


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> BillingWorld:
    made = make_billing_world(tables, clock, new_id, monkeypatch)
    made.at(utc(2026, 4, 1))
    return made


@pytest.mark.parametrize(
    ("level", "mean", "amount"), [("1500", 750, 75_00), ("2000", 1000, 100_00), ("2002", 1001, 50_05)]
)
def test_the_mean_chooses_the_volume_tier(world: BillingWorld, level: str, mean: int, amount: int) -> None:
    """Held for half of April; up to 1000 a unit costs 0.10, all units of more cost 0.05."""
    tiers = [{"up_to": "1000", "unit_amount": "0.10"}, {"unit_amount": "0.05"}]
    charge = {"code": "storage", "metric": "storage", "model": "volume", "tiers": tiers}
    world.ok("POST", "/v1/metrics", {"code": "storage", "aggregation": "weighted_sum", "unit": "GB"})
    world.sell({**BASIC, "base_fee": "0", "charges": [charge]})
    made = world.subscribe(time_zone="UTC")
    world.run_hour()
    world.at(utc(2026, 4, 16))
    used = {"transaction_id": "tx-1", "metric": "storage", "subject": "kim", "value": level}
    world.ok("POST", "/v1/usage", {**used, "event_time": "2026-04-16T00:00:00Z"})
    world.at(world.due(made))
    world.run_hour()
    [invoice] = world.invoices()
    assert [(int(line.quantity), line.amount.minor) for line in invoice.lines] == [(mean, amount)]
