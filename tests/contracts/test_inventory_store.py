"""What every store of stock does: the one in memory and the one in DynamoDB."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from skuflow.catalog.inventory import MAX_LEVELS, Level, VariantStock, available
from skuflow.catalog.inventory_store import InventoryStore, from_image
from skuflow.catalog.model import MAX_VARIANTS
from skuflow.catalog.reservation_store import DynamoReservations
from skuflow.catalog.source_counts import Look, SourceCount
from skuflow.catalog.store import CatalogItem
from skuflow.kernel.errors import VersionConflict
from skuflow.kernel.events import Cause
from skuflow.platform.table import bind
from tests.stock import NOON, WRITTEN, A, B, Stores, counted, holding, in_dynamodb, in_memory, level, stock
from tests.streams import TableStream


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    return in_memory() if request.param == "memory" else in_dynamodb(request.getfixturevalue("tables")("catalog"))


class TestStock:
    def test_what_is_written_can_be_read(self, stores: Stores) -> None:
        kept = stock(counted(-3, reserved=4, backorder=True), VariantStock("v2", False, in_stock=False))
        stores.stock.put(A, kept)
        assert stores.stock.get_many(A, ["prd_1", "prd_2"]) == {"prd_1": kept}
        assert stores.stock.get_many(A, ["prd_1"])["prd_1"].variants[0].seen_ms == 12

    def test_another_client_sees_nothing(self, stores: Stores) -> None:
        stores.stock.put(A, stock(counted(3)))
        assert stores.stock.get_many(B, ["prd_1"]) == {}

    def test_only_the_next_version_is_written(self, stores: Stores) -> None:
        first, second = stock(counted(3)), stock(counted(4), version=2)
        with pytest.raises(VersionConflict):
            stores.stock.put(A, second)
        stores.stock.put(A, first)
        with pytest.raises(VersionConflict):
            stores.stock.put(A, first)
        stores.stock.put(A, second)
        assert stores.stock.get_many(A, ["prd_1"])["prd_1"] == second

    def test_an_adjustment_is_written_once(self, stores: Stores) -> None:
        stores.stock.put(A, stock(counted(3)))
        assert not stores.stock.has_adjustment(A, "prd_1", "adj_1")
        stores.stock.put(A, stock(counted(4), version=2), adjustment_id="adj_1")
        assert stores.stock.has_adjustment(A, "prd_1", "adj_1")
        assert not stores.stock.has_adjustment(B, "prd_1", "adj_1")
        with pytest.raises(VersionConflict):
            stores.stock.put(A, stock(counted(5), version=3), adjustment_id="adj_1")
        assert level(stores) == (4, 0)

    def test_an_adjustment_that_loses_the_race_is_not_noted(self, stores: Stores) -> None:
        stores.stock.put(A, stock(counted(3)))
        with pytest.raises(VersionConflict):
            stores.stock.put(A, stock(counted(9)), adjustment_id="adj_1")
        assert not stores.stock.has_adjustment(A, "prd_1", "adj_1")


class TestInTheTable:
    """What only DynamoDB can show."""

    @pytest.fixture
    def bound(self, tables: Callable[[str], str]) -> type[CatalogItem]:
        return bind(CatalogItem, tables("catalog"))

    def test_a_stream_image_is_the_stock(self, bound: type[CatalogItem]) -> None:
        stream = TableStream(bound.Meta.table_name)
        store, known = InventoryStore(bound), stock(counted(5))
        store.put(A, known)
        DynamoReservations(bound).hold(A, holding(3), {"prd_1": known}, WRITTEN)
        event = stream.take()
        assert event is not None
        images = [r["dynamodb"] for r in event["Records"] if r["dynamodb"]["Keys"]["sk"]["S"] == "INVENTORY"]
        assert from_image(images[0]["NewImage"]) == known
        assert from_image(images[1]["OldImage"]) == known
        assert from_image(images[1]["NewImage"]) == store.get(A, "prd_1")

    def test_source_counts_are_written_if_they_are_news_and_the_stock_is_given_back_in_any_case(
        self, bound: type[CatalogItem]
    ) -> None:
        store = InventoryStore(bound)

        def applied(quantity: int, event: str, observed_at: datetime = NOON) -> tuple[int, int | None, str]:
            said, cause = [SourceCount("v1", quantity=quantity)], Cause("cor", event)
            look = Look(observed_at)
            after = store.apply_source_counts(A, "prd_1", said, source="shopify", cause=cause, now=NOON, look=look)
            assert after is not None
            assert after == store.get(A, "prd_1")
            return after.version, available(after.variants[0]), after.cause.causation_id

        assert applied(3, "evt-1") == (1, 3, "evt-1")
        assert applied(3, "evt-2") == (1, 3, "evt-1")
        assert applied(4, "evt-3") == (2, 4, "evt-3")
        assert applied(9, "evt-4", NOON - timedelta(1)) == (2, 4, "evt-3")
        assert store.apply_source_counts(A, "prd_2", [], source="x", cause=Cause("c"), now=NOON) is None

    def test_the_largest_stock_fits_into_an_item(self, bound: type[CatalogItem]) -> None:
        levels = tuple(Level("l" * 30 + f"{n:02}", -(10**12), 10**12, 10**12) for n in range(2))
        variants = tuple(
            VariantStock(f"var_{n:032x}", True, True, True, levels[: 2 if n < MAX_LEVELS - MAX_VARIANTS else 1], 10**13)
            for n in range(MAX_VARIANTS)
        )
        assert sum(len(v.levels) for v in variants) == MAX_LEVELS
        InventoryStore(bound).put(A, stock(*variants))
        item = bound(*("x",) * 2, entity="INVENTORY", stock=variants)
        assert _size(item.serialize()) < 400_000


def _size(value: Any) -> int:
    """Bytes of a DynamoDB JSON value by the rules of its item size (names and strings in UTF-8, numbers about a byte per two
    digits and two more, maps three and one per element)."""
    total = 0
    for name, typed in value.items():
        ((kind, inner),) = typed.items()
        total += len(name.encode()) + 1
        total += {
            "S": lambda v: len(v.encode()),
            "N": lambda v: len(v) // 2 + 2,
            "BOOL": lambda _: 1,
            "M": lambda v: 3 + _size(v),
        }[kind](inner)
    return total
