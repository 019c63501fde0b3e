"""What the sync table's stream tells the bus."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest

from functions.sync.on_table_change.handler import handle
from skuflow.kernel.errors import TransientError
from tests.architecture.event_schemas import contracts
from tests.functions.sync.files import catalogue
from tests.functions.sync.world import World
from tests.streams import expired


def history(world: World) -> list[dict[str, Any]]:
    """Every stream record of an import that goes through, with rejected rows."""
    records: list[dict[str, Any]] = []
    take = world.stream.take

    def remember() -> dict[str, Any] | None:
        event = take()
        records.extend(event["Records"] if event else ())
        return event

    object.__setattr__(world, "stream", type("Tap", (), {"take": staticmethod(remember)})())
    world.bring(catalogue(150, bad={3}))
    return records


def told(world: World) -> list[tuple[str, str]]:
    return [(entry["DetailType"], json.loads(entry["Detail"])["event_id"]) for entry in world.bus.entries]


def test_an_import_tells_of_its_batches_and_its_end(world: World) -> None:
    history(world)
    assert [name for name, _ in told(world)] == ["ProductBatchReady", "ProductBatchReady", "ImportCompleted"]


def test_a_repeated_record_tells_the_same_event_again(world: World) -> None:
    records = history(world)
    before = list(world.bus.entries)
    handle({"Records": records}, world.context, world.deps["on_table_change"])
    assert world.bus.entries == [*before, *before]


def test_what_expires_tells_nothing(world: World) -> None:
    written = [expired(record) for record in history(world) if "NewImage" in record["dynamodb"]]
    before = len(world.bus.entries)
    handle({"Records": written}, world.context, world.deps["on_table_change"])
    assert len(world.bus.entries) == before


def test_events_are_as_their_contracts_say(world: World) -> None:
    history(world)
    world.bring(b"\0binary")
    payloads = {contract.name: contract.payload for contract in contracts() if contract.context == "sync"}
    assert {name for name, _ in told(world)} == {"ProductBatchReady", "ImportCompleted", "ImportFailed"}
    for entry in world.bus.entries:
        detail = json.loads(entry["Detail"])
        assert entry["Source"] == "skuflow.sync"
        assert set(detail["data"]) == {field.name for field in fields(payloads[entry["DetailType"]])}
        assert detail["schema_version"] == 1


def test_a_record_that_cannot_be_read_is_put_aside_and_holds_nobody_up(world: World) -> None:
    records = history(world)
    broken = json.loads(json.dumps(next(r for r in records if r["dynamodb"]["Keys"]["sk"]["S"].startswith("SLICE#"))))
    broken["dynamodb"]["NewImage"]["doc"]["S"] = "{"
    before = len(world.bus.entries)
    handle({"Records": [broken, *records]}, world.context, world.deps["on_table_change"])
    assert len(world.bus.entries) == before + 3
    [message] = world.waiting("rejects")
    assert "not an item of the sync table" in message["MessageAttributes"]["reason"]["StringValue"]


def test_an_event_that_the_bus_does_not_take_comes_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    records = history(world)

    def refuse(Entries: list[Any]) -> dict[str, Any]:  # noqa: N803 - boto's name
        return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}, *Entries[1:]]}

    monkeypatch.setattr(type(world.bus), "put_events", staticmethod(refuse))
    with pytest.raises(TransientError):
        handle({"Records": records}, world.context, world.deps["on_table_change"])
