"""The table's stream to price points and look-ups by code."""

from __future__ import annotations

import pytest

from skuflow.catalog.price_store import DynamoPriceStore
from skuflow.catalog.product_store import DynamoProductStore
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from tests.calls import Tally, watched
from tests.functions.catalog.floor import Floor
from tests.product_batches import CLIENT, Batch, product, put_file, variant

CODE = "4006381333931"
SHIRT = product("shirt", variant("s", 2, 2000, quantity=3, gtin=CODE), external_ids={"asin": "B07XJRQ6M2"})
FIRST = Batch((SHIRT,))
OTHER = ClientId(CLIENT[:-1] + "2")


def found(floor: Floor, kind: str, code: str, client_id: ClientId = CLIENT) -> int:
    return len(DynamoProductStore(floor.table).with_code(client_id, kind, code))  # type: ignore[arg-type]


def prices(floor: Floor) -> list[int | None]:
    """Prices of the one product's points, as they came."""
    (item,) = floor.items("PRODUCT")
    name = item["pk"]["S"].rpartition("#")[2]
    points = DynamoPriceStore(floor.table).points(CLIENT, name, "", "", floor.clock())
    shifts = [shift for point in points for shift in point.shifts.values() if shift.priced]
    return [shift.price.minor if shift.price else None for shift in shifts]


def test_a_new_product_is_found_by_its_codes_and_begins_its_history(floor: Floor) -> None:
    floor.load(FIRST)
    for kind, code in (("sku", "s"), ("gtin", CODE), ("gtin", "0" + CODE), ("asin", "b07xjrq6m2")):
        assert found(floor, kind, code) == 1
        assert found(floor, kind, code, OTHER) == 0
    assert prices(floor) == [2000]
    assert len(floor.items("PRICE")) == 2, "one point of the price, one of the stock"


def test_codes_that_change_or_go_are_found_no_more(floor: Floor) -> None:
    floor.load(FIRST)
    floor.load(FIRST.later(product("shirt", variant("s", 2, 2000, quantity=3, sku="S-2"))))
    assert (found(floor, "sku", "s"), found(floor, "sku", "S-2"), found(floor, "gtin", CODE)) == (0, 1, 0)


def test_every_change_of_price_is_kept_and_nothing_else_adds_a_point(floor: Floor) -> None:
    batch = FIRST
    floor.load(batch)
    for price, title in ((2000, "Shirt"), (1500, "Shirt"), (1500, "Blouse"), (1800, "Blouse")):
        floor.clock.advance(hours=1)
        batch = batch.later(product("shirt", variant("s", 2, price, quantity=3), title=title))
        floor.load(batch)
    assert prices(floor) == [2000, 1500, 1800]


def test_a_stream_batch_that_comes_again_writes_the_same_again(floor: Floor) -> None:
    put_file(client("s3"), FIRST)
    floor.deliver(FIRST)
    event = floor.stream.take()
    floor.project(event)
    before = floor.items()
    floor.project(event)
    assert floor.items() == before


def test_projections_cause_no_projections(floor: Floor) -> None:
    floor.load(FIRST)
    event = floor.stream.take()
    assert event is not None
    tally = Tally()
    with watched(tally):
        floor.project(event)
    assert tally.requests == {}


def test_a_code_that_leaves_and_returns_within_one_stream_batch_is_found(floor: Floor) -> None:
    floor.load(FIRST)
    for batch in (
        FIRST.later(product("shirt", variant("s", 2, sku="OTHER"))),
        FIRST.later().later(product("shirt", variant("s", 2, sku="s"))),
    ):
        put_file(client("s3"), batch)
        floor.deliver(batch)
    floor.read_stream()
    assert (found(floor, "sku", "s"), found(floor, "sku", "OTHER")) == (1, 0)


def test_a_record_that_cannot_be_read_is_put_aside_and_the_others_are_projected(floor: Floor) -> None:
    put_file(client("s3"), Batch((SHIRT, product("hat", variant("h", 4)))))
    floor.deliver(Batch((SHIRT, product("hat", variant("h", 4)))))
    event = floor.stream.take()
    assert event is not None
    broken = next(r for r in event["Records"] if "shirt" in r["dynamodb"]["NewImage"].get("doc", {}).get("S", ""))
    broken["dynamodb"]["NewImage"]["doc"] = {"S": "[]"}
    floor.project(event)
    assert (found(floor, "sku", "s"), found(floor, "sku", "h")) == (0, 1)
    ((_, reason),) = floor.parked()
    assert reason.startswith("malformed: not a PRODUCT")


@pytest.mark.parametrize("variants", [1, 60, 600], ids=["one", "many", "more than a plain document holds"])
def test_one_point_holds_all_variants_that_changed_together(floor: Floor, variants: int) -> None:
    def rows(price: int) -> list[object]:
        return [variant(f"v{n}", n + 2, price) for n in range(variants)]

    floor.load(Batch((product("shirt", *rows(100)),)))  # type: ignore[arg-type]
    floor.clock.advance(hours=1)
    before = len(floor.items("PRICE"))
    floor.load(Batch(()).later(product("shirt", *rows(90))))  # type: ignore[arg-type]
    assert len(floor.items("PRICE")) == before + 1
    assert prices(floor) == [100] * variants + [90] * variants
