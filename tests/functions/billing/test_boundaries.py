"""What was arranged for a date comes true on that date, once, however often the runs come; and costs what its preview said."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.billing_world import BillingWorld, make_billing_world, utc
from tests.functions.billing.selling_world import BASIC, PREMIUM

START = utc(2026, 1, 31, 15, 30)
TRYING = {**BASIC, "code": "trying", "trial_days": 14}


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> BillingWorld:
    made = make_billing_world(tables, clock, new_id, monkeypatch)
    made.at(START)
    made.sell(BASIC, PREMIUM, TRYING)
    return made


def runs(world: BillingWorld, until: datetime, seed: int) -> None:
    """Some runs up to `until`, one right then, one more after it; messages come twice and in any order."""
    chance = random.Random(seed)
    for moment in (until - timedelta(hours=1), until, until, until + timedelta(hours=1)):
        world.at(moment)
        world.hour()
        world.settle(chance=chance)


def told(world: BillingWorld) -> list[str]:
    names = ("SubscriptionStarted", "SubscriptionChanged", "SubscriptionEnded")
    return [event.data.get("change", event.name) for event in world.events(*names)]


def amounts(world: BillingWorld) -> list[list[int]]:
    """The lines of each invoice, oldest first, in minor units."""
    return [[line.amount.minor for line in one.lines] for one in sorted(world.invoices(), key=lambda one: one.cycle)]


def moment_of(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("seed", range(2))
def test_a_downgrade_comes_once_at_the_end_of_the_period(world: BillingWorld, seed: int) -> None:
    made = world.subscribe("premium")
    world.run_hour()
    preview = world.act(made, "change/preview", {"plan": "basic"})
    world.act(made, "change", {"plan": "basic"})
    runs(world, moment_of(preview["effective_at"]), seed)
    assert world.history(made) == ["started", "change_scheduled", "changed"]
    assert told(world) == ["SubscriptionStarted", "change_scheduled", "changed"]
    assert (world.read(made)["plan"]["code"], world.entitled()["plan"]["code"]) == ("basic", "basic")
    assert amounts(world) == [[2999], [line["amount"]["amount_minor"] for line in preview["invoice"]["lines"]]]
    assert amounts(world) == [[2999], [1999]]


@pytest.mark.parametrize("seed", range(2))
def test_a_cancellation_comes_once_and_is_the_last(world: BillingWorld, seed: int) -> None:
    made = world.subscribe()
    world.run_hour()
    ends = moment_of(world.act(made, "cancel", {})["cancel_at"])
    runs(world, ends, seed)
    runs(world, ends + timedelta(days=40), seed)
    assert told(world) == ["SubscriptionStarted", "cancellation_scheduled", "SubscriptionEnded"]
    assert amounts(world) == [[1999]]
    over = world.read(made)
    assert (over["status"], over["next_invoice_at"]) == ("cancelled", None)


@pytest.mark.parametrize("seed", range(2))
def test_a_trial_is_followed_by_the_first_period(world: BillingWorld, seed: int) -> None:
    made = world.subscribe("trying")
    world.run_hour()
    assert world.invoices() == []
    ends = moment_of(made["anchor_at"])
    runs(world, ends, seed)
    assert told(world) == ["SubscriptionStarted", "trial_ended"]
    assert amounts(world) == [[1999]]
    assert (world.invoices()[0].lines[0].period_from, world.read(made)["status"]) == (ends, "active")


def test_an_upgrade_is_billed_at_once_as_it_was_previewed(world: BillingWorld) -> None:
    made = world.subscribe()
    world.run_hour()
    world.clock.advance(days=9, hours=5)
    preview = world.act(made, "change/preview", {"plan": "premium"})
    world.act(made, "change", {"plan": "premium"})
    world.clock.advance(minutes=30)
    world.run_hour()
    lines = [line["amount"]["amount_minor"] for line in preview["invoice"]["lines"]]
    assert amounts(world) == [[1999], lines]
    assert preview["invoice"]["subtotal"]["amount_minor"] == sum(lines) > 0


def test_subscribing_anew_on_the_same_day_gives_the_rest_of_the_old_fee_back(world: BillingWorld) -> None:
    first = world.subscribe()
    world.run_hour()
    world.clock.advance(hours=2)
    world.subscribe("premium")
    world.run_hour()
    by_subscription: dict[str, list[Any]] = {}
    for one in world.invoices():
        by_subscription.setdefault(one.subscription_id, []).append([line.amount.minor for line in one.lines])
    mine = sorted(by_subscription.pop(first["subscription_id"]))
    assert (len(mine), mine[1], -1999 < mine[0][0] < -1980) == (2, [1999], True)
    assert list(by_subscription.values()) == [[[2999]]]


def test_a_day_is_billed_once_where_one_ends_and_another_begins_on_it(world: BillingWorld) -> None:
    world.ok("POST", "/v1/plans", {**BASIC, "code": "daily", "base_fee": "31.00", "proration": "day"})
    first = world.subscribe("daily")
    world.run_hour()
    world.at(START + timedelta(days=10))
    world.act(first, "cancel", {"when": "now"})
    world.run_hour()
    world.clock.advance(hours=1)
    again = world.subscribe("daily")
    world.run_hour()
    mine = [one for one in world.invoices() if one.subscription_id == first["subscription_id"]]
    other = [one for one in world.invoices() if one.subscription_id == again["subscription_id"]]
    [charged], *others = ([line for line in one.lines if line.kind.startswith("base")] for one in mine)
    given_back = [line for lines in others for line in lines]
    assert (min(line.period_from for line in given_back), charged.period_from) == (
        utc(2026, 2, 10, 5),
        utc(2026, 1, 31, 5),
    )
    assert other[0].lines[0].period_from == utc(2026, 2, 10, 5)
    assert world.read(first)["replaced_by"] == again["subscription_id"]


@pytest.mark.parametrize("verb", ["void", "credit-notes"])
def test_what_was_taken_back_is_not_given_back_again_by_an_end(world: BillingWorld, verb: str) -> None:
    made = world.subscribe("premium")
    world.run_hour()
    [first] = world.invoices()
    body = {"reason": "mistake"} if verb == "void" else {"reason": "other", "reference": "r-1"}
    world.ok("POST", f"/v1/invoices/{first.invoice_id}/{verb}", body)
    world.at(START + timedelta(days=10))
    world.act(made, "cancel", {"when": "now"})
    world.run_hour()
    last = world.invoices()[-1]
    assert (last.subscription_id, last.cycle, last.total.minor) == (first.subscription_id, 1, 0)
    assert world.ok("GET", "/v1/customers/kim")["credit_minor"] == {}
