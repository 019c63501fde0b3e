"""Exactly once, whatever happens: workers die after and before each request, messages come twice and in any order, planners and
workers meet. One world lives through many months, each with an accident of its own; the books must be right after each."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from tests.calls import Answer, Call, Killer, WorkerKilled
from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.billing_world import (
    METERED,
    BillingWorld,
    check_books,
    make_billing_world,
    message_event,
    utc,
)
from tests.functions.billing.selling_world import BASIC, CUSTOMER
from tests.interleaving import interleaved


@dataclass(slots=True)
class EarlyKiller:
    """Kills the worker before its `at`-th request is sent: AWS never hears of it."""

    at: int
    seen: int = 0
    killed: str = ""

    def __call__(self, call: Call, answer: Answer) -> Any:
        self.seen += 1
        if self.seen == self.at:
            self.killed = str(call)
            raise WorkerKilled(f"killed before request {self.seen}, {call}")
        return answer()


@dataclass(slots=True)
class Years:
    """Two subjects that use what they have, month by month. It begins on the 31st, at an hour that a night in March lacks."""

    world: BillingWorld
    subscriptions: list[Any]
    recorded: int = 0
    months: int = 0

    def month(self, act: Callable[[], None]) -> None:
        """Usage comes, some of it late for the month before; then everything is due, and `act` bills it."""
        world = self.world
        due = max(world.due(one) for one in self.subscriptions)
        world.at(due - timedelta(days=3))
        for subject, days in (("kim", 2), ("lee", 33 if self.months > 1 else 20)):
            value = 5 + self.months % 7
            world.use(subject, value, world.clock.now - timedelta(days=days), f"{subject}-{self.months}")
            self.recorded += value
        world.at(due)
        act()
        self.months += 1
        self.check()

    def check(self) -> None:
        world = self.world
        check_books(world)
        invoices = world.invoices()
        for made in self.subscriptions:
            mine = [one for one in invoices if one.subscription_id == made["subscription_id"]]
            assert len(mine) == self.months
            fees = sorted(
                (line.period_from, line.period_to) for one in mine for line in one.lines if line.kind == "base"
            )
            assert all(before[1] == after[0] for before, after in pairwise(fees))
            assert len(fees) == self.months
        assert {one.status for one in invoices} == {"pending"}

    def settle_usage(self) -> None:
        """Everything that was recorded has been billed, late usage too: once."""
        self.month(self.world.run_hour)
        lines = [line for one in self.world.invoices() for line in one.lines if line.metric == "billable_items"]
        assert sum((line.quantity for line in lines), Decimal(0)) == self.recorded
        assert any(line.kind == "late_usage" for line in lines)

    def check_events(self) -> None:
        """Each invoice, and each run, is told once, by ids that are its own."""
        told = self.world.events("InvoiceFinalized")
        assert len({one.event_id for one in told}) == len(told) == len(self.world.invoices())
        runs = self.world.events("BillingRunCompleted")
        assert len({one.event_id for one in runs}) == len(runs)


@pytest.fixture
def years(tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch) -> Years:
    clock.now = utc(2026, 1, 31, 7, 30)
    world = make_billing_world(tables, clock, new_id, monkeypatch)
    world.sell(BASIC, METERED)
    world.ok("PUT", "/v1/customers/lee", CUSTOMER)
    made = [world.subscribe("metered"), world.ok("POST", "/v1/subscriptions", {"subject": "lee", "plan": "metered"})]
    world.run_hour()
    return Years(world, made, months=1)


def _accidents(years: Years, kill: Callable[[int], Killer | EarlyKiller], numbers: range) -> list[str]:
    """A month for each of `numbers`; which requests a worker died at."""
    deaths = []
    for number in numbers:
        killer = kill(number)
        years.month(lambda killer=killer: years.world.run_hour(watcher=killer))  # type: ignore[misc]
        if not killer.killed:
            break
        deaths.append(killer.killed)
    return deaths


@pytest.mark.slow
def test_a_worker_that_dies_after_any_request_leaves_the_books_right(years: Years) -> None:
    deaths = _accidents(years, Killer, range(1, 60))
    assert {"sqs:SendMessageBatch", "sqs:SendMessage", "dynamodb:TransactWriteItems", "dynamodb:PutItem"} <= set(deaths)
    assert len(deaths) < 59
    years.settle_usage()
    years.check_events()


@pytest.mark.slow
def test_a_worker_that_dies_before_any_request_leaves_the_books_right(years: Years) -> None:
    deaths = _accidents(years, EarlyKiller, range(1, 60))
    assert len(deaths) > 15
    years.settle_usage()
    years.check_events()


def test_some_of_these_deaths(years: Years) -> None:
    deaths = _accidents(years, Killer, range(19, 28, 2))
    assert deaths
    years.check_events()


def test_messages_may_come_twice_and_in_any_order(years: Years) -> None:
    for seed in range(3):
        chance = random.Random(seed)

        def act(chance: random.Random = chance) -> None:
            years.world.hour()
            years.world.hour()
            years.world.settle(chance=chance)

        years.month(act)
    years.check_events()


def _met(world: BillingWorld, queue: str, seed: int) -> None:
    """Two of a kind work at the same messages at once."""
    for body in world.take(queue):
        outcomes = interleaved(seed, [lambda body=body: world.doors.call(queue, message_event(body))] * 2)  # type: ignore[misc]
        if any(one["batchItemFailures"] for one in outcomes):
            world.deliver(queue, body)


def test_two_planners_two_workers_and_two_numberers_meet(years: Years) -> None:
    world = years.world
    for seed in range(3):

        def act(seed: int = seed) -> None:
            world.hour()
            for queue in ("PLANNING", "PLANNING", "BILLING", "NUMBERING"):
                _met(world, queue, seed)
            world.settle()

        years.month(act)
    years.check_events()


def test_a_number_that_is_missing_is_given_by_the_planner_of_a_later_hour(years: Years) -> None:
    world = years.world

    def lose() -> None:
        world.hour()
        for queue in ("PLANNING", "BILLING"):
            for body in world.take(queue):
                world.deliver(queue, body)
        assert len(world.take("NUMBERING")) == 1
        assert "draft" in {one.status for one in world.invoices()}
        world.clock.advance(hours=2)
        world.run_hour()

    years.month(lose)


def test_a_run_whose_messages_are_lost_is_taken_up_again(years: Years) -> None:
    world = years.world

    def lose() -> None:
        world.hour()
        for body in world.take("PLANNING"):
            world.deliver("PLANNING", body)
        assert len(world.take("BILLING")) == 1
        world.clock.advance(hours=1)
        world.run_hour()

    years.month(lose)
    runs = world.ok("GET", "/v1/billing-runs")["items"]
    assert {one["status"] for one in runs} == {"completed"}
