"""Requests overtake each other, and instances' clocks differ: who comes second comes after, whatever its clock says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.billing_world import BillingWorld, check_books, make_billing_world
from tests.functions.billing.selling_world import BASIC, PREMIUM

LATE = timedelta(milliseconds=400)


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> BillingWorld:
    made = make_billing_world(tables, clock, new_id, monkeypatch)
    made.sell(BASIC, PREMIUM)
    return made


def bill(world: BillingWorld) -> None:
    world.ok("POST", "/v1/billing-runs", {})
    world.settle()
    check_books(world)


def test_who_subscribes_second_follows_though_it_asked_first(world: BillingWorld, clock: FakeClock) -> None:
    asked = clock()
    world.at(asked + LATE)
    first = world.subscribe(BASIC["code"])
    world.at(asked)
    second = world.subscribe(PREMIUM["code"])
    told = world.read(first)
    assert (told["status"], told["replaced_by"]) == ("cancelled", second["subscription_id"])
    assert told["ended_at"] == second["started_at"] == first["started_at"]
    world.at(asked + LATE)
    bill(world)


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("change", {"plan": PREMIUM["code"], "when": "now"}),
        ("change", {"plan": PREMIUM["code"], "when": "period_end"}),
        ("cancel", {"when": "now"}),
        ("cancel", {"when": "period_end"}),
        ("pause", {}),
    ],
)
def test_what_is_asked_before_the_last_change_counts_from_it_on(
    world: BillingWorld, clock: FakeClock, act: str, body: dict[str, Any]
) -> None:
    made = world.subscribe(BASIC["code"])
    bill(world)
    asked = clock() + timedelta(days=3)
    world.at(asked + LATE)
    world.act(made, "pause", {})
    world.act(made, "resume", {})
    world.at(asked)
    world.act(made, act, body)
    told = world.read(made)
    moments = [phase["start"] for phase in told["phases"]]
    assert moments == sorted(moments)
    assert all(before["end"] == after["start"] for before, after in pairwise(told["phases"]))
    history = [one["at"] for one in world.ok("GET", f"/v1/subscriptions/{made['subscription_id']}/history")["items"]]
    assert history == sorted(history)
    world.at(asked + LATE)
    bill(world)
