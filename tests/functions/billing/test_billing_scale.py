"""A run is cheap per invoice, and no key gets hot: counted on small runs, because what it takes grows with the subscriptions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from tests.bench.billing_run import figures_of, run_over
from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.billing_world import BillingWorld, check_books, make_billing_world, utc

MANY = 120


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> BillingWorld:
    clock.now = utc(2026, 3, 1)
    return make_billing_world(tables, clock, new_id, monkeypatch)


def _check_run(world: BillingWorld, subscriptions: int, requests: float, counter_writes: float) -> None:
    figures = figures_of(run_over(world, subscriptions), subscriptions)
    assert figures["requests_per_invoice"] <= requests
    assert figures["seller_counter_writes_per_invoice"] <= counter_writes
    check_books(world)
    assert len(world.invoices()) == 2 * subscriptions
    runs = world.ok("GET", "/v1/billing-runs")["items"]
    assert [(one["status"], one["invoices"]) for one in runs] == [("completed", subscriptions)] * 2


def test_a_small_run_asks_little_of_aws(world: BillingWorld) -> None:
    """Sixteen shards are looked through, for however few."""
    _check_run(world, 30, 4, 0.04)


@pytest.mark.slow
def test_hundreds_of_subscriptions_are_billed_and_their_keys_are_spread(world: BillingWorld) -> None:
    """As many as fill batches, transactions and shards; moto copies its tables for each transaction, so more take ages."""
    _check_run(world, MANY, 3, 0.03)
    items = world.items(kinds=("billing",))
    invoices = [item for item in items if item["sk"]["S"].startswith("INVOICE#")]
    assert max(Counter(item["pk"]["S"] for item in invoices).values()) == 2
    listed = Counter(item["listing_pk"]["S"] for item in invoices)
    assert len(listed) == 8
    assert max(listed.values()) < 2 * len(invoices) / 8
    due = Counter(item["due_pk"]["S"] for item in items if item["sk"]["S"] == "SUBSCRIPTION")
    assert len(due) == 16
    assert max(due.values()) < 2 * MANY / 16
