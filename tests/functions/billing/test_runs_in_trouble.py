"""Runs when something unforeseen happens: a subscription that cannot be reckoned, usage that comes while it is measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from skuflow.billing.subscription_store import Change, DynamoSubscriptions
from skuflow.kernel.tenancy import ClientId
from tests.calls import Answer, Call, unwatched, watched
from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.billing_world import METERED, BillingWorld, check_books, make_billing_world, message_event
from tests.functions.billing.selling_world import BASIC, CUSTOMER
from tests.http import CLIENT

CHARGE = {
    "code": "share",
    "metric": "billable_items",
    "model": "percentage",
    "rate": "10",
    "min_per_event": "1.00",
    "max_per_event": "20.00",
}
BOUNDED = {**METERED, "code": "bounded", "base_fee": "0", "charges": [CHARGE]}


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> BillingWorld:
    made = make_billing_world(tables, clock, new_id, monkeypatch)
    made.sell(BASIC, BOUNDED)
    return made


def bill_once(world: BillingWorld) -> Any:
    """What the worker answers to the one batch that is due."""
    with unwatched():
        world.hour()
        for body in world.take("PLANNING"):
            world.deliver("PLANNING", body)
        [body] = world.take("BILLING")
    return world.doors.call("BILLING", message_event(body))


def test_one_that_cannot_be_reckoned_does_not_keep_the_others_of_its_batch(world: BillingWorld) -> None:
    subscriptions = []
    for subject in ("ann", "bob", "cyd"):
        world.ok("PUT", f"/v1/customers/{subject}", CUSTOMER)
        subscriptions.append(world.ok("POST", "/v1/subscriptions", {"subject": subject, "plan": "basic"}))
    for made in subscriptions[:2]:
        broken = world.stored(made)
        torn = (replace(broken.phases[0], end=broken.started_at + timedelta(days=1)), broken.phases[0])
        store = DynamoSubscriptions(world.table)
        store.save(ClientId(CLIENT), Change(broken, replace(broken, phases=torn)))
    answer = bill_once(world)
    assert len(answer["batchItemFailures"]) == 1
    assert [one.subject for one in world.invoices()] == ["cyd"]


class Meanwhile:
    """Lets `act` happen after the first request for the days' counters."""

    def __init__(self, act: Callable[[], None]) -> None:
        self.act = act
        self.done = 0

    def __call__(self, call: Call, answer: Answer) -> Any:
        given = answer()
        if not self.done and call.operation == "Query" and b"#DAYS#" in call.body:
            self.done += 1
            self.act()
        return given


def test_usage_that_comes_while_it_is_measured_is_billed_once(world: BillingWorld) -> None:
    made = world.subscribe("bounded")
    world.run_hour()
    used_at = world.clock.advance(days=20)
    for place, value in enumerate((5, 50, 1_000)):
        world.use("kim", value, used_at + timedelta(minutes=place - 10), f"use-{place}")
    world.at(world.due(made))
    late = Meanwhile(lambda: world.use("kim", 40, used_at, "late"))
    with watched(late):
        answer = bill_once(world)
    assert (late.done, answer["batchItemFailures"]) == (1, [])
    world.settle()
    [invoice] = world.invoices()
    assert [(line.kind, line.quantity, line.amount.minor) for line in invoice.lines] == [("usage", 1_095, 3_000)]
    world.at(world.due(made))
    world.run_hour()
    assert sum(line.amount.minor for one in world.invoices() for line in one.lines) == 100 + 500 + 2_000 + 400
    check_books(world)
