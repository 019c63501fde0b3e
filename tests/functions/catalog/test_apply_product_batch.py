"""Batches from the queue into the table: applied once in effect, whatever happens on the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from moto.moto_api._internal.models import moto_api_backend

from functions.catalog.api.handler import handle as serve_catalog
from functions.catalog.apply_product_batch import handler
from skuflow.platform.aws import client, forget_clients
from tests.calls import Killer, Tally, WorkerKilled, watched
from tests.doubles import CountedIds, FakeClock, FakeLambdaContext
from tests.functions.catalog.floor import Floor, facts
from tests.product_batches import BUCKET, CLIENT, Batch, bus_message, part, product, put_file, queue_event, variant
from tests.shop import open_shop
from tests.tables import create_table

SHIRT = product(
    "shirt", variant("s", 2, quantity=3), variant("m", 3, 2999), brand="Acme", category=("Apparel", "Shirts")
)
HAT = product("hat", variant("h", 4, 500, quantity=1), description_html="<p>Warm<script>alert(1)</script></p>")
FIRST = Batch((SHIRT, HAT))
SECOND = FIRST.later(
    product(
        "shirt", variant("s", 2, 1500, quantity=3), variant("m", 3, 2999), brand="Acme", category=("Apparel", "Shirts")
    ),
    replace(HAT, variants=(variant("h", 4, 500, quantity=9), variant("i", 5, 600, quantity=1)), lines=(4, 5)),
)
"""A new price, a new count, a new variant, and one row as it was."""


def test_a_batch_becomes_products_stock_and_an_outcome(floor: Floor) -> None:
    outcome = floor.load(FIRST)
    assert (outcome["created"], outcome["products_created"], outcome["rejected"]) == (3, 2, ())
    assert len(floor.items("PRODUCT")) == len(floor.items("INVENTORY")) == 2
    (batch,) = floor.items("BATCH")
    assert batch["pk"]["S"] == f"C#{CLIENT}#BATCH#{FIRST.import_id}"
    hat = next(item for item in floor.items("PRODUCT") if '"hat"' in item["doc"]["S"])
    assert '"description_html":"<p>Warm</p>"' in hat["doc"]["S"]


def test_every_key_begins_with_the_client(floor: Floor) -> None:
    floor.load(FIRST)
    keys = {
        value["S"] for item in floor.items() for name, value in item.items() if name == "pk" or name.endswith("_pk")
    }
    assert keys
    assert all(key.startswith(f"C#{CLIENT}#") for key in keys)


def test_the_same_file_again_writes_its_outcome_and_nothing_else(floor: Floor) -> None:
    floor.load(FIRST)
    before = floor.items("PRODUCT", "INVENTORY", "PRICE", "CODE")
    again = FIRST.later()
    put_file(client("s3"), again)
    tally = Tally()
    with watched(tally):
        floor.deliver(again)
    assert tally.requests == {"dynamodb:BatchGetItem": 3, "s3:GetObject": 1, "dynamodb:PutItem": 1}
    assert floor.items("PRODUCT", "INVENTORY", "PRICE", "CODE") == before


def test_several_batches_of_one_delivery_are_applied_and_a_bad_one_is_put_aside_with_the_reason(floor: Floor) -> None:
    good, missing = FIRST, replace(FIRST, number=2)
    foreign = replace(FIRST, number=3)
    put_file(client("s3"), good)
    put_file(client("s3"), foreign, replace(foreign, client_id=CLIENT[:-1] + "2").content())
    assert floor.deliver(missing, foreign, good) == {"batchItemFailures": []}
    assert len(floor.items("PRODUCT")) == 2
    assert sorted(reason for _, reason in floor.parked()) == [
        f"malformed: the batch file {foreign.key} belongs to another client, import or batch",
        f"not_found: the batch file {missing.key} is gone",
    ]


@pytest.mark.parametrize("body", ["", "not json", "{}", '{"detail": {"event_id": 1}}'])
def test_a_message_that_is_no_event_is_put_aside(floor: Floor, body: str) -> None:
    assert handler.handle(queue_event([body]), FakeLambdaContext(), floor.apply_deps()) == {"batchItemFailures": []}
    ((parked, reason),) = floor.parked()
    assert (parked, reason.partition(":")[0]) == (body or parked, "malformed")


def test_an_event_that_names_another_bucket_is_not_believed(floor: Floor) -> None:
    put_file(client("s3"), FIRST)
    message = bus_message(FIRST.event).replace(BUCKET, "somebody-elses-bucket")
    handler.handle(queue_event([message]), FakeLambdaContext(), floor.apply_deps())
    assert [reason.partition(":")[0] for _, reason in floor.parked()] == ["not_found"]
    assert floor.items("PRODUCT") == []


def test_twins_come_to_one_outcome(floor: Floor) -> None:
    put_file(client("s3"), FIRST)
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: floor.deliver(FIRST), range(3)))
    assert answers == [{"batchItemFailures": []}] * 3
    (told,) = [event for event in floor.read_stream() if event.name == "ProductBatchApplied"]
    assert told.data["created"] == 3
    assert [item["version"]["N"] for item in floor.items("PRODUCT")] == ["1", "1"]


def settled(floor: Floor) -> dict[str, object]:
    floor.read_stream()
    return facts(floor.items())


def another_floor(clock: FakeClock) -> Floor:
    """A catalogue in an AWS that was emptied."""
    moto_api_backend.reset()
    forget_clients()
    names = {context: create_table(context) for context in ("catalog", "idempotency")}
    return Floor(names["catalog"], open_shop(serve_catalog, names.__getitem__, clock, CountedIds()), clock)


@pytest.mark.slow
def test_a_worker_killed_after_any_of_its_calls_leaves_nothing_half_done(aws: None, clock: FakeClock) -> None:
    """One AWS per place to die at; the second delivery must come to what an undisturbed run does."""
    floor = another_floor(clock)
    floor.load(FIRST)
    outcome = floor.load(SECOND)
    assert (outcome["created"], outcome["updated"], outcome["unchanged"]) == (1, 2, 1)
    expected = settled(floor)
    for place in range(1, 30):
        floor = another_floor(clock)
        killed = [kill_then_deliver(floor, batch, place) for batch in (FIRST, SECOND)]
        assert settled(floor) == expected, f"killed after call {place}: {killed}"
        if not any(killed):
            break
    else:
        pytest.fail("the batch takes more calls than there were places to die at")


def kill_then_deliver(floor: Floor, batch: Batch, place: int) -> str:
    """The call after which the first delivery died; "" if it got through."""
    put_file(client("s3"), batch)
    killer = Killer(place)
    try:
        with watched(killer):
            floor.deliver(batch)
    except WorkerKilled:
        pass
    assert floor.deliver(batch) == {"batchItemFailures": []}
    return killer.killed


def test_parts_of_one_product_delivered_at_once_all_arrive(floor: Floor) -> None:
    parts = [product("shirt", variant("k0", 2)), *(part("shirt", variant(f"k{n}", n + 2)) for n in range(1, 6))]
    batches = [Batch((one,), number=n) for n, one in enumerate(parts)]
    for batch in batches:
        put_file(client("s3"), batch)
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(floor.deliver, batches))
    assert answers == [{"batchItemFailures": []}] * 6
    told = [event.data for event in floor.read_stream() if event.name == "ProductBatchApplied"]
    assert sum(data["created"] for data in told) == 6
    (item,) = floor.items("PRODUCT")
    assert all(f'"key":"k{n}"' in item["doc"]["S"] for n in range(6))
