"""Subscriptions when a function dies, when the same is asked twice at once, and when two people want different things."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from skuflow.platform.aws import client
from tests.calls import Killer, Tally, WorkerKilled, unwatched, watched
from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.selling_world import BASIC, PREMIUM, SellingWorld, make_world
from tests.interleaving import interleaved

SUBSCRIBE = ("POST", "/v1/subscriptions", {"subject": "kim", "plan": "premium"})


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> SellingWorld:
    made = make_world(tables, clock, new_id, monkeypatch)
    made.sell(BASIC, PREMIUM)
    return made


def check(world: SellingWorld) -> None:
    """One life at a time: no two subscriptions overlap, and what is entitled is what the living one gives."""
    with unwatched():
        items = world.ok("GET", "/v1/subscriptions", query={"subject": "kim"})["items"]
        alive = [one for one in items if one["status"] != "cancelled"]
        assert len(alive) <= 1
        in_order = sorted(items, key=lambda one: (one["started_at"], one["ended_at"] or "9"))
        for before, after in pairwise(in_order):
            assert before["ended_at"] is not None
            assert before["ended_at"] <= after["started_at"]
        world.clock.advance(seconds=5)
        told = world.entitled()
        assert told["subscription_id"] == (alive[0]["subscription_id"] if alive else told["subscription_id"])
        assert told["entitled"] is bool(alive and alive[0]["status"] != "paused")
        if alive:
            assert told["plan"] == alive[0]["plan"]


def forget_attempts(world: SellingWorld) -> None:
    """The time of the function that died is over: whoever asks with the same key is heard again."""
    table = world.deps.idempotency_table
    with unwatched():
        for item in client("dynamodb").scan(TableName=table)["Items"]:
            client("dynamodb").delete_item(TableName=table, Key={"id": item["id"]})


STORIES: dict[str, Callable[[SellingWorld, Any, dict[str, str]], Any]] = {
    "subscribe": lambda world, _, key: world.subscribe("premium", headers=key),
    "change": lambda world, made, key: world.act(made, "change", {"plan": "premium"}, headers=key),
    "downgrade": lambda world, made, _: world.act(made, "change", {"plan": "premium", "when": "period_end"}),
    "cancel": lambda world, made, key: world.act(made, "cancel", {"when": "now"}, headers=key),
    "pause": lambda world, made, _: world.act(made, "pause"),
}


@pytest.mark.parametrize("story", sorted(STORIES))
def test_killed_after_any_request_and_asked_again_it_is_done_once(world: SellingWorld, story: str) -> None:
    """Whatever AWS was asked last, it has done; the caller, who never heard, asks again."""
    ask, deaths = STORIES[story], 0
    for after in range(1, 20):
        key = {"Idempotency-Key": f"attempt-{after}"}
        made = world.subscribe()
        before = len(world.ok("GET", "/v1/subscriptions")["items"])
        killer = Killer(after)
        try:
            with watched(killer):
                ask(world, made, key)
        except WorkerKilled:
            deaths += 1
        world.clock.advance(hours=1)
        forget_attempts(world)
        ask(world, made, key)
        check(world)
        assert len(world.history(made)) == 2
        assert len(world.ok("GET", "/v1/subscriptions")["items"]) == before + (story == "subscribe")
        if not killer.killed:
            break
    assert deaths >= 2


@pytest.mark.parametrize("seed", range(6))
def test_of_two_who_subscribe_at_once_the_later_ends_the_earlier(world: SellingWorld, seed: int) -> None:
    made = interleaved(seed, [lambda: world.subscribe("basic"), lambda: world.subscribe("premium")])
    assert len({one["subscription_id"] for one in made}) == 2
    check(world)
    statuses = [world.read(one)["status"] for one in made]
    assert sorted(statuses) == ["active", "cancelled"]


@pytest.mark.parametrize("seed", range(4))
def test_twins_with_one_key_make_one_subscription(world: SellingWorld, seed: int) -> None:
    """The second finds the first at work (409), or gets its answer."""
    key = {"Idempotency-Key": "checkout-1"}

    def ask() -> Any:
        return world.call("POST", "/v1/subscriptions", body=SUBSCRIBE[2], headers=key)

    answers = interleaved(seed, [ask, ask])
    assert {one.status for one in answers} <= {201, 409}
    assert len({one.body["subscription_id"] for one in answers if one.status == 201}) == 1
    assert len(world.ok("GET", "/v1/subscriptions")["items"]) == 1
    check(world)


@pytest.mark.parametrize("seed", range(6))
def test_a_change_and_a_cancellation_at_once_both_count(world: SellingWorld, seed: int) -> None:
    made = world.subscribe()
    change = lambda: world.act(made, "change", {"plan": "premium"})  # noqa: E731
    cancel = lambda: world.act(made, "cancel", {"when": "period_end"})  # noqa: E731
    interleaved(seed, [change, cancel])
    now = world.read(made)
    assert (now["plan"]["code"], now["cancel_at"] is not None) == ("premium", True)
    assert sorted(world.history(made)) == ["cancellation_scheduled", "changed", "started"]
    check(world)


@pytest.mark.parametrize("seed", range(6))
def test_a_change_while_another_subscribes_never_revives_the_old_one(world: SellingWorld, seed: int) -> None:
    made = world.subscribe()
    path = f"/v1/subscriptions/{made['subscription_id']}/change"
    body = {"plan": "premium"}
    answers = interleaved(
        seed,
        [
            lambda: world.call("POST", path, body=body),
            lambda: world.call("POST", "/v1/subscriptions", body=SUBSCRIBE[2]),
        ],
    )
    assert (answers[0].status in {200, 409}, answers[1].status) == (True, 201)
    assert world.read(made)["status"] == "cancelled"
    check(world)


def test_a_check_of_entitlements_costs_one_read_in_five_seconds(world: SellingWorld) -> None:
    world.subscribe()
    tally = Tally()
    with watched(tally):
        for _ in range(50):
            world.entitled()
        assert tally.requests == {"dynamodb:GetItem": 1}
        world.clock.advance(seconds=5)
        world.entitled()
    assert tally.requests == {"dynamodb:GetItem": 2}


def test_a_change_of_plan_is_seen_within_five_seconds(world: SellingWorld) -> None:
    made = world.subscribe()
    assert world.entitled()["entitlements"]["child_profiles"] == 1
    world.act(made, "change", {"plan": "premium"})
    world.clock.advance(seconds=5)
    assert world.entitled()["entitlements"]["child_profiles"] == 3
