"""Decided fixes from the queue into the table: each batch is answered once, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from functions.catalog.apply_product_fixes import handler
from functions.catalog.apply_product_fixes.handler import lambda_handler
from skuflow.catalog.apply_fixes import Fixing
from skuflow.catalog.deps import ApplyProductFixesDeps
from skuflow.catalog.fix_store import FixStore
from skuflow.catalog.model import Product, product_id
from skuflow.catalog.product_store import DynamoProductStore
from skuflow.contracts.quality import Fix, ProductFixes, ProductFixesDecided
from skuflow.kernel.events import Cause, Event, event_id
from skuflow.kernel.tenancy import ClientId
from tests.calls import Answer, Call, Killer, Tally, WorkerKilled, watched
from tests.doubles import START, FakeLambdaContext
from tests.functions.catalog.floor import Floor
from tests.interleaving import interleaved
from tests.product_batches import CLIENT, Batch, bus_message, product, queue_event, variant

NAMES = {key: product_id(CLIENT, "shopify", key) for key in ("shirt", "hat", "scarf")}
LOADED = Batch(tuple(product(key, variant(f"{key}-1", n, 1999), tags=("a",)) for n, key in enumerate(NAMES, start=2)))
THEIRS = ClientId("cli_0000000000000002")


def decided(*of: tuple[str, Sequence[tuple[str, str, str]]], job: str = "job_1", batch: int = 1) -> ProductFixesDecided:
    return ProductFixesDecided(
        job, batch, tuple(ProductFixes(name, tuple(Fix(*one) for one in fixes)) for name, fixes in of)
    )


TITLES = decided(
    (NAMES["shirt"], [("title", "Shirt", "Linen shirt"), ("price", "1999", "1")]),
    (NAMES["hat"], [("title", "Cap", "Felt hat"), ("tags", '["a"]', '["b"]')]),
    ("prd_unknown", [("title", "x", "y")]),
    (NAMES["scarf"], [("title", "Scarf", "Wool scarf")]),
)
ANSWER: dict[str, Any] = {
    "job_id": "job_1",
    "batch": 1,
    "applied": 3,
    "products": 3,
    "skipped": (
        {"product_id": NAMES["shirt"], "path": "price", "reason": "field_not_allowed"},
        {"product_id": NAMES["hat"], "path": "title", "reason": "changed_since"},
        {"product_id": "prd_unknown", "path": "title", "reason": "unknown_product"},
    ),
}


def message(asked: ProductFixesDecided, client_id: ClientId = CLIENT) -> str:
    return bus_message(
        Event(
            event_id(client_id, "ProductFixesDecided", asked.job_id, str(asked.batch)),
            "ProductFixesDecided",
            "skuflow.quality",
            START,
            client_id,
            1,
            Cause("job-started", "evt_before"),
            msgspec.to_builtins(asked),
        )
    )


def deps(floor: Floor) -> ApplyProductFixesDeps:
    fixing = Fixing(DynamoProductStore(floor.table), FixStore(floor.table), floor.clock)
    return ApplyProductFixesDeps(fixing, floor.dead_letters)


def deliver(floor: Floor, *asked: ProductFixesDecided, client_id: ClientId = CLIENT) -> Any:
    event = queue_event(message(one, client_id) for one in asked)
    return handler.handle(event, FakeLambdaContext(), deps(floor))


def products(floor: Floor) -> dict[str, Product]:
    found = DynamoProductStore(floor.table).get_many(CLIENT, NAMES.values())
    return {key: found[name] for key, name in NAMES.items()}


def titles(floor: Floor) -> list[str]:
    return [one.title for one in products(floor).values()]


def answers(floor: Floor) -> list[Event]:
    return [event for event in floor.read_stream() if event.name == "ProductFixesApplied"]


@pytest.fixture
def loaded(floor: Floor) -> Floor:
    floor.load(LOADED)
    floor.clock.advance(hours=1)
    return floor


def test_fixes_are_applied_where_the_field_is_as_it_was_seen_and_answered_once(loaded: Floor) -> None:
    assert deliver(loaded, TITLES) == {"batchItemFailures": []}
    told = loaded.read_stream()
    assert [event.name for event in told] == ["ProductChanged"] * 3 + ["ProductFixesApplied"]
    assert dict(told[-1].data) == ANSWER
    assert {(event.client_id, event.cause.correlation_id) for event in told} == {(CLIENT, "job-started")}
    assert {event.cause.causation_id for event in told} == {event_id(CLIENT, "ProductFixesDecided", "job_1", "1")}
    assert titles(loaded) == ["Linen shirt", "Hat", "Wool scarf"]
    assert products(loaded)["hat"].tags == ("b",)


def test_a_batch_that_was_answered_is_one_look_and_no_write(loaded: Floor) -> None:
    deliver(loaded, TITLES)
    first = answers(loaded)
    tally = Tally()
    with watched(tally):
        assert deliver(loaded, TITLES, TITLES) == {"batchItemFailures": []}
    assert tally.requests == {"dynamodb:BatchGetItem": 2}
    assert len(first) == 1
    assert answers(loaded) == []


def test_a_batch_costs_two_looks_a_write_per_product_and_its_answer(loaded: Floor) -> None:
    tally = Tally()
    with watched(tally):
        deliver(loaded, TITLES)
    assert tally.requests == {"dynamodb:BatchGetItem": 2, "dynamodb:PutItem": 4}


@pytest.mark.parametrize("after", range(1, 7))
def test_a_worker_that_dies_anywhere_leaves_nothing_half_counted(loaded: Floor, after: int) -> None:
    killer = Killer(after)
    with pytest.raises(WorkerKilled), watched(killer):
        deliver(loaded, TITLES)
    versions = {key: one.version for key, one in products(loaded).items()}
    assert deliver(loaded, TITLES) == {"batchItemFailures": []}
    (told,) = answers(loaded)
    assert dict(told.data) == ANSWER
    assert titles(loaded) == ["Linen shirt", "Hat", "Wool scarf"]
    written = {key: one.version for key, one in products(loaded).items()}
    assert all(written[key] == 2 for key in written), (versions, written)


def test_what_somebody_else_did_between_a_death_and_the_next_delivery_is_not_undone_nor_miscounted(
    loaded: Floor,
) -> None:
    with pytest.raises(WorkerKilled), watched(Killer(3)):
        deliver(loaded, TITLES)
    assert titles(loaded)[0] == "Linen shirt"
    loaded.call("PATCH", f"/v1/products/{NAMES['shirt']}", client_id=CLIENT, body={"title": "Shirt"})
    assert deliver(loaded, TITLES) == {"batchItemFailures": []}
    (told,) = answers(loaded)
    assert dict(told.data) == ANSWER
    assert titles(loaded) == ["Shirt", "Hat", "Wool scarf"]


@pytest.mark.parametrize("seed", range(8))
def test_twins_apply_each_fix_once_and_one_answer_stands(loaded: Floor, seed: int) -> None:
    said = interleaved(seed, [lambda: deliver(loaded, TITLES), lambda: deliver(loaded, TITLES)])
    assert said == [{"batchItemFailures": []}] * 2
    (told,) = answers(loaded)
    assert dict(told.data) == ANSWER
    assert [one.version for one in products(loaded).values()] == [2, 2, 2]


@pytest.mark.parametrize("seed", range(4))
def test_batches_on_the_same_products_at_once_all_take_effect(loaded: Floor, seed: int) -> None:
    every = [decided((NAMES["shirt"], [(f"attributes.{n}", "", '["x"]')]), job=f"job_{n}") for n in range(3)]
    interleaved(seed, [lambda one=one: deliver(loaded, one) for one in every])  # type: ignore[misc]
    assert set(products(loaded)["shirt"].attributes) == {"0", "1", "2"}
    assert [event.data["applied"] for event in answers(loaded)] == [1, 1, 1]


def test_a_fix_is_taken_back_by_its_inverse(loaded: Floor) -> None:
    deliver(loaded, decided((NAMES["shirt"], [("title", "Shirt", "Linen shirt")])))
    deliver(loaded, decided((NAMES["shirt"], [("title", "Linen shirt", "Shirt")]), job="job_2"))
    assert [event.data["applied"] for event in answers(loaded)] == [1, 1]
    assert titles(loaded)[0] == "Shirt"


def test_the_same_file_after_a_fix_changes_nothing_and_another_one_does(loaded: Floor) -> None:
    deliver(loaded, decided((NAMES["shirt"], [("title", "Shirt", "Linen shirt")])))
    assert loaded.load(LOADED.later())["unchanged"] == 3
    assert titles(loaded)[0] == "Linen shirt"
    renamed = (replace(LOADED.products[0], title="Blouse"), *LOADED.products[1:])
    loaded.load(LOADED.later().later(*renamed))
    assert titles(loaded)[0] == "Blouse"


def test_another_clients_product_is_unknown(loaded: Floor) -> None:
    deliver(loaded, TITLES, client_id=THEIRS)
    (told,) = answers(loaded)
    assert (told.client_id, told.data["applied"]) == (THEIRS, 0)
    assert {skip["reason"] for skip in told.data["skipped"]} == {"unknown_product"}
    assert titles(loaded) == ["Shirt", "Hat", "Scarf"]


def test_a_removed_product_is_unknown(loaded: Floor) -> None:
    loaded.call("DELETE", f"/v1/products/{NAMES['shirt']}", client_id=CLIENT)
    deliver(loaded, decided((NAMES["shirt"], [("title", "Shirt", "Linen shirt")])))
    (told,) = answers(loaded)
    assert told.data["skipped"] == ({"product_id": NAMES["shirt"], "path": "title", "reason": "unknown_product"},)


def test_what_would_no_longer_fit_is_skipped_and_the_others_are_applied(loaded: Floor) -> None:
    noise = "".join(chr(0x4E00 + (n * 7919 + n * n) % 20000) for n in range(149_000))
    big = [(f"attributes.{n}", "", f'["{noise[n * 1000 : (n + 1) * 1000]}"]') for n in range(90)]
    deliver(loaded, decided((NAMES["shirt"], [("description_html", "", noise)])))
    deliver(loaded, decided((NAMES["shirt"], big), (NAMES["hat"], [("title", "Hat", "Felt hat")]), batch=2))
    small, large = answers(loaded)
    assert (small.data["applied"], large.data["applied"]) == (1, 1)
    assert {skip["reason"] for skip in large.data["skipped"]} == {"too_large"}
    assert titles(loaded)[:2] == ["Shirt", "Felt hat"]


@pytest.mark.parametrize(
    "asked",
    [
        decided(*[(f"prd_{n}", [("title", "a", "b")]) for n in range(51)]),
        decided(("prd_1", [(f"attributes.{n}", "", '["x"]') for n in range(501)])),
        decided(("prd_1", []), ("prd_1", [])),
    ],
)
def test_a_batch_that_is_too_large_or_names_a_product_twice_is_put_aside(
    loaded: Floor, asked: ProductFixesDecided
) -> None:
    assert deliver(loaded, asked) == {"batchItemFailures": []}
    ((_, reason),) = loaded.parked()
    assert reason.startswith("malformed")
    assert answers(loaded) == []


def test_the_longest_answer_fits_on_the_bus(loaded: Floor) -> None:
    long = [(f"attributes.{n:03d}{'x' * 300}", "", '["x"]') for n in range(500)]
    deliver(loaded, decided(("prd_" + "0" * 32, long)))
    event = loaded.stream.take()
    loaded.announce(event)
    assert loaded.parked() == []


def test_a_busy_table_makes_the_queue_deliver_again(loaded: Floor) -> None:
    def busy(call: Call, answer: Answer) -> Any:
        if call.operation == "PutItem":
            raise ConnectionError("no answer")
        return answer()

    with watched(busy):
        assert deliver(loaded, TITLES)["batchItemFailures"] == [{"itemIdentifier": "message-1"}]
    assert deliver(loaded, TITLES) == {"batchItemFailures": []}
    assert len(answers(loaded)) == 1


def test_the_function_starts_from_its_environment(loaded: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CATALOG_TABLE", loaded.table_name)
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", loaded.dead_letters.queue_url)
    context: Any = FakeLambdaContext()
    assert lambda_handler(queue_event([message(TITLES)]), context) == {"batchItemFailures": []}
    assert titles(loaded) == ["Linen shirt", "Hat", "Wool scarf"]
