"""Reading under adversity: twins, repeats, disorder, and a process that dies after each AWS call in turn."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest

from skuflow.contracts.catalog import RejectedRows
from skuflow.contracts.sync import SourceProduct
from skuflow.platform.aws import client
from skuflow.sync.reading.source import Limits
from tests.doubles import FakeLambdaContext
from tests.functions.sync.files import catalogue
from tests.functions.sync.world import BUCKET, HANDLERS, Killed, World, killed_after, sqs_record, with_limits
from tests.interleaving import interleaved

CONTENT = catalogue(14, bad={3, 9})
SLICED = Limits(chunk_rows=5)
TWO_SLICES = Limits(chunk_rows=10)


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that an import leaves behind, without what is different each time: ids, times, digests of both."""

    shown: dict[str, Any]
    prices: dict[str, Any]
    report: tuple[dict[str, Any], ...]
    repair: bytes
    events: tuple[tuple[str, str], ...]


def outcome(world: World, client_id: str, import_id: str) -> Outcome:
    shown = world.show(import_id, client_id=client_id)
    for name in ("import_id", "created_at", "updated_at"):
        del shown[name]
    told: dict[str, tuple[str, str]] = {}
    for entry in world.bus.entries:
        detail = json.loads(entry["Detail"])
        if detail["client_id"] == client_id:
            said = (
                json.dumps(detail["data"], sort_keys=True).replace(import_id, "<import>").replace(client_id, "<client>")
            )
            said = re.sub(r"-[0-9a-f]{16}\.jsonl", ".jsonl", said)
            assert told.setdefault(detail["event_id"], (entry["DetailType"], said)) == (entry["DetailType"], said)
    return Outcome(
        shown=shown,
        prices=world.catalogue.prices(client_id),
        report=tuple(world.report(import_id, client_id=client_id)),
        repair=world.result(import_id, "repair.csv", client_id=client_id),
        events=tuple(sorted(told.values())),
    )


def client_number(number: int) -> str:
    return f"cli_{number:016d}"


def lamp_twelve_is_not_wanted(product: SourceProduct) -> RejectedRows | None:
    if product.title != "Lamp 12":
        return None
    return RejectedRows(product.lines, "title", product.title, "we do not sell these", "leave it out")


@pytest.fixture
def sliced(world: World) -> World:
    """Five rows a slice, one slice a run; the catalogue turns one product away. Object names do not depend on the time."""
    world.catalogue.refuse = lamp_twelve_is_not_wanted
    world.context.remaining_ms = 0
    return with_limits(world, SLICED)


def undisturbed(world: World) -> Outcome:
    """What an import without any trouble leaves."""
    shown = world.bring(CONTENT, client_id=client_number(0))
    assert (shown["status"], shown["created"], shown["rejected"]) == ("completed", 11, 3)
    return outcome(world, client_number(0), shown["import_id"])


@pytest.mark.slow
def test_a_process_that_dies_after_any_aws_call_loses_and_doubles_nothing(
    sliced: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = undisturbed(with_limits(sliced, TWO_SLICES))
    calls, died = 1, True
    while died:
        owner = client_number(calls)
        started = sliced.start(client_id=owner)
        sliced.upload(started, CONTENT)
        died = _settle_with_a_death(sliced, calls, monkeypatch)
        sliced.settle()
        assert outcome(sliced, owner, started["import"]["import_id"]) == expected, f"after call {calls}"
        calls += 1
    assert calls > 45
    assert sliced.waiting("dead-letters") == []


def _settle_with_a_death(world: World, calls: int, env: pytest.MonkeyPatch) -> bool:
    """Deliver all; within handlers, the process dies after its `calls`-th AWS call. False if it never came to that."""
    made = 0

    def step() -> bool:
        nonlocal made
        moved = world.announce()
        for queue in HANDLERS:
            with killed_after(calls - made, env) as done:
                try:
                    moved = world.deliver(queue) or moved
                finally:
                    made += len(done)
        return moved

    try:
        while step():
            pass
    except Killed:
        return True
    return False


def test_messages_told_twice_and_out_of_order_change_nothing(sliced: World) -> None:
    expected = undisturbed(sliced)
    owner = client_number(1)
    started = sliced.start(client_id=owner)
    sliced.upload(started, CONTENT, notices=2)
    sliced.settle()
    ready = [entry for entry in sliced.bus.entries if entry["DetailType"] == "ProductBatchReady"]
    for entry in reversed(ready):
        answer = sliced.catalogue.apply(json.loads(entry["Detail"]))
        sliced.send("outcomes", answer)
    for queue in ("work", "reports"):
        sliced.send(queue, {"client_id": owner, "import_id": started["import"]["import_id"]})
    sliced.settle()
    assert outcome(sliced, owner, started["import"]["import_id"]) == expected


def test_outcomes_may_all_come_before_the_last_slice_is_read(sliced: World) -> None:
    started = sliced.start()
    sliced.upload(started, CONTENT)
    sliced.deliver("uploads")
    sliced.deliver("work")
    sliced.announce()
    sliced.deliver("outcomes")
    shown = sliced.show(started["import"]["import_id"])
    assert (shown["status"], shown["rows_read"], shown["created"], shown["rejected"]) == ("reading", 5, 4, 1)
    assert 0 < shown["progress"] < 1
    sliced.settle()
    assert sliced.show(started["import"]["import_id"])["status"] == "completed"


@pytest.mark.parametrize("queue", ["uploads", "work"])
@pytest.mark.parametrize("seed", range(4))
def test_two_workers_on_one_import_in_any_order_of_steps_are_as_one(sliced: World, queue: str, seed: int) -> None:
    expected = undisturbed(sliced)
    sliced.context.remaining_ms = 60_000
    owner = client_number(1)
    started = sliced.start(client_id=owner)
    sliced.upload(started, CONTENT)
    if queue == "work":
        sliced.deliver("uploads")
    [message] = sliced.waiting(queue)
    deps = sliced.deps["receive_upload" if queue == "uploads" else "read_import"]

    def work() -> Any:
        return HANDLERS[queue]({"Records": [sqs_record(message)]}, sliced.context, deps)

    assert interleaved(seed, [work, work]) == [{"batchItemFailures": []}] * 2
    sliced.forget(queue, message)
    sliced.settle()
    assert outcome(sliced, owner, started["import"]["import_id"]) == expected


def test_slices_are_read_while_time_is_left(sliced: World) -> None:
    sliced.context = FakeLambdaContext(remaining_ms=60_000)
    started = sliced.start()
    sliced.upload(started, CONTENT)
    sliced.deliver("uploads")
    sliced.deliver("work")
    assert sliced.show(started["import"]["import_id"])["rows_read"] == 14
    assert sliced.waiting("work") == []


def test_an_import_cancelled_while_it_is_read_goes_no_further(sliced: World) -> None:
    started = sliced.start()
    import_id = started["import"]["import_id"]
    sliced.upload(started, CONTENT)
    sliced.deliver("uploads")
    sliced.deliver("work")
    assert sliced.call("DELETE", f"/v1/imports/{import_id}").body["status"] == "cancelled"
    sliced.settle()
    shown = sliced.show(import_id)
    assert (shown["status"], shown["rows_read"], shown["refusal"]["code"]) == ("cancelled", 5, "cancelled")
    assert [event["data"]["code"] for event in sliced.events("ImportFailed")] == ["cancelled"]
    assert sliced.events("ImportCompleted") == []


def test_a_batch_file_holds_a_header_and_one_product_a_line(sliced: World) -> None:
    sliced.bring(CONTENT)
    [first, *_] = sliced.events("ProductBatchReady")
    lines = client("s3").get_object(Bucket=BUCKET, Key=first["data"]["key"])["Body"].read().splitlines()
    header, *products = map(json.loads, lines)
    assert (header["schema_version"], header["batch"], header["source"], header["currency"]) == (1, 1, "shopify", "CAD")
    assert "title" in header["product_fields"]
    assert "price" in header["variant_fields"]
    assert [product["key"] for product in products] == ["lamp-1", "lamp-2", "lamp-4", "lamp-5"]
    assert products[0]["variants"][0]["price"] == [1007, "CAD"]


@pytest.mark.parametrize("body", ["no json", "{}", "[]", '{"client_id": "x", "import_id": "imp_1"}'])
@pytest.mark.parametrize("queue", ["work", "reports"])
def test_work_that_names_no_import_is_put_aside(world: World, queue: str, body: str) -> None:
    client("sqs").send_message(QueueUrl=world.queues[queue], MessageBody=body)
    world.settle()
    [message] = world.waiting("dead-letters")
    assert message["Body"] == body
    assert message["MessageAttributes"]["reason"]["StringValue"].startswith("malformed:")


@pytest.mark.slow
def test_twenty_thousand_rows_in_many_runs_are_the_same_as_in_one(world: World) -> None:
    content = catalogue(20_000, bad=range(7, 20_000, 997))
    whole = world.bring(content, client_id=client_number(1))
    world.context.remaining_ms = 0
    pieces = world.bring(content, client_id=client_number(2))
    assert whole["created"] + whole["rejected"] == 20_000
    left, right = (
        outcome(world, client_number(number), shown["import_id"]) for number, shown in ((1, whole), (2, pieces))
    )
    assert left == right
