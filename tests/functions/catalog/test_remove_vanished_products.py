"""What a source no longer has leaves the catalogue: once, not too much at once, whatever happens on the way."""

from __future__ import annotations

import pytest

from functions.catalog.remove_vanished_products import handler
from skuflow.catalog import remove_vanished
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from tests.calls import Killer, WorkerKilled, watched
from tests.doubles import FakeClock, FakeLambdaContext
from tests.functions.catalog.floor import Floor
from tests.functions.catalog.source import SHOP, Source, searches, state
from tests.functions.catalog.test_apply_product_batch import another_floor
from tests.interleaving import interleaved
from tests.product_batches import CLIENT, Batch, product, put_file, queue_event, variant

KEYS = [str(number) for number in range(100, 130)]


@pytest.fixture
def source(floor: Floor) -> Source:
    return Source(floor)


def stocked(source: Source, keys: list[str] = KEYS, seconds: float = 1) -> Source:
    source.shows(*(state(key, seconds, variant("v", 1, quantity=1)) for key in keys))
    source.floor.read_stream()
    return source


def test_deleted_products_are_removed_and_the_others_stay(source: Source) -> None:
    stocked(source, ["1", "2", "3"])
    assert source.deliver(source.gone("1", "3", "unknown", seconds=2)) == {"batchItemFailures": []}
    assert source.products() == {"2"}
    told = source.floor.read_stream()
    assert [(event.name, event.data["source"]) for event in told] == [("ProductRemoved", SHOP)] * 2
    assert {event.cause.correlation_id for event in told} == {"webhook-1"}


def test_a_product_that_was_shown_later_than_its_deletion_stays(source: Source) -> None:
    stocked(source, ["1"], seconds=5)
    source.deliver(source.gone("1", seconds=2))
    assert source.products() == {"1"}


def test_a_deletion_delivered_twice_is_told_once(source: Source) -> None:
    stocked(source, ["1"])
    message = source.gone("1", seconds=2)
    source.deliver(message, message)
    source.deliver(message)
    assert [event.name for event in source.floor.read_stream()] == ["ProductRemoved"]


def test_what_is_missing_after_the_source_was_read_is_removed(source: Source) -> None:
    stocked(source)
    assert source.finish(source.snapshot(KEYS[3:], seconds=2)) == 1
    assert source.products() == set(KEYS[3:])
    told = source.floor.read_stream()
    assert sorted(event.name for event in told) == [*["ProductRemoved"] * 3, "SourceProductsRemoved"]
    (outcome,) = (event.data for event in told if event.name == "SourceProductsRemoved")
    assert outcome == {"run_id": "run_1", "source": SHOP, "removed": 3, "kept_back": 0}


def test_what_was_shown_after_the_source_was_read_stays(source: Source) -> None:
    stocked(source)
    source.shows(state("999", 9, variant("v", 1)), state("100", 9, variant("v", 1, 5)))
    source.finish(source.snapshot(KEYS[2:], seconds=2))
    assert source.products() == {"999", "100", *KEYS[2:]}


def test_other_sources_and_other_clients_keep_theirs(source: Source, floor: Floor) -> None:
    stocked(source, ["1", "2"])
    other_shop = Source(floor, name="shopify:other.myshopify.com")
    stocked(other_shop, ["1", "7"])
    foreign = Batch((product("8", variant("v", 1)),), client_id=ClientId(f"{CLIENT[:-1]}2"), source=SHOP)
    by_file = Batch((product("9", variant("v", 1)),), source="shopify")
    for batch in (foreign, by_file):
        put_file(client("s3"), batch)
        floor.deliver(batch)
    source.finish(source.snapshot([], seconds=2))
    assert source.products() == {"1", "7", "8", "9"}
    assert searches(floor)[-1]["removed"] == 2


@pytest.mark.parametrize(("left", "removed", "kept_back"), [(15, 15, 0), (14, 0, 16), (0, 0, 30)])
def test_if_more_than_half_is_missing_nothing_is_removed(
    left: int, removed: int, kept_back: int, source: Source
) -> None:
    stocked(source)
    source.finish(source.snapshot(KEYS[:left], seconds=2))
    assert len(source.products()) == 30 - removed
    (outcome,) = searches(source.floor)
    assert (outcome["removed"], outcome["kept_back"]) == (removed, kept_back)


def test_a_small_shop_may_be_emptied(source: Source) -> None:
    stocked(source, KEYS[:19])
    source.finish(source.snapshot([], seconds=2))
    assert source.products() == set()


def test_a_worker_without_time_goes_on_in_another_message(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remove_vanished, "PLACES", 4)
    stocked(source)
    source.remaining_ms = 1
    assert source.finish(source.snapshot(KEYS[10:], seconds=2)) > 15
    assert source.products() == set(KEYS[10:])
    assert [one["removed"] for one in searches(source.floor)] == [10]


def test_the_same_search_again_changes_and_tells_nothing(source: Source) -> None:
    stocked(source)
    message = source.snapshot(KEYS[3:], seconds=2)
    source.finish(message)
    source.shows(state("100", 1, variant("v", 1)), state("101", 9, variant("v", 1)))
    source.floor.read_stream()
    source.finish(message)
    assert source.products() == {*KEYS[3:], "101"}
    assert source.floor.read_stream() == []


@pytest.mark.slow
def test_a_worker_killed_after_any_of_its_calls_leaves_nothing_half_done(
    aws: None, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages of two places, each with something to remove."""
    monkeypatch.setattr(remove_vanished, "PLACES", 2)
    for place in range(1, 60):
        source = stocked(Source(another_floor(clock)), KEYS[:4])
        message, killer = source.snapshot(["101", "103"], seconds=2), Killer(place)
        try:
            with watched(killer):
                source.deliver(message)
        except WorkerKilled:
            source.deliver(message)
        told = source.floor.read_stream()
        names = sorted(event.name for event in told)
        assert names == ["ProductRemoved", "ProductRemoved", "SourceProductsRemoved"], killer.killed
        assert [event.data["removed"] for event in told if event.name == "SourceProductsRemoved"] == [2], killer.killed
        assert source.products() == {"101", "103"}
        if not killer.killed:
            return
    pytest.fail("the search takes more calls than there were places to die at")


@pytest.mark.parametrize("seed", range(8))
def test_twins_on_one_search_remove_once_and_count_once(
    seed: int, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remove_vanished, "PLACES", 5)
    stocked(source, KEYS[:12])
    message = source.snapshot(KEYS[4:12], seconds=2)
    answers = interleaved(seed, [lambda: source.deliver(message)] * 2)
    assert answers == [{"batchItemFailures": []}] * 2
    told = source.floor.read_stream()
    assert sorted(event.name for event in told) == [*["ProductRemoved"] * 4, "SourceProductsRemoved"]
    assert [event.data["removed"] for event in told if event.name == "SourceProductsRemoved"] == [4]


@pytest.mark.parametrize(
    ("spoiled", "reason"),
    [
        ({"products": 31}, "malformed: the file bulk/cli_0000000000000001/run_1/keys has 30 keys, 31 were announced"),
        ({"key": "bulk/cli_0000000000000002/run_1/keys"}, "malformed: the file of keys bulk/cli_0000000000000002/"),
        (
            {"key": f"bulk/{CLIENT}/run_1/none"},
            "not_found: the batch file bulk/cli_0000000000000001/run_1/none is gone",
        ),
        ({"bucket": "elsewhere"}, "not_found: batches lie in skuflow-test-uploads, not in elsewhere"),
        ({"observed_at": "yesterday"}, "malformed: observed_at is not a time: 'yesterday'"),
    ],
)
def test_a_search_that_is_not_as_announced_is_put_aside_and_removes_nothing(
    spoiled: dict[str, object], reason: str, source: Source
) -> None:
    stocked(source)
    source.deliver(source.snapshot(KEYS, seconds=2, **spoiled))
    ((_, parked),) = source.floor.parked()
    assert parked.startswith(reason)
    assert source.products() == set(KEYS)


@pytest.mark.parametrize("body", ["", "not json", "{}", '{"detail": {"event_id": 1}}'])
def test_a_message_that_is_no_event_is_put_aside(source: Source, body: str) -> None:
    answer = handler.handle(queue_event([body or " "]), FakeLambdaContext(), source.deps())
    assert answer == {"batchItemFailures": []}
    ((_, reason),) = source.floor.parked()
    assert reason.startswith("malformed:")


def test_an_event_for_another_queue_is_put_aside(source: Source) -> None:
    source.deliver(source.gone("1", seconds=1).replace("SourceProductsGone", "ShopConnected"))
    ((_, reason),) = source.floor.parked()
    assert reason == "malformed: ShopConnected is not for this queue"
