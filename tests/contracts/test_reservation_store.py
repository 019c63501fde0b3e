"""What every store of reservations does: the one in memory and the one in DynamoDB."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from skuflow.catalog.inventory import Level, VariantStock
from skuflow.catalog.reservation import MAX_PIECES, Line, Taken, Wanted
from skuflow.catalog.reservation_store import DynamoReservations
from skuflow.catalog.store import CatalogItem
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import VersionConflict
from skuflow.platform.table import bind
from tests.stock import CAUSE, NOON, WRITTEN, A, B, Stores, counted, holding, in_dynamodb, in_memory, level, stock


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    return in_memory() if request.param == "memory" else in_dynamodb(request.getfixturevalue("tables")("catalog"))


class TestHolding:
    def test_units_move_from_available_to_reserved(self, stores: Stores) -> None:
        known = stock(counted(5, reserved=1))
        stores.stock.put(A, known)
        stores.reservations.hold(A, holding(3), {"prd_1": known}, WRITTEN)
        assert level(stores) == (2, 4)
        after = stores.reservations.stocks(A, ["prd_1"])["prd_1"]
        assert (after.version, after.source, after.cause, after.changed_at) == (2, "reservation", CAUSE, iso(NOON))
        assert after.variants[0].levels[1] == Level("shop-2", 7)
        assert stores.reservations.get(A, "res_1") == holding(3)
        assert stores.reservations.get(B, "res_1") is None

    def test_stock_that_was_sold_meanwhile_is_not_taken(self, stores: Stores) -> None:
        stores.stock.put(A, stock(counted(2)))
        with pytest.raises(VersionConflict):
            stores.reservations.hold(A, holding(3), {"prd_1": stock(counted(5))}, WRITTEN)
        assert level(stores) == (2, 0)
        assert stores.reservations.get(A, "res_1") is None

    def test_it_takes_of_all_products_or_of_none(self, stores: Stores) -> None:
        plenty, few = stock(counted(9)), stock(counted(1), product_id="prd_2")
        stores.stock.put(A, plenty)
        stores.stock.put(A, few)
        both = {"prd_1": plenty, "prd_2": stock(counted(9), product_id="prd_2")}
        with pytest.raises(VersionConflict):
            stores.reservations.hold(A, holding(2, product_ids=("prd_1", "prd_2")), both, WRITTEN)
        assert level(stores, "prd_1") == (9, 0)
        stores.reservations.hold(A, holding(1, product_ids=("prd_1", "prd_2")), both, WRITTEN)
        assert (level(stores, "prd_1"), level(stores, "prd_2")) == ((8, 1), (0, 1))

    def test_a_backordered_variant_goes_below_zero_only_while_it_is_one(self, stores: Stores) -> None:
        known = stock(counted(1, backorder=True))
        stores.stock.put(A, known)
        stores.reservations.hold(A, holding(3), {"prd_1": known}, WRITTEN)
        assert level(stores) == (-2, 3)
        stores.stock.put(A, stock(counted(-2, reserved=3), version=3))
        with pytest.raises(VersionConflict):
            stores.reservations.hold(A, holding(1, "res_2"), {"prd_1": known}, WRITTEN)

    def test_a_variant_that_is_no_longer_counted_is_not_taken(self, stores: Stores) -> None:
        stores.stock.put(A, stock(VariantStock("v1", False, levels=(Level("default", 5),))))
        with pytest.raises(VersionConflict):
            stores.reservations.hold(A, holding(1), {"prd_1": stock(counted(5))}, WRITTEN)

    def test_an_id_is_used_once(self, stores: Stores) -> None:
        known = stock(counted(5))
        stores.stock.put(A, known)
        stores.reservations.hold(A, holding(1), {"prd_1": known}, WRITTEN)
        with pytest.raises(VersionConflict):
            stores.reservations.hold(A, holding(1), {"prd_1": known}, WRITTEN)
        assert level(stores) == (4, 1)


@pytest.fixture
def held(stores: Stores) -> Stores:
    known = stock(counted(5))
    stores.stock.put(A, known)
    stores.reservations.hold(A, holding(3), {"prd_1": known}, WRITTEN)
    return stores


BACK = {"prd_1": {("v1", "default"): 3}}


class TestEnding:
    @pytest.mark.parametrize(("outcome", "left"), [("released", (5, 0)), ("expired", (5, 0)), ("committed", (2, 0))])
    def test_goods_come_back_unless_they_left(self, held: Stores, outcome: Any, left: tuple[int, int]) -> None:
        ended = holding(3).ended(outcome, NOON)
        held.reservations.end(A, ended, outcome, BACK, WRITTEN)
        assert level(held) == left
        assert held.reservations.get(A, "res_1") == ended

    def test_it_ends_once(self, held: Stores) -> None:
        held.reservations.end(A, holding(3).ended("released", NOON), "released", BACK, WRITTEN)
        with pytest.raises(VersionConflict):
            held.reservations.end(A, holding(3).ended("committed", NOON), "committed", BACK, WRITTEN)
        assert level(held) == (5, 0)

    def test_more_than_is_reserved_never_comes_back(self, held: Stores) -> None:
        with pytest.raises(VersionConflict):
            held.reservations.end(
                A, holding(3).ended("released", NOON), "released", {"prd_1": {("v1", "default"): 4}}, WRITTEN
            )
        stored = held.reservations.get(A, "res_1")
        assert stored is not None
        assert stored.status == "held"

    def test_it_can_end_without_giving_anything_back(self, held: Stores) -> None:
        held.reservations.end(A, holding(3).ended("released", NOON), "released", {}, WRITTEN)
        assert level(held) == (2, 3)


class TestRunningOut:
    def test_held_reservations_are_found_when_their_time_is_over(self, held: Stores) -> None:
        known = held.stock.get_many(A, ["prd_1"])
        held.reservations.hold(A, holding(1, "res_2", minutes=20), known, WRITTEN)
        at = NOON + timedelta(minutes=15)
        assert held.reservations.ran_out(A, "prd_1", at - timedelta(milliseconds=1)) == ()
        assert held.reservations.ran_out(A, "prd_1", at) == ("res_1",)
        assert held.reservations.ran_out(A, "prd_2", at) == ()
        assert held.reservations.ran_out(B, "prd_1", at) == ()
        assert list(held.reservations.due(at - timedelta(milliseconds=1))) == []
        assert set(held.reservations.due(at)) == {(A, "res_1")}
        assert set(held.reservations.due(at + timedelta(minutes=5))) == {(A, "res_1"), (A, "res_2")}

    def test_ended_ones_are_not(self, held: Stores) -> None:
        held.reservations.end(A, holding(3).ended("released", NOON), "released", BACK, WRITTEN)
        later = NOON + timedelta(hours=1)
        assert held.reservations.ran_out(A, "prd_1", later) == ()
        assert list(held.reservations.due(later)) == []


class TestInTheTable:
    """What only DynamoDB can show."""

    @pytest.fixture
    def bound(self, tables: Callable[[str], str]) -> type[CatalogItem]:
        return bind(CatalogItem, tables("catalog"))

    def test_the_widest_reservation_fits_into_an_expression(
        self, bound: type[CatalogItem], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from pynamodb.connection import Connection

        sent: list[Any] = []
        monkeypatch.setattr(Connection, "transact_write_items", lambda _, **request: sent.append(request))
        variants = tuple(
            replace(counted(9, variant_id=f"var_{n:032x}"), backorder=True, levels=(Level(f"{n:032}", 9),))
            for n in range(MAX_PIECES)
        )
        lines = tuple(Line(Wanted("prd_1", v.variant_id, 1), (Taken(v.levels[0].location, 1),)) for v in variants)
        wide = replace(holding(1), lines=lines)
        store = DynamoReservations(bound)
        store.hold(A, wide, {"prd_1": stock(*variants)}, WRITTEN)
        store.end(A, wide.ended("released", NOON), "released", wide.pieces(), WRITTEN)
        updates = [request["update_items"][0] for request in sent]
        longest = max(len(update[part]) for update in updates for part in ("UpdateExpression", "ConditionExpression"))
        assert 2000 < longest <= 4096
