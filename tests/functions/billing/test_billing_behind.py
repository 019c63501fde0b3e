"""Who is several periods behind is billed for all of them by one run: an invoice for each, once, whatever happens on the way."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from functions.billing.bill_subscriptions.handler import handle as bill
from skuflow.billing.invoices.model import Invoice
from skuflow.kernel.clock import iso
from tests.calls import Killer
from tests.doubles import CountedIds, FakeClock, FakeLambdaContext
from tests.functions.billing.billing_world import (
    METERED,
    BillingWorld,
    check_books,
    make_billing_world,
    message_event,
    utc,
)
from tests.functions.billing.selling_world import BASIC, PREMIUM
from tests.interleaving import interleaved

START = utc(2026, 1, 31, 7, 30)
MONTHS = 3


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> BillingWorld:
    made = make_billing_world(tables, clock, new_id, monkeypatch)
    made.at(START)
    made.sell(BASIC, PREMIUM, METERED)
    return made


def fall_behind(world: BillingWorld, subscription: Any, months: int = MONTHS) -> None:
    """Nothing is run until `months` more invoices are due, counted from the one that is due next."""
    world.at(world.due(subscription) + timedelta(days=31 * (months - 1), hours=1))


def base_fees(invoices: list[Invoice]) -> list[Any]:
    lines = [line for one in sorted(invoices, key=lambda one: one.cycle) for line in one.lines if line.kind == "base"]
    assert all(before.period_to == after.period_from for before, after in pairwise(lines))
    return lines


def test_each_period_has_its_invoice_numbered_in_their_order(world: BillingWorld) -> None:
    made = world.subscribe()
    world.run_hour()
    fall_behind(world, made)
    world.run_hour()
    invoices = world.invoices()
    assert [one.cycle for one in invoices] == [0, 1, 2, 3]
    assert [one.number for one in invoices] == ["NG-000001", "NG-000002", "NG-000003", "NG-000004"]
    assert [line.amount.minor for line in base_fees(invoices)] == [1999] * 4
    assert world.due(made) > world.clock.now
    [run] = [one for one in world.ok("GET", "/v1/billing-runs")["items"] if one["invoices"] == MONTHS]
    assert (run["subscriptions"], run["without_invoice"], run["failed"], run["status"]) == (1, 0, 0, "completed")
    check_books(world)


def test_a_start_that_lies_back_is_billed_up_to_now_at_once(world: BillingWorld) -> None:
    made = world.subscribe(start_at=iso(START - timedelta(days=35)))
    world.run_hour()
    invoices = world.invoices()
    fees = base_fees(invoices)
    assert (len(invoices), fees[0].period_from, fees[-1].period_to > START) == (2, START - timedelta(days=35), True)
    assert world.due(made) == fees[-1].period_to


def test_usage_is_billed_with_the_period_that_it_was_used_in(world: BillingWorld) -> None:
    made = world.subscribe("metered")
    world.run_hour()
    for month in range(MONTHS):
        world.use("kim", 100 + month, world.clock.advance(days=25 if month == 0 else 30))
    fall_behind(world, made)
    world.run_hour()
    used = [
        [int(line.quantity) for line in one.lines if line.metric]
        for one in sorted(world.invoices(), key=lambda one: one.cycle)
    ]
    assert used == [[], [100], [101], [102]]


def test_a_coupon_and_credit_are_used_up_period_by_period(world: BillingWorld) -> None:
    first = world.subscribe("premium")
    world.run_hour()
    [paid] = world.invoices()
    body = {"payment_id": "p-1", "amount": {"amount_minor": paid.total.minor, "currency": "CAD"}}
    world.ok("POST", f"/v1/invoices/{paid.invoice_id}/payments", body)
    world.act(first, "cancel", {"when": "now"})
    world.clock.advance(minutes=1)
    world.run_hour()
    made = world.subscribe()
    terms = {"code": "HALF", "percent": "50", "duration": "periods", "periods": 2}
    world.ok("POST", "/v1/coupons", terms)
    world.ok("PUT", f"/v1/subscriptions/{made['subscription_id']}/coupon", {"code": "HALF"})
    world.clock.advance(days=31 * (MONTHS - 1) + 1)
    told = world.ok("POST", "/v1/billing-runs", {"dry": True})
    shown = [one["invoice"] for one in told["preview"]["items"]]
    assert (told["subscriptions"], told["invoices"], told["without_invoice"]) == (1, MONTHS, 0)
    world.run_hour()
    mine = [one for one in world.invoices() if one.subscription_id == made["subscription_id"]]
    assert [one.discount.minor for one in mine] == [-1000, -1000, 0]
    assert [one.credit_used.minor for one in mine] == [1049, 1049, 1051]
    assert [(one["total"]["amount_minor"], one["credit_used"]["amount_minor"]) for one in shown] == [
        (one.total.minor, one.credit_used.minor) for one in mine
    ]
    check_books(world)


def test_a_downgrade_that_came_meanwhile_is_on_the_invoices_since_then(world: BillingWorld) -> None:
    made = world.subscribe("premium")
    world.run_hour()
    world.clock.advance(days=1)
    world.act(made, "change", {"plan": "basic"})
    fall_behind(world, made, months=2)
    world.run_hour()
    invoices = sorted(world.invoices(), key=lambda one: one.cycle)
    assert [(one.plan, one.subtotal.minor) for one in invoices] == [
        ("premium@1", 2999),
        ("basic@1", 1999),
        ("basic@1", 1999),
    ]


def test_without_time_left_the_rest_is_done_by_the_next_delivery(world: BillingWorld) -> None:
    made = world.subscribe()
    world.run_hour()
    fall_behind(world, made)
    world.hour()
    [planning] = world.take("PLANNING")
    world.deliver("PLANNING", planning)
    [body] = world.take("BILLING")

    class Hurried(FakeLambdaContext):
        def get_remaining_time_in_millis(self) -> int:
            return 9_000 if len(world.invoices()) > 2 else 30_000

    answer = bill(message_event(body), Hurried(), world.doors.billing)
    assert (len(answer["batchItemFailures"]), len(world.invoices())) == (1, 3)
    world.deliver("BILLING", body)
    world.settle()
    assert [one.cycle for one in world.invoices()] == [0, 1, 2, 3]
    newest = world.ok("GET", "/v1/billing-runs")["items"][0]
    assert (newest["status"], newest["invoices"]) == ("completed", MONTHS)
    check_books(world)


def _catch_up(world: BillingWorld, made: Any, act: Callable[[], None]) -> None:
    """Fall behind, let `act` bill it, and see that it was billed once and counted right."""
    before = len(world.invoices())
    fall_behind(world, made)
    act()
    invoices = world.invoices()
    assert len(invoices) == before + MONTHS
    assert [one.cycle for one in invoices] == list(range(len(invoices)))
    assert {one.status for one in invoices} == {"pending"}
    base_fees(invoices)
    check_books(world)
    run = world.ok("GET", "/v1/billing-runs")["items"][0]
    told = world.ok("GET", f"/v1/billing-runs/{run['run_id']}")
    assert (told["status"], told["invoices"], told["failed"]) == ("completed", MONTHS, 0)


def _deaths(world: BillingWorld, numbers: range) -> list[str]:
    made = world.subscribe()
    world.run_hour()
    deaths = []
    for number in numbers:
        killer = Killer(number)
        _catch_up(world, made, lambda killer=killer: world.run_hour(watcher=killer))  # type: ignore[misc]
        if not killer.killed:
            break
        deaths.append(killer.killed)
    return deaths


@pytest.mark.slow
def test_a_worker_that_dies_after_any_request_leaves_each_period_billed_and_counted_once(world: BillingWorld) -> None:
    deaths = _deaths(world, range(1, 60))
    assert deaths.count("dynamodb:TransactWriteItems") > MONTHS
    assert len(deaths) < 59


def test_some_of_these_deaths(world: BillingWorld) -> None:
    assert len(_deaths(world, range(9, 15, 2))) == 3


def test_messages_that_come_twice_and_two_workers_bill_each_period_once(world: BillingWorld) -> None:
    made = world.subscribe()
    world.run_hour()

    def disorder() -> None:
        world.hour()
        world.hour()
        world.settle(chance=random.Random(3))

    def twins() -> None:
        world.hour()
        for body in world.take("PLANNING"):
            world.deliver("PLANNING", body)
        for body in world.take("BILLING"):
            both = [lambda body=body: world.doors.call("BILLING", message_event(body))] * 2
            if any(one["batchItemFailures"] for one in interleaved(5, both)):
                world.deliver("BILLING", body)
        world.settle()

    _catch_up(world, made, disorder)
    _catch_up(world, made, twins)
