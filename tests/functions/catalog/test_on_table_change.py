"""The table's stream to the bus: what is said of real writes, in order, and what is put aside."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.catalog.on_table_change import handler
from skuflow.catalog.deps import OnTableChangeDeps
from skuflow.kernel.errors import TransientError
from skuflow.platform.aws import client
from skuflow.platform.event_bus import EventBus
from tests.calls import Answer, Call, watched
from tests.doubles import FakeLambdaContext
from tests.functions.catalog.floor import BUS, Floor
from tests.product_batches import Batch, product, put_file, variant
from tests.streams import expired

SHIRT = product("shirt", variant("s", 2, 2000, quantity=3), variant("m", 3, 2000, quantity=0))
FIRST = Batch((SHIRT,))


@dataclass
class Told:
    """A watcher that keeps what goes to the bus."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, call: Call, answer: Answer) -> Any:
        given = answer()
        if call.operation == "PutEvents":
            self.entries += json.loads(call.body)["Entries"]
        return given

    @property
    def names(self) -> list[str]:
        return [entry["DetailType"] for entry in self.entries]

    @property
    def details(self) -> list[dict[str, Any]]:
        return [json.loads(entry["Detail"]) for entry in self.entries]


def announced(floor: Floor, event: Any) -> Told:
    told = Told()
    with watched(told):
        floor.announce(event)
    return told


def test_what_a_batch_does_is_told_with_its_cause(floor: Floor) -> None:
    put_file(client("s3"), FIRST)
    floor.deliver(FIRST)
    told = announced(floor, floor.stream.take())
    assert told.names == ["ProductAdded", "ProductChanged", "ProductBatchApplied"]
    assert {(entry["Source"], entry["EventBusName"]) for entry in told.entries} == {("skuflow.catalog", BUS)}
    for detail in told.details:
        assert (detail["correlation_id"], detail["causation_id"]) == ("upload-1", FIRST.event.event_id)
        assert (detail["client_id"], detail["schema_version"]) == (FIRST.client_id, 1)


def test_falling_prices_and_stock_that_comes_and_goes_are_told_in_order(floor: Floor) -> None:
    floor.load(FIRST)
    second = FIRST.later(product("shirt", variant("s", 2, 1500, quantity=0), variant("m", 3, 2000, quantity=4)))
    put_file(client("s3"), second)
    floor.deliver(second)
    told = announced(floor, floor.stream.take()).names
    assert sorted(told[3:5]) == ["BackInStock", "OutOfStock"]
    assert [*told[:3], *told[5:]] == ["PriceChanged", "PriceDropped", "ProductChanged", "ProductBatchApplied"]


def test_a_stream_batch_that_comes_again_says_the_same_again(floor: Floor) -> None:
    put_file(client("s3"), FIRST)
    floor.deliver(FIRST)
    event = floor.stream.take()
    assert announced(floor, event).details == announced(floor, event).details


def test_a_record_that_cannot_be_read_is_put_aside_and_holds_nobody_up(floor: Floor) -> None:
    put_file(client("s3"), FIRST)
    floor.deliver(FIRST)
    event = floor.stream.take()
    assert event is not None
    product_record = next(r for r in event["Records"] if r["dynamodb"]["NewImage"]["entity"]["S"] == "PRODUCT")
    product_record["dynamodb"]["NewImage"]["doc"] = {"S": "{"}
    assert announced(floor, event).names == ["ProductBatchApplied"]
    ((_, reason),) = floor.parked()
    assert reason.startswith("malformed: not a PRODUCT of the catalogue")


def test_an_outcome_that_time_removes_is_not_told_again(floor: Floor) -> None:
    put_file(client("s3"), FIRST)
    floor.deliver(FIRST)
    event = floor.stream.take()
    assert event is not None
    record = next(r for r in event["Records"] if r["dynamodb"]["NewImage"]["entity"]["S"] == "BATCH")
    assert announced(floor, {"Records": [expired(record)]}).names == []


def test_a_bus_that_refuses_makes_the_stream_try_again(floor: Floor) -> None:
    class Refusing:
        def put_events(self, Entries: list[Any]) -> dict[str, Any]:  # noqa: N803 - botocore's name
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}

    put_file(client("s3"), FIRST)
    floor.deliver(FIRST)
    deps = OnTableChangeDeps(EventBus(Refusing(), BUS), floor.dead_letters)  # type: ignore[arg-type]
    with pytest.raises(TransientError, match="ThrottlingException"):
        handler.handle(floor.stream.take(), FakeLambdaContext(), deps)
