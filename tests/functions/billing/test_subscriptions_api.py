"""Subscribing, changing, ending, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from skuflow.kernel.clock import iso
from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.selling_world import BASIC, PREMIUM, SellingWorld, make_world
from tests.http import OTHER_CLIENT


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> SellingWorld:
    made = make_world(tables, clock, new_id, monkeypatch)
    made.sell(BASIC, PREMIUM)
    return made


def test_who_subscribes_has_the_plan_at_once(world: SellingWorld) -> None:
    made = world.subscribe()
    assert (made["status"], made["plan"], made["seller_id"]) == ("active", {"code": "basic", "version": 1}, "north")
    assert (made["time_zone"], made["started_at"]) == ("America/Toronto", iso(world.clock.now))
    assert world.entitled()["entitlements"] == {"child_profiles": 1, "price_comparison": False}
    assert world.history(made) == ["started"]
    assert world.read(made)["period"] == {"start": iso(world.clock.now), "end": "2026-04-14T09:26:53.589Z"}


def test_an_upgrade_counts_now_and_a_downgrade_at_the_end_of_the_period(world: SellingWorld) -> None:
    made = world.subscribe()
    world.clock.advance(days=3)
    up = world.act(made, "change", {"plan": "premium"})
    assert (up["plan"]["code"], up["pending"]) == ("premium", None)
    assert world.entitled()["entitlements"]["child_profiles"] == 3
    world.clock.advance(days=3)
    down = world.act(made, "change", {"plan": "basic"})
    assert (down["plan"]["code"], down["pending"]["plan"]["code"]) == ("premium", "basic")
    assert down["pending"]["at"] == "2026-04-14T09:26:53.589Z"
    world.at(datetime(2026, 4, 14, 9, 26, 53, 588_000, tzinfo=UTC))
    assert world.entitled()["entitlements"]["child_profiles"] == 3
    world.clock.advance(milliseconds=1)
    assert world.entitled()["entitlements"]["child_profiles"] == 1
    assert world.read(made)["plan"]["code"] == "basic"
    assert world.history(made) == ["started", "changed", "change_scheduled"]


def test_the_caller_says_when(world: SellingWorld) -> None:
    made = world.subscribe("premium")
    assert world.act(made, "change", {"plan": "basic", "when": "now"})["plan"]["code"] == "basic"
    later = world.act(made, "change", {"plan": "premium", "when": "period_end"})
    assert (later["plan"]["code"], later["pending"]["plan"]["code"]) == ("basic", "premium")
    withdrawn = world.act(made, "change", {"plan": "basic"})
    assert (withdrawn["pending"], len(withdrawn["phases"])) == (None, 1)
    assert world.history(made) == ["started", "changed", "change_scheduled", "change_withdrawn"]


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("change", {"plan": "premium"}),
        ("change", {"plan": "premium", "when": "period_end"}),
        ("cancel", {"when": "now"}),
        ("cancel", {"when": "period_end"}),
        ("pause", None),
    ],
)
def test_asking_twice_is_answered_alike(world: SellingWorld, verb: str, body: dict[str, str] | None) -> None:
    made = world.subscribe()
    world.clock.advance(days=1)
    first = world.act(made, verb, body)
    world.clock.advance(hours=1)
    assert world.act(made, verb, body) == first


def test_a_cancelled_one_ends_at_the_end_of_its_period_unless_it_is_reactivated(world: SellingWorld) -> None:
    made = world.subscribe()
    ends = world.act(made, "cancel", {})
    assert (ends["status"], ends["cancel_at"]) == ("active", "2026-04-14T09:26:53.589Z")
    assert world.entitled()["until"] == ends["cancel_at"]
    back = world.act(made, "reactivate")
    world.clock.advance(seconds=5)
    assert (back["cancel_at"], world.entitled()["until"]) == (None, None)
    world.act(made, "cancel", {})
    world.at(datetime(2026, 4, 14, 9, 26, 53, 589_000, tzinfo=UTC))
    over = world.read(made)
    assert (over["status"], over["period"], over["ended_at"]) == ("cancelled", None, ends["cancel_at"])
    assert world.entitled()["status"] == "cancelled"
    for verb, body in (("reactivate", None), ("resume", None), ("pause", None), ("change", {"plan": "premium"})):
        refused = world.call("POST", f"/v1/subscriptions/{made['subscription_id']}/{verb}", body=body)
        assert (refused.status, "subscribe anew" in refused.body["detail"]) == (409, True)
    assert world.act(made, "cancel", {"when": "now"})["ended_at"] == ends["cancel_at"]


def test_a_pause_entitles_to_nothing_until_it_is_over(world: SellingWorld) -> None:
    made = world.subscribe()
    world.clock.advance(days=2)
    assert world.act(made, "pause")["status"] == "paused"
    told = world.entitled()
    assert (told["status"], told["entitled"], told["entitlements"]) == ("paused", False, {})
    world.clock.advance(days=2)
    resumed = world.act(made, "resume")
    assert (resumed["status"], [phase["kind"] for phase in resumed["phases"]]) == (
        "active",
        ["active", "paused", "active"],
    )
    assert world.entitled()["entitlements"]["child_profiles"] == 1
    assert resumed["anchor_at"] == made["anchor_at"]


def test_a_trial_is_free_ends_by_itself_and_is_given_once(world: SellingWorld) -> None:
    world.ok("POST", "/v1/plans", {**BASIC, "code": "trying", "trial_days": 14})
    made = world.subscribe("trying")
    assert (made["status"], made["anchor_at"]) == ("trialing", "2026-03-28T09:26:53.589Z")
    assert world.entitled()["entitled"] is True
    paused = world.call("POST", f"/v1/subscriptions/{made['subscription_id']}/pause")
    assert paused.status == 409
    world.clock.advance(days=14)
    assert world.read(made)["status"] == "active"
    assert world.subscribe("trying")["status"] == "active"


def test_subscribing_again_ends_the_one_before(world: SellingWorld) -> None:
    first = world.subscribe()
    world.clock.advance(days=1)
    second = world.subscribe("premium")
    old = world.read(first)
    assert (old["status"], old["ended_at"], old["replaced_by"]) == (
        "cancelled",
        second["started_at"],
        second["subscription_id"],
    )
    assert second["replaces"] == first["subscription_id"]
    assert world.history(first) == ["started", "replaced"]
    world.clock.advance(seconds=5)
    assert world.entitled()["subscription_id"] == second["subscription_id"]
    of_kim = world.ok("GET", "/v1/subscriptions", query={"subject": "kim"})["items"]
    everybody = world.ok("GET", "/v1/subscriptions")["items"]
    names = [second["subscription_id"], first["subscription_id"]]
    assert [one["subscription_id"] for one in of_kim] == [one["subscription_id"] for one in everybody] == names


def test_one_key_makes_one_subscription(world: SellingWorld) -> None:
    key = {"Idempotency-Key": "checkout-17"}
    first = world.subscribe(headers=key)
    again = world.subscribe(headers=key)
    assert again == first
    assert len(world.ok("GET", "/v1/subscriptions")["items"]) == 1


def test_a_start_lies_at_most_35_days_back(world: SellingWorld) -> None:
    at = world.clock.now - timedelta(days=35)
    made = world.subscribe(start_at=iso(at))
    assert (made["started_at"], made["anchor_at"]) == (iso(at), iso(at))
    for moment in (at - timedelta(seconds=1), world.clock.now + timedelta(hours=1)):
        body = {"subject": "lee", "plan": "basic", "start_at": iso(moment)}
        world.ok("PUT", "/v1/customers/lee", {"name": "Lee", "address": {"country": "CA", "region": "ON"}})
        refused = world.call("POST", "/v1/subscriptions", body=body)
        assert (refused.status, refused.body["errors"][0]["field"]) == (422, "start_at")


def test_two_subscriptions_never_overlap(world: SellingWorld) -> None:
    made = world.subscribe()
    world.clock.advance(days=5)
    world.act(made, "cancel", {"when": "now"})
    early = iso(world.clock.now - timedelta(days=1))
    refused = world.call("POST", "/v1/subscriptions", body={"subject": "kim", "plan": "basic", "start_at": early})
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "start_at")
    assert world.subscribe()["status"] == "active"


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"subject": "kim", "plan": "nothing"}, 422, "plan"),
        ({"subject": "kim", "plan": "basic", "plan_version": 7}, 422, "plan"),
        ({"subject": "nobody", "plan": "basic"}, 422, "subject"),
        ({"subject": "kim#", "plan": "basic"}, 422, "subject"),
        ({"subject": "kim", "plan": "basic", "time_zone": "Mars/Olympus"}, 422, "time_zone"),
    ],
)
def test_what_cannot_be_subscribed_to_is_told(
    world: SellingWorld, body: dict[str, object], status: int, field: str
) -> None:
    refused = world.call("POST", "/v1/subscriptions", body=body)
    assert (refused.status, refused.body["errors"][0]["field"]) == (status, field)
    assert world.ok("GET", "/v1/subscriptions")["items"] == []


def test_an_archived_plan_is_kept_by_who_has_it_and_sold_no_more(world: SellingWorld) -> None:
    made = world.subscribe()
    world.ok("POST", "/v1/plans/basic/archive")
    assert world.read(made)["status"] == "active"
    refused = world.call("POST", "/v1/subscriptions", body={"subject": "kim", "plan": "basic"})
    assert (refused.status, refused.body["detail"]) == (409, "the plan basic is archived")


@pytest.mark.parametrize("other", [{"product": "other"}, {"currency": "USD"}])
def test_a_plan_of_another_product_or_currency_is_no_change(world: SellingWorld, other: dict[str, str]) -> None:
    world.ok("POST", "/v1/plans", {**PREMIUM, **other, "code": "else"})
    made = world.subscribe()
    path = f"/v1/subscriptions/{made['subscription_id']}/change"
    refused = world.call("POST", path, body={"plan": "else"})
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "plan")


def test_a_subscription_that_changed_meanwhile_is_not_changed_blindly(world: SellingWorld) -> None:
    made = world.subscribe()
    world.act(made, "change", {"plan": "premium"}, headers={"If-Match": '"1"'})
    path = f"/v1/subscriptions/{made['subscription_id']}/cancel"
    assert world.call("POST", path, body={}, headers={"If-Match": '"1"'}).status == 412
    assert world.read(made)["cancel_at"] is None


def test_nobody_sees_or_changes_the_subscription_of_another(world: SellingWorld) -> None:
    made = world.subscribe()
    path = f"/v1/subscriptions/{made['subscription_id']}"
    assert world.call("GET", path, client_id=OTHER_CLIENT).status == 404
    assert world.call("POST", f"{path}/cancel", body={}, client_id=OTHER_CLIENT).status == 404
    told = world.call("GET", "/v1/entitlements/kim/nestsync", client_id=OTHER_CLIENT)
    assert (told.status, told.body["status"]) == (200, "none")


def test_who_has_an_archived_plan_may_stay_on_it(world: SellingWorld) -> None:
    made = world.subscribe("premium")
    world.act(made, "change", {"plan": "basic"})
    world.ok("POST", "/v1/plans/premium/archive")
    assert world.act(made, "change", {"plan": "premium"})["pending"] is None
    path = f"/v1/subscriptions/{world.subscribe('basic')['subscription_id']}/change"
    assert world.call("POST", path, body={"plan": "premium"}).status == 409


def test_who_comes_back_after_the_end_replaces_nothing(world: SellingWorld) -> None:
    """Nobody had entered yet that the first one is over."""
    first = world.subscribe()
    world.act(first, "cancel", {})
    world.clock.advance(days=40)
    second = world.subscribe("premium")
    old = world.read(first)
    assert (old["status"], old["ended_at"], old["replaced_by"]) == ("cancelled", old["cancel_at"], None)
    assert world.history(first) == ["started", "cancellation_scheduled", "ended"]
    assert (second["status"], world.entitled()["subscription_id"]) == ("active", second["subscription_id"])
