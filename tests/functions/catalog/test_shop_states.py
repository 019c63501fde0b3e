"""Whole states of a shop's products through the queue: what they tell, what they leave in the history, what they cost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from skuflow.catalog.model import product_id, variant_id
from skuflow.contracts.sync import SourceProduct, SourceVariant
from skuflow.kernel.events import Event
from tests.bench.metering import Meter
from tests.calls import Killer, WorkerKilled, watched
from tests.doubles import FakeClock
from tests.functions.catalog.floor import Floor, facts
from tests.functions.catalog.source import SHOP, Source, state
from tests.functions.catalog.test_apply_product_batch import another_floor
from tests.interleaving import interleaved
from tests.product_batches import CLIENT, variant
from tests.shop import end, line, reserve

NAME = product_id(CLIENT, SHOP, "7")
S, M = variant_id(NAME, "s"), variant_id(NAME, "m")


@pytest.fixture
def source(floor: Floor) -> Source:
    return Source(floor)


def shirt(seconds: float, price: int = 2000, units: int = 3, *, medium: bool = True) -> SourceProduct:
    rows = [variant("s", 1, price, quantity=units), *([variant("m", 2, 2500, quantity=1)] if medium else [])]
    return state("7", seconds, *rows)


def told(events: list[Event]) -> Counter[tuple[str, str]]:
    """How often each kind of event was told of each variant, outcomes of batches left out."""
    own = [event for event in events if event.name != "ProductBatchApplied"]
    assert len({event.event_id for event in own}) == len(own)
    return Counter((event.name, event.data.get("variant_id", "")) for event in own)


def history(floor: Floor) -> list[tuple[int | None, bool | None]]:
    """Prices and availability of the small shirt through time, as the API gives them."""
    answer = floor.call("GET", f"/v1/products/{NAME}/price-history", query={"variant_id": S})
    assert answer.status == 200, answer.body
    points = [point for point in answer.body["items"] if not point["carried"]]
    return [(point["price"]["amount_minor"] if point["price"] else None, point["available"]) for point in points]


CHANGED = ("ProductChanged", "")


def test_each_real_change_is_told_once(source: Source) -> None:
    floor = source.floor
    source.shows(shirt(1))
    assert told(floor.read_stream()) == {("ProductAdded", ""): 1, CHANGED: 1}
    for changed, events in (
        (shirt(2, 1500), {("PriceChanged", S): 1, ("PriceDropped", S): 1, CHANGED: 1}),
        (shirt(3, 1800), {("PriceChanged", S): 1, CHANGED: 1}),
        (shirt(4, 1800, 0), {("OutOfStock", S): 1}),
        (shirt(5, 1800, 4), {("BackInStock", S): 1}),
        (shirt(6, 1800, 9), {}),
        (shirt(7, 1800, 9, medium=False), {("PriceChanged", M): 1, ("OutOfStock", M): 1, CHANGED: 1}),
        (shirt(8, 1800, 9), {("PriceChanged", M): 1, CHANGED: 1}),
    ):
        source.shows(changed)
        source.shows(changed, shirt(1.5, 1))
        assert told(floor.read_stream()) == events
    source.deliver(source.gone("7", seconds=9))
    assert told(floor.read_stream()) == {("ProductRemoved", ""): 1}
    source.shows(shirt(8.5, 1), shirt(10))
    assert ("ProductAdded", "") in told(floor.read_stream())


def test_the_history_has_each_price_in_the_order_of_taking_over_and_no_late_ones(source: Source) -> None:
    for said in (shirt(1), shirt(3, 1500), shirt(2, 1700), shirt(3, 1500), shirt(5, 1500, 0), shirt(4, 900, 7)):
        source.shows(said)
        source.floor.read_stream()
    assert history(source.floor) == [(2000, True), (1500, True), (1500, False)]


def test_the_history_of_a_variant_that_is_gone_stays_and_ends(source: Source) -> None:
    rows = [variant("m", 1, 2500, quantity=1)]
    for said in (shirt(1), state("7", 2, *rows)):
        source.shows(said)
        source.floor.read_stream()
    points = [item for item in source.floor.items("PRICE") if S in item["doc"]["S"]]
    assert len(points) == 4
    assert '"n":["' + S in points[-2]["doc"]["S"] + points[-1]["doc"]["S"] + points[2]["doc"]["S"]


def test_reserved_units_of_a_variant_that_is_gone_can_still_be_bought_but_no_more(source: Source) -> None:
    """As with a product that is removed by hand: who has reserved gets it."""
    source.shows(shirt(1))
    made = reserve(source.floor.shop, line((NAME, S), 2))
    source.shows(state("7", 2, variant("m", 1, 2500, quantity=1)))
    assert source.floor.shop.call("GET", f"/v1/products/{NAME}/inventory").status == 200
    assert reserve(source.floor.shop, line((NAME, S), 1)).status == 422
    assert end(source.floor.shop, made.body["reservation_id"], "commit").status == 200
    source.shows(state("7", 3, variant("m", 1, 2500, quantity=1)))
    stock = source.floor.shop.call("GET", f"/v1/products/{NAME}/inventory").body
    assert [one["variant_id"] for one in stock["variants"]] == [M]


def writes_of(source: Source, *states: SourceProduct, **more: Any) -> Counter[str]:
    batch, meter = source.batch(*states, **more), Meter()
    with watched(meter):
        assert source.floor.deliver(batch) == {"batchItemFailures": []}
    return Counter({kind: n for kind, n in meter.writes.items() if kind != "catalog:BATCH"})


def test_reading_again_what_is_known_writes_nothing(source: Source) -> None:
    """Only the batch's own outcome. A state's fraction of a second says when it was looked at: here 17 minutes and a day later."""
    first = replace(shirt(1), observed_at="2026-03-14T10:00:00.999001Z")
    source.shows(first)
    assert writes_of(source, first) == {}
    assert writes_of(source, replace(first, observed_at="2026-03-14T10:00:00.999988Z")) == {}
    assert writes_of(source, shirt(-9, 100)) == {}
    source.floor.read_stream()


def test_a_changed_price_writes_the_product_and_remembers_the_look_at_its_stock(source: Source) -> None:
    source.shows(shirt(1))
    assert writes_of(source, shirt(2, 1500)) == {"catalog:PRODUCT": 1, "catalog:INVENTORY": 1}
    assert told(source.floor.read_stream())["PriceChanged", S] == 1


def test_a_count_writes_the_stock_alone(source: Source) -> None:
    source.shows(shirt(1))
    count = SourceProduct("7", (1,), False, variants=(SourceVariant("s", 1, tracked=True, quantity=8),))
    more = {"complete": False, "product_fields": (), "variant_fields": ("quantity", "tracked")}
    at = shirt(2).observed_at
    assert writes_of(source, replace(count, observed_at=at), **more) == {"catalog:INVENTORY": 1}
    assert writes_of(source, replace(count, observed_at=at), **more) == {}


STORY = [
    ((shirt(1), state("8", 1, variant("x", 3, quantity=1))),),
    ((shirt(3, 1500, 0, medium=False), state("8", 2, variant("x", 3, 5, quantity=0))), (shirt(2, 9),)),
]


def settled(source: Source) -> dict[str, Any]:
    source.floor.read_stream()
    kept = [item for item in source.floor.items() if item["entity"]["S"] != "BATCH"]
    return facts(kept)


def play(source: Source, place: int = 0) -> bool:
    """The story, with each first delivery killed at `place`; whether anybody was."""
    killed = False
    for moment in STORY:
        for states in moment:
            batch, killer = source.batch(*states), Killer(place)
            try:
                with watched(killer):
                    source.floor.deliver(batch)
            except WorkerKilled:
                killed = True
            assert source.floor.deliver(batch) == {"batchItemFailures": []}
    return killed


@pytest.mark.slow
def test_a_worker_killed_after_any_of_its_calls_leaves_nothing_half_done(aws: None, clock: FakeClock) -> None:
    undisturbed = Source(another_floor(clock))
    play(undisturbed)
    expected = settled(undisturbed)
    for place in range(1, 30):
        source = Source(another_floor(clock))
        killed = play(source, place)
        assert settled(source) == expected, f"killed after call {place}"
        if not killed:
            return
    pytest.fail("a batch takes more calls than there were places to die at")


@pytest.mark.parametrize("seed", range(8))
def test_two_workers_with_two_states_of_a_product_end_at_the_newer_one(seed: int, source: Source) -> None:
    """Stock, too: the newer state finds in stock what was there before the older one."""
    source.shows(shirt(1))
    source.floor.read_stream()
    batches = [source.batch(shirt(2, 1500, 1, medium=False)), source.batch(shirt(3, 1700, 3))]
    answers = interleaved(seed, [lambda b=b: source.floor.deliver(b) for b in batches])
    assert answers == [{"batchItemFailures": []}] * 2
    events = told(source.floor.read_stream())
    view = source.floor.call("GET", f"/v1/products/{NAME}").body
    assert [(v["price"]["amount_minor"], v["stock"]["available"]) for v in view["variants"]] == [(1700, 3), (2500, 1)]
    assert events["PriceChanged", S] in {1, 2}
    assert history(source.floor)[-1] == (1700, True)
