"""What the billing table's stream tells the bus of plans and subscriptions."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from functions.billing.on_table_change.handler import handle
from skuflow.billing.deps import OnTableChangeDeps
from skuflow.contracts.billing import EVENTS
from skuflow.platform.consumer import DeadLetters
from skuflow.platform.event_bus import EventBus
from tests.doubles import CountedIds, FakeClock, FakeLambdaContext, RecordingBus
from tests.functions.billing.selling_world import BASIC, PREMIUM, SellingWorld, make_world
from tests.streams import TableStream


class Rejects:
    def send_message(self, **message: Any) -> None:
        raise AssertionError(f"a record was put aside: {message}")


@pytest.fixture
def world(
    tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch
) -> SellingWorld:
    made = make_world(tables, clock, new_id, monkeypatch)
    made.sell(BASIC, PREMIUM)
    return made


def publish(records: Any) -> list[dict[str, Any]]:
    """What is put on the bus for them, each as {name, id, data}."""
    bus = RecordingBus()
    rejects: Any = Rejects
    taking: Any = bus
    deps = OnTableChangeDeps(EventBus(taking, "bus"), DeadLetters(rejects, "https://sqs.test/rejects"))
    handle({"Records": records}, FakeLambdaContext(), deps)
    told = [(entry["DetailType"], json.loads(entry["Detail"])) for entry in bus.entries]
    return [{"name": name, "id": detail["event_id"], "data": detail["data"]} for name, detail in told]


def records_of(world: SellingWorld) -> list[Any]:
    taken = TableStream(world.table.Meta.table_name).take()
    return list(taken["Records"]) if taken else []


def life(world: SellingWorld) -> tuple[str, str]:
    """Two subscriptions, the second in the place of the first; their ids."""
    first = world.subscribe()
    world.clock.advance(days=1)
    world.act(first, "change", {"plan": "premium"})
    world.act(first, "change", {"plan": "premium"})
    second = world.subscribe("basic")
    world.clock.advance(days=1)
    world.act(second, "cancel", {"when": "now"})
    return first["subscription_id"], second["subscription_id"]


def test_each_thing_is_told_once(world: SellingWorld) -> None:
    one, two = life(world)
    told = publish(records_of(world))
    names = [(each["name"], each["data"].get("change", ""), each["data"].get("subscription_id", "")) for each in told]
    assert sorted(name for name in names if name[0].startswith("Subscription")) == sorted(
        [
            ("SubscriptionStarted", "", one),
            ("SubscriptionChanged", "changed", one),
            ("SubscriptionStarted", "", two),
            ("SubscriptionEnded", "", one),
            ("SubscriptionEnded", "", two),
        ]
    )
    assert [name[2] for name in names if name[0] == "EntitlementsChanged"] == [one, one, two, two]
    assert [each["data"]["code"] for each in told if each["name"] == "PlanPublished"] == ["basic", "premium"]
    assert len({each["id"] for each in told}) == len(told)


def test_a_repeated_record_tells_the_same_again(world: SellingWorld) -> None:
    life(world)
    records = records_of(world)
    assert publish([*records, *records]) == publish(records) * 2


def test_who_keeps_the_steps_knows_what_is_entitled_when(world: SellingWorld) -> None:
    made = world.subscribe("premium")
    ends = world.act(made, "change", {"plan": "basic"})["pending"]["at"]
    world.act(made, "cancel", {"when": "period_end"})
    told = [each["data"]["steps"] for each in publish(records_of(world)) if each["name"] == "EntitlementsChanged"]
    assert [(step["status"], step["plan_code"]) for step in told[1]] == [("active", "premium"), ("active", "basic")]
    assert [(step["status"], step["entitlements"].get("child_profiles")) for step in told[2]] == [
        ("active", 3),
        ("cancelled", None),
    ]
    assert told[1][1]["start"] == told[2][1]["start"] == ends


def test_events_are_as_their_contracts_say(world: SellingWorld) -> None:
    life(world)
    for each in publish(records_of(world)):
        assert set(each["data"]) == {field.name for field in fields(EVENTS[each["name"], 1])}
