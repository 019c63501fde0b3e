"""A run is cheap per invoice, and no key gets hot: counted on small runs, because what it takes grows with the subscriptions. Large
ones are `tests.bench.billing_run`'s."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from functions.billing.plan_billing_run.handler import RESERVE_MS, handle
from skuflow.billing.due import SHARDS
from skuflow.billing.party_store import customer_in, customer_key, customer_row
from skuflow.billing.runs import plan_run, run_store
from skuflow.billing.subscription_store import Change, changed_writes
from skuflow.kernel.ids import derived_id
from skuflow.kernel.tenancy import ClientId
from tests.bench.billing_fleet import POLLED_TOGETHER
from tests.calls import Answer, Call, watched
from tests.doubles import CountedIds, FakeClock, FakeLambdaContext
from tests.functions.billing.billing_world import (
    METERED,
    BillingWorld,
    check_books,
    make_billing_world,
    message_event,
    utc,
)
from tests.http import CLIENT

MANY = 120


@dataclass(slots=True)
class Counted:
    """A watcher. `counter_writes`: requests that take a seller's counter forward."""

    requests: int = 0
    counter_writes: int = 0
    invocations: int = 0

    def __call__(self, call: Call, answer: Answer) -> Any:
        self.requests += 1
        self.counter_writes += call.operation == "TransactWriteItems" and b"NUMBERS#INVOICES" in call.body
        return answer()

    @property
    def total(self) -> int:
        """With what Lambda's poller asks for us: one receive and one delete per invocation."""
        return self.requests + 2 * self.invocations


@dataclass(slots=True)
class Ending(FakeLambdaContext):
    """Lambda's context of a planner that has `looks` looks at the clock before its time is over."""

    looks: int = 0

    def get_remaining_time_in_millis(self) -> int:
        self.looks -= 1
        return RESERVE_MS + 1 if self.looks >= 0 else RESERVE_MS - 1


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> BillingWorld:
    clock.now = utc(2026, 3, 1)
    return make_billing_world(tables, clock, new_id, monkeypatch)


def _run_over(world: BillingWorld, subscriptions: int) -> Counted:
    """Bill the second period of that many subscriptions; what was asked of AWS for it."""
    _subscribe(world, subscriptions)
    world.run_hour()
    used_at = world.clock.advance(days=10)
    for number in range(0, subscriptions, 10):
        world.use(f"s{number}", 7, used_at)
    world.at(utc(2026, 4, 2) + timedelta(minutes=5))
    counted = Counted()
    world.hour()
    for queue in ("PLANNING", "BILLING", "NUMBERING"):
        bodies = world.take(queue)
        for start in range(0, len(bodies), POLLED_TOGETHER[queue]):
            with watched(counted):
                answer = world.doors.call(queue, message_event(*bodies[start : start + POLLED_TOGETHER[queue]]))
            assert not answer["batchItemFailures"]
            counted.invocations += 1
    return counted


def _subscribe(world: BillingWorld, subscriptions: int) -> None:
    """One over the API, and its copies straight into the table."""
    world.sell({**METERED, "proration": "day"}, subject="s0")
    made = world.ok("POST", "/v1/subscriptions", {"subject": "s0", "plan": "metered", "time_zone": "UTC"})
    client_id = ClientId(CLIENT)
    stored = replace(world.stored(made), version=0)
    customer = customer_in(world.table.get(*customer_key(client_id, "s0")))
    with world.table.batch_write() as batch:
        for number in range(1, subscriptions):
            subject, name = f"s{number}", derived_id("sub", str(number))
            copy = replace(stored, subscription_id=name, subject=subject)
            batch.save(changed_writes(world.table, client_id, Change(None, copy))[0][0])
            batch.save(customer_row(world.table, client_id, replace(customer, subject=subject)))


def _check_run(world: BillingWorld, subscriptions: int, requests: float, counter_writes: float) -> None:
    counted = _run_over(world, subscriptions)
    assert counted.total <= requests * subscriptions
    assert counted.counter_writes <= counter_writes * subscriptions
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
    assert len(due) == SHARDS
    assert max(due.values()) < 2 * MANY / 16


def _planned(world: BillingWorld, looks: int) -> int:
    """Have the planners work until none is asked for any more, each with so many looks at the clock; how many it took."""
    for times in range(20):
        waiting = world.take("PLANNING")
        if not waiting:
            return times
        for body in waiting:
            assert not handle(message_event(body), Ending(looks=looks), world.doors.planning)["batchItemFailures"]
    raise AssertionError("planning never ends")


def test_a_planner_whose_time_is_over_leaves_the_rest_to_the_next(
    world: BillingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look before each client and after each batch: every planner here gets one batch further, and none is left out."""
    monkeypatch.setattr(plan_run, "HANDED_OUT_AT_ONCE", 1)
    _subscribe(world, 3 * 25 - 5)
    world.hour()
    assert _planned(world, looks=1) > 2
    handed_out = [json.loads(body) for body in world.take("BILLING")]
    assert sorted(one["batch"] for one in handed_out) == [0, 1, 2]
    assert len({name for one in handed_out for name in one["subscription_ids"]}) == 3 * 25 - 5


def test_each_page_of_a_run_has_a_partition_of_its_own(world: BillingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_store, "PER_PAGE", 1)
    _subscribe(world, 3 * 25 - 5)
    world.hour()
    assert _planned(world, looks=9) == 1
    assert sorted(json.loads(body)["batch"] for body in world.take("BILLING")) == [0, 1, 2]
    pages = [item["pk"]["S"] for item in world.items(kinds=("billing",)) if item["sk"]["S"].startswith("PLAN#")]
    assert len(pages) == len(set(pages)) == 3


def test_a_planner_that_has_no_time_begins_nothing(world: BillingWorld) -> None:
    _subscribe(world, 3)
    world.hour()
    [asked] = world.take("PLANNING")
    assert not handle(message_event(asked), Ending(), world.doors.planning)["batchItemFailures"]
    assert world.take("BILLING") == []
    assert world.ok("GET", "/v1/billing-runs")["items"] == []
    assert [json.loads(body) for body in world.take("PLANNING")] == [json.loads(asked)]
