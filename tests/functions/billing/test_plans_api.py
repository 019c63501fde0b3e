"""Plans over HTTP: made, made anew, archived, refused with a reason for each fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.calls import Killer, WorkerKilled, watched
from tests.doubles import CountedIds, FakeClock
from tests.functions.billing.selling_world import BASIC, PREMIUM, SellingWorld, make_world
from tests.http import OTHER_CLIENT
from tests.interleaving import interleaved

ITEMS = {"code": "items", "metric": "billable_items", "model": "per_item", "unit_amount": "0.05", "included": "1000"}


def tiered(*tiers: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"code": "items", "metric": "billable_items", "model": "graduated", "tiers": list(tiers)}]


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> SellingWorld:
    made = make_world(tables, clock, new_id, monkeypatch)
    made.sell()
    return made


def test_a_plan_is_read_as_it_was_made(world: SellingWorld) -> None:
    tiers = [{"up_to": "100", "unit_amount": "0.000000000001"}, {"unit_amount": "0.5", "flat_amount": "2"}]
    told = {
        **BASIC,
        "charges": [ITEMS, {**tiered(*tiers)[0], "code": "more"}],
        "minimum_commitment": "25",
        "trial_days": 7,
    }
    made = world.ok("POST", "/v1/plans", told)
    assert world.ok("GET", "/v1/plans/basic") == made
    assert (made["version"], made["base_fee"], made["charges"][0]["included"]) == (1, "19.99", "1000")
    assert made["charges"][1]["tiers"][0]["unit_amount"] == "0.000000000001"
    assert made["entitlements"] == {"child_profiles": 1, "price_comparison": False}
    assert world.call("GET", "/v1/plans/basic", client_id=OTHER_CLIENT).status == 404


def test_editing_makes_a_version_and_leaves_who_is_subscribed(world: SellingWorld) -> None:
    world.ok("POST", "/v1/plans", BASIC)
    subscription = world.subscribe()
    offer = {name: value for name, value in BASIC.items() if name != "code"}
    dearer = world.ok("POST", "/v1/plans/basic/versions", {**offer, "base_fee": "24.99"}, headers={"If-Match": '"1"'})
    assert (dearer["version"], dearer["base_fee"]) == (2, "24.99")
    assert world.ok("GET", "/v1/plans/basic", query={"version": 1})["base_fee"] == "19.99"
    assert world.read(subscription)["plan"] == {"code": "basic", "version": 1}
    assert world.act(subscription, "change", {"plan": "basic"})["plan"]["version"] == 2
    late = world.call("POST", "/v1/plans/basic/versions", body=offer, headers={"If-Match": '"1"'})
    assert late.status == 412
    assert [one["version"] for one in world.ok("GET", "/v1/plans/basic/versions")["items"]] == [1, 2]


def test_the_same_again_makes_nothing_new(world: SellingWorld) -> None:
    first = world.ok("POST", "/v1/plans", BASIC)
    assert world.ok("POST", "/v1/plans", BASIC) == first
    offer = {name: value for name, value in BASIC.items() if name != "code"}
    assert world.ok("POST", "/v1/plans/basic/versions", offer)["version"] == 1
    taken = world.call("POST", "/v1/plans", body={**BASIC, "base_fee": "1"})
    assert (taken.status, "already" in taken.body["detail"]) == (409, True)


def test_an_archived_plan_is_listed_and_not_edited(world: SellingWorld) -> None:
    world.ok("POST", "/v1/plans", BASIC)
    world.ok("POST", "/v1/plans", PREMIUM)
    archived = world.ok("POST", "/v1/plans/basic/archive")
    world.clock.advance(days=1)
    assert world.ok("POST", "/v1/plans/basic/archive") == archived
    offer = {name: value for name, value in BASIC.items() if name != "code"}
    assert world.call("POST", "/v1/plans/basic/versions", body=offer).status == 409
    page = world.ok("GET", "/v1/plans", query={"limit": 1})
    rest = world.ok("GET", "/v1/plans", query={"limit": 1, "cursor": page["next_cursor"]})
    assert [one["code"] for one in page["items"] + rest["items"]] == ["basic", "premium"]


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"base_fee": "-0.01"}, "base_fee", "below zero"),
        ({"base_fee": "0.0000000000001"}, "base_fee", "decimals"),
        ({"base_fee": "1000000000000000"}, "base_fee", ""),
        ({"base_fee": "19.99", "currency": "JPY"}, "base_fee", "decimals"),
        ({"base_fee": "1999", "currency": "JPY", "minimum_commitment": "0.5"}, "minimum_commitment", "decimals"),
        ({"currency": "XXX"}, "currency", "not a currency"),
        ({"minimum_commitment": "-1"}, "minimum_commitment", "below zero"),
        ({"trial_days": 366}, "trial_days", "range"),
        ({"trial_days": -1}, "trial_days", "range"),
        ({"grace_hours": 73}, "grace_hours", "range"),
        ({"tax_code": "cheese"}, "tax_code", "not a tax code"),
        ({"seller_id": "south"}, "seller_id", "not a seller"),
        ({"update_frequency": "daily"}, "update_frequency", "updates"),
        ({"entitlements": {"Child Profiles": 1}}, "entitlements.Child Profiles", "name"),
        ({"entitlements": {"profiles": -1}}, "entitlements.profiles", "range"),
        ({"product": "Nest Sync"}, "product", "product"),
        ({"name": "Basic\x1b[31m"}, "name", "control"),
        ({"description": "one\ntwo\u202e"}, "description", "control"),
        ({"charges": [{**ITEMS, "description": "a\x00b"}]}, "charges[0].description", "control"),
        ({"charges": [{**ITEMS, "metric": "steps"}]}, "charges[0].metric", "not a metric"),
        ({"charges": [{**ITEMS, "unit_amount": "-1"}]}, "charges[0].unit_amount", "below zero"),
        ({"charges": [ITEMS, ITEMS]}, "charges[1].code", "too"),
        ({"charges": tiered({"up_to": "10"}, {"up_to": "10"}, {})}, "charges[0].tiers[1].up_to", ""),
        ({"charges": tiered({"up_to": "10"}, {"above": "12"})}, "charges[0].tiers[1].above", "gap"),
        ({"charges": tiered({"up_to": "10"}, {"above": "8"})}, "charges[0].tiers[1].above", "overlap"),
        ({"charges": tiered({"up_to": "10"})}, "charges[0].tiers[0].up_to", ""),
    ],
)
def test_what_a_plan_may_not_say_is_told_with_its_place(
    world: SellingWorld, wrong: dict[str, Any], field: str, says: str
) -> None:
    refused = world.call("POST", "/v1/plans", body={**BASIC, **wrong})
    assert refused.status == 422
    told = {fault["field"]: fault for fault in refused.body["errors"]}
    assert field in told, told
    assert says in told[field]["message"]
    assert told[field]["remedy"]
    assert world.ok("GET", "/v1/plans")["items"] == []


@pytest.mark.parametrize("fee", [19.99, "NaN", "Infinity", "nineteen", "1e999999", None, "9" * 65])
def test_a_fee_that_is_no_exact_number_is_refused(world: SellingWorld, fee: object) -> None:
    refused = world.call("POST", "/v1/plans", body={**BASIC, "base_fee": fee})
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, "base_fee")


def test_spaces_and_emoji_of_any_make_may_stand_in_a_name(world: SellingWorld) -> None:
    name = "Forfait\u00a0: Famille \N{MAN}\u200d\N{GIRL}"
    assert world.ok("POST", "/v1/plans", {**BASIC, "name": name, "description": "One\ntwo"})["name"] == name


def test_every_fault_is_told_at_once(world: SellingWorld) -> None:
    body = {
        **BASIC,
        "base_fee": "-1",
        "trial_days": 999,
        "tax_code": "cheese",
        "charges": [{**ITEMS, "metric": "steps"}],
    }
    refused = world.call("POST", "/v1/plans", body=body)
    fields = {fault["field"] for fault in refused.body["errors"]}
    assert fields == {"base_fee", "trial_days", "tax_code", "charges[0].metric"}


def test_the_plans_to_begin_with_are_made_once(world: SellingWorld) -> None:
    body = {"seller_id": "north"}
    made = world.ok("POST", "/v1/plans/seed", body)["items"]
    assert world.ok("POST", "/v1/plans/seed", body)["items"] == made
    told = {one["code"]: one for one in made}
    tiers = ("nestsync-basic", "nestsync-premium", "nestsync-family")
    assert [(told[code]["base_fee"], told[code]["currency"]) for code in tiers] == [
        ("19.99", "CAD"),
        ("29.99", "CAD"),
        ("34.99", "CAD"),
    ]
    assert [told[code]["entitlements"]["child_profiles"] for code in tiers] == [1, 3, 10]
    assert told["nestsync-family"]["entitlements"]["priority_support"] is True
    assert told["sku-genie-growth"]["charges"][0]["metric"] == "billable_items"
    assert (told["sku-genie-growth"]["auto_update"], told["sku-genie-growth"]["update_frequency"]) == (True, "weekly")


def test_a_plan_whose_maker_dies_is_there_once(world: SellingWorld) -> None:
    offer = {name: value for name, value in BASIC.items() if name != "code"}
    dearer = {**offer, "base_fee": "24.99"}
    for path, body, version in (("/v1/plans", BASIC, 1), ("/v1/plans/basic/versions", dearer, 2)):
        for after in range(1, 10):
            killer = Killer(after)
            try:
                with watched(killer):
                    world.ok("POST", path, body)
            except WorkerKilled:
                continue
            assert killer.killed == ""
            break
        assert world.ok("POST", path, body)["version"] == version
    assert [one["version"] for one in world.ok("GET", "/v1/plans/basic/versions")["items"]] == [1, 2]


@pytest.mark.parametrize("seed", range(4))
def test_of_two_versions_at_once_each_has_its_number_or_is_told(world: SellingWorld, seed: int) -> None:
    world.ok("POST", "/v1/plans", BASIC)
    offer = {name: value for name, value in BASIC.items() if name != "code"}

    def publish(fee: str) -> Any:
        return world.call("POST", "/v1/plans/basic/versions", body={**offer, "base_fee": fee})

    answers = interleaved(seed, [lambda: publish("1"), lambda: publish("2")])
    made = [one.body["version"] for one in answers if one.status == 201]
    assert {one.status for one in answers} <= {201, 412}
    assert sorted(made) == list(range(2, 2 + len(made)))
    assert world.ok("GET", "/v1/plans/basic")["version"] == 1 + len(made)
