"""One subscription follows another: whatever their plans count, no moment is billed twice, and none that was had is left out."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.billing_world import BillingWorld, check_books, make_billing_world
from tests.functions.billing.selling_world import BASIC

ZONE = "America/St_Johns"
DAY = timedelta(days=1)
PLANS: list[dict[str, Any]] = [
    {**BASIC, "code": "daily", "base_fee": "3100.00", "proration": "day"},
    {
        **BASIC,
        "code": "dear",
        "base_fee": "6200.00",
        "proration": "day",
        "interval": "quarter",
        "alignment": "calendar",
    },
    {**BASIC, "code": "exact", "base_fee": "310000.00"},
]


def local(day: int, hour: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> BillingWorld:
    made = make_billing_world(tables, clock, new_id, monkeypatch)
    made.at(local(2, 9))
    made.sell(*PLANS)
    return made


def run(world: BillingWorld) -> None:
    """Bill what is due at this very moment."""
    world.ok("POST", "/v1/billing-runs", {})
    world.settle()


def ledger(world: BillingWorld) -> list[tuple[datetime, datetime, Counter[str]]]:
    """Between every two moments at which anything changes: how often that time was billed, net, by subscription."""
    lines = [
        (one.subscription_id, line) for one in world.invoices() for line in one.lines if line.kind.startswith("base")
    ]
    items = world.ok("GET", "/v1/subscriptions")["items"]
    told = [at for one in items for phase in one["phases"] for at in (phase["start"], phase["end"]) if at]
    moments = {datetime.fromisoformat(at) for at in told}
    moments |= {edge for _, line in lines for edge in (line.period_from, line.period_to)}
    found = []
    for start, end in pairwise(sorted(moments)):
        billed: Counter[str] = Counter()
        for name, line in lines:
            if line.period_from <= start and end <= line.period_to:
                billed[name] += 1 if line.kind == "base" else -1
        found.append((start, end, Counter({name: times for name, times in billed.items() if times})))
    return found


def hours(world: BillingWorld, day: int) -> list[float]:
    """How many hours of a local day each subscription has paid for, the first one first."""
    items = reversed(world.ok("GET", "/v1/subscriptions")["items"])
    paid: Counter[str] = Counter()
    for start, end, billed in ledger(world):
        inside = min(end, local(day + 1)) - max(start, local(day))
        for name, times in billed.items():
            paid[name] += times * max(inside, timedelta(0)) / timedelta(hours=1)  # type: ignore[assignment]
    return [float(paid[one["subscription_id"]]) for one in items]


@pytest.mark.parametrize("cancelled", [False, True])
@pytest.mark.parametrize(
    ("plans", "paid"),
    [
        (("daily", "exact"), [0, 24]),
        (("exact", "daily"), [0, 24]),
        (("daily", "dear"), [0, 24]),
        (("exact", "exact"), [15, 9]),
        (("exact", "exact", "daily"), [0, 0, 24]),
        (("daily", "exact", "exact"), [0, 18, 6]),
    ],
)
def test_the_day_is_the_followers_if_one_of_them_counts_days(
    world: BillingWorld, plans: tuple[str, ...], paid: list[float], cancelled: bool
) -> None:
    """The first one ends on the 12th at 15:00, each other one three hours later; or it is cancelled an hour before."""
    first, *others = plans
    made = world.subscribe(first, time_zone=ZONE)
    run(world)
    for place, plan in enumerate(others):
        if cancelled:
            world.at(local(12, 14 + 3 * place))
            world.act(made, "cancel", {"when": "now"})
            run(world)
        world.at(local(12, 15 + 3 * place))
        made = world.subscribe(plan, time_zone=ZONE)
        run(world)
    lost = [float(cancelled and plan == after == "exact") for plan, after in pairwise(plans)]
    assert hours(world, 12) == [max(0, hours - less) for hours, less in zip(paid, [*lost, 0], strict=True)]
    assert hours(world, 11) == [24, *(0 for _ in others)]
    check_books(world)


def test_one_that_was_over_the_day_before_keeps_its_last_day(world: BillingWorld) -> None:
    made = world.subscribe("daily", time_zone=ZONE)
    run(world)
    world.at(local(11, 23))
    world.act(made, "cancel", {"when": "now"})
    run(world)
    world.at(local(12, 1))
    world.subscribe("exact", time_zone=ZONE)
    run(world)
    assert (hours(world, 11), hours(world, 12)) == ([24, 0], [0, 23])
    assert world.read(made)["replaced_by"] is None


def test_periods_of_who_took_the_day_begin_at_its_midnight(world: BillingWorld) -> None:
    world.subscribe("daily", time_zone=ZONE)
    run(world)
    world.at(local(12, 15))
    new = world.subscribe("exact", time_zone=ZONE)
    run(world)
    [invoice] = [one for one in world.invoices() if one.subscription_id == new["subscription_id"]]
    [line] = invoice.lines
    assert (line.period_from, line.period_to, line.amount.minor) == (local(12), local(12, month=4), 31_000_000)
    assert world.read(new)["period"]["start"] == world.read(new)["anchor_at"] != new["started_at"]


def test_in_another_time_zone_it_is_the_day_that_the_new_one_begins_on(world: BillingWorld) -> None:
    """It is the 13th already on Kiritimati, since 07:30 in St. John's."""
    world.subscribe("daily", time_zone=ZONE)
    run(world)
    world.at(local(12, 15))
    world.subscribe("daily", time_zone="Pacific/Kiritimati")
    run(world)
    assert hours(world, 12) == [7.5, 16.5]
    assert {sum(billed.values()) for _, _, billed in ledger(world)} == {1}


def active(world: BillingWorld, moment: datetime) -> bool:
    phases = [phase for one in world.ok("GET", "/v1/subscriptions")["items"] for phase in one["phases"]]
    spans = [(datetime.fromisoformat(one["start"]), one["end"]) for one in phases if one["kind"] == "active"]
    return any(start <= moment and (not end or moment < datetime.fromisoformat(end)) for start, end in spans)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_in_any_row_of_subscriptions_and_changes_every_active_moment_is_billed_once(
    world: BillingWorld, seed: int
) -> None:
    chance = random.Random(seed)
    codes = [plan["code"] for plan in PLANS]
    made: Any = world.subscribe(chance.choice(codes), time_zone=ZONE)
    for _ in range(9):
        if chance.random() < 0.7:
            run(world)
        world.clock.advance(hours=chance.choice([1, 2, 5, 9, 30]), minutes=chance.randint(1, 59))
        verb = chance.choice(["change", "cancel", "pause", "resume", "subscribe", "subscribe"])
        if verb == "subscribe":
            made = world.subscribe(chance.choice(codes), time_zone=ZONE)
        else:
            body = {"change": {"plan": chance.choice(codes), "when": "now"}, "cancel": {"when": "now"}}.get(verb)
            world.call("POST", f"/v1/subscriptions/{made['subscription_id']}/{verb}", body=body)
    run(world)
    for start, end, billed in ledger(world):
        times = sum(billed.values())
        assert times == 1 or (times == 0 and not active(world, start)), (start, end, billed)
    check_books(world)
