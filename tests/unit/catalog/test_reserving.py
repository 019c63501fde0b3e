"""Reserving and ending reservations, against a store that somebody else writes to as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from skuflow.catalog.inventory import Delta, Level, ProductStock, VariantStock, with_deltas
from skuflow.catalog.inventory_store import ATTEMPTS, Written, rewrite
from skuflow.catalog.release import commit, expire, release, release_ran_out
from skuflow.catalog.reservation import Reservation, Wanted
from skuflow.catalog.reserve import reserve
from skuflow.kernel.errors import Conflict, Invalid, NotFound, TransientError, VersionConflict
from tests.fakes.inventory import FakeStock
from tests.stock import CAUSE, NOON, WRITTEN, A, B, catalogue

LATER = replace(WRITTEN, at=NOON + timedelta(minutes=15))


def kept(units: int, *, product_id: str = "prd_1", backorder: bool = False) -> ProductStock:
    return ProductStock(product_id, 1, (VariantStock("v1", True, backorder, levels=(Level("default", units),)),))


def shop(*stocks: ProductStock) -> FakeStock:
    store = FakeStock()
    for one in stocks:
        store.put(A, one)
    return store


def units(store: FakeStock, product_id: str = "prd_1") -> tuple[int, int]:
    held = store.stocks(A, [product_id])[product_id].variants[0].levels[0]
    return held.available, held.reserved


def want(number: int, *product_ids: str) -> list[Wanted]:
    return [Wanted(product_id, "v1", number) for product_id in product_ids or ("prd_1",)]


def take(store: Any, name: str, wanted: list[Wanted], written: Written = WRITTEN, **how: Any) -> Reservation:
    known = {"products": catalogue("prd_1", "prd_2"), **how}
    return reserve(store, A, name, wanted, hold=timedelta(minutes=15), reference="cart 7", written=written, **known)


class TestReserving:
    def test_all_lines_are_held_until_their_time_is_over(self) -> None:
        store = shop(kept(5), kept(2, product_id="prd_2"))
        made = take(store, "res_1", want(2, "prd_1", "prd_2"))
        assert (made.status, made.created_at, made.expires_at) == (
            "held",
            "2026-05-01T12:00:00.000Z",
            "2026-05-01T12:15:00.000Z",
        )
        assert (units(store, "prd_1"), units(store, "prd_2")) == ((3, 2), (0, 2))

    def test_one_short_line_reserves_nothing(self) -> None:
        store = shop(kept(5), kept(1, product_id="prd_2"))
        with pytest.raises(Conflict) as refused:
            take(store, "res_1", want(2, "prd_1", "prd_2"))
        assert [problem.field for problem in refused.value.problems] == ["lines.1"]
        assert units(store) == (5, 0)

    def test_asking_again_gives_the_same_whatever_became_of_it(self) -> None:
        store = shop(kept(5))
        made = take(store, "res_1", want(2))
        assert take(store, "res_1", want(2)) == made
        release(store, A, "res_1", WRITTEN)
        assert take(store, "res_1", want(2)).status == "released"
        assert units(store) == (5, 0)

    def test_an_id_does_not_serve_for_something_else(self) -> None:
        store = shop(kept(5))
        take(store, "res_1", want(2))
        with pytest.raises(Conflict, match="something else"):
            take(store, "res_1", want(3))

    def test_only_what_is_in_the_catalogue_is_reserved(self) -> None:
        wanted = [Wanted("prd_1", "v2", 1), Wanted("prd_1", "v1", 1), Wanted("prd_9", "v1", 1)]
        with pytest.raises(Invalid) as refused:
            take(shop(kept(5)), "res_1", wanted)
        assert [problem.field for problem in refused.value.problems] == ["lines.0.variant_id", "lines.2.product_id"]

    def test_a_reservation_outlives_its_product(self) -> None:
        store = shop(kept(5))
        made = take(store, "res_1", want(2))
        assert take(store, "res_1", want(2), products=catalogue()) == made

    def test_reservations_that_ran_out_make_room(self) -> None:
        store = shop(kept(5))
        take(store, "res_1", want(4))
        with pytest.raises(Conflict):
            take(store, "res_2", want(4))
        assert take(store, "res_2", want(4), LATER).status == "held"
        first = store.get(A, "res_1")
        assert first is not None
        assert first.status == "expired"
        assert units(store) == (1, 4)

    def test_room_that_is_still_not_enough_is_refused(self) -> None:
        store = shop(kept(5))
        take(store, "res_1", want(4))
        with pytest.raises(Conflict):
            take(store, "res_2", want(6), LATER)
        assert units(store) == (5, 0)


@dataclass(slots=True)
class Rival(FakeStock):
    """Somebody else writes just before each of our next writes."""

    _moves: list[Callable[[], object]] = field(default_factory=list)

    def hold(self, *args: Any, **how: Any) -> None:
        self._move()
        FakeStock.hold(self, *args, **how)

    def end(self, *args: Any, **how: Any) -> None:
        self._move()
        FakeStock.end(self, *args, **how)

    def put(self, *args: Any, **how: Any) -> None:
        self._move()
        FakeStock.put(self, *args, **how)

    def _move(self) -> None:
        if self._moves:
            self._moves.pop(0)()


@pytest.fixture
def rival() -> Rival:
    store = Rival()
    store.put(A, kept(5))
    return store


class TestRaces:
    def test_a_lost_race_is_tried_again_with_what_is_left(self, rival: Rival) -> None:
        rival._moves = [lambda: take(rival, "res_2", want(3))]
        waits: list[int] = []
        assert take(rival, "res_1", want(2), pause=waits.append).status == "held"
        assert units(rival) == (0, 5)
        assert waits == []

    def test_what_is_no_longer_there_is_refused(self, rival: Rival) -> None:
        rival._moves = [lambda: take(rival, "res_2", want(4))]
        waits: list[int] = []
        with pytest.raises(Conflict):
            take(rival, "res_1", want(2), pause=waits.append)
        assert waits == [1]

    def test_a_twin_of_the_same_id_gets_the_same_reservation(self, rival: Rival) -> None:
        twin: list[Reservation] = []
        rival._moves = [lambda: twin.append(take(rival, "res_1", want(2)))]
        assert take(rival, "res_1", want(2)) == twin[0]
        assert units(rival) == (3, 2)

    def test_it_gives_up_when_others_are_always_faster(self, rival: Rival) -> None:
        def lose() -> None:
            raise VersionConflict("lost")

        rival._moves = [lose] * (3 * ATTEMPTS)
        waits: list[int] = []
        with pytest.raises(TransientError):
            take(rival, "res_1", want(2), pause=waits.append)
        assert waits == list(range(1, ATTEMPTS + 1))
        with pytest.raises(TransientError):
            rewrite(rival, A, "prd_1", lambda old: old and with_deltas(old, [Delta("v1", "default", 1)], NOON), WRITTEN)

    @pytest.mark.parametrize("winner", ["release", "commit", "expire"])
    @pytest.mark.parametrize("loser", ["release", "commit", "expire"])
    def test_of_two_ends_exactly_one_happens(self, rival: Rival, winner: str, loser: str) -> None:
        ends = {"release": release, "commit": commit, "expire": expire}
        outcome = {"release": "released", "commit": "committed", "expire": "expired"}
        take(rival, "res_1", want(2))
        at = {"expire": LATER}
        rival._moves = [lambda: ends[winner](rival, A, "res_1", at.get(winner, WRITTEN))]
        try:
            ends[loser](rival, A, "res_1", at.get(loser, WRITTEN))
        except Conflict:
            assert "commit" in (winner, loser)
        after = rival.get(A, "res_1")
        assert after is not None
        assert (after.status, after.version) == (outcome[winner], 2)
        assert units(rival) == ((3, 0) if winner == "commit" else (5, 0))


class TestEnding:
    @pytest.fixture
    def store(self) -> FakeStock:
        store = shop(kept(5))
        take(store, "res_1", want(2))
        return store

    def test_released_goods_can_be_had_again(self, store: FakeStock) -> None:
        assert release(store, A, "res_1", WRITTEN).status == "released"
        assert release(store, A, "res_1", WRITTEN).status == "released"
        assert units(store) == (5, 0)

    def test_committed_goods_are_gone(self, store: FakeStock) -> None:
        assert commit(store, A, "res_1", WRITTEN).status == "committed"
        assert commit(store, A, "res_1", WRITTEN).status == "committed"
        assert units(store) == (3, 0)
        with pytest.raises(Conflict, match="have left"):
            release(store, A, "res_1", WRITTEN)

    def test_what_was_given_back_cannot_be_committed(self, store: FakeStock) -> None:
        release(store, A, "res_1", WRITTEN)
        with pytest.raises(Conflict, match="is released"):
            commit(store, A, "res_1", WRITTEN)

    def test_what_ran_out_cannot_be_committed_even_before_the_sweep(self, store: FakeStock) -> None:
        with pytest.raises(Conflict, match="ran out"):
            commit(store, A, "res_1", LATER)
        assert units(store) == (5, 0)

    def test_releasing_what_ran_out_is_no_mistake(self, store: FakeStock) -> None:
        assert release(store, A, "res_1", LATER).status == "expired"
        assert units(store) == (5, 0)

    def test_nothing_expires_before_its_time_or_twice(self, store: FakeStock) -> None:
        assert not expire(store, A, "res_1", WRITTEN)
        assert expire(store, A, "res_1", LATER)
        assert not expire(store, A, "res_1", LATER)
        assert not expire(store, A, "res_9", LATER)

    def test_the_lazy_sweep_counts_what_it_ended(self, store: FakeStock) -> None:
        take(store, "res_2", want(1), replace(WRITTEN, at=NOON + timedelta(minutes=1)))
        assert release_ran_out(store, A, ["prd_1", "prd_2"], LATER) == 1
        assert units(store) == (4, 1)

    @pytest.mark.parametrize("end", [release, commit])
    def test_another_clients_reservation_is_not_found(self, store: FakeStock, end: Callable[..., object]) -> None:
        with pytest.raises(NotFound):
            end(store, B, "res_1", WRITTEN)

    def test_goods_whose_stock_is_no_longer_kept_do_not_come_back(self, store: FakeStock) -> None:
        gone = VariantStock("v1", True, levels=(Level("shop", 1),))
        store.put(A, ProductStock("prd_1", 3, (gone,)))
        assert release(store, A, "res_1", WRITTEN).status == "released"
        assert units(store) == (1, 0)


def test_an_adjustment_is_applied_once_however_often_it_comes() -> None:
    store = shop(kept(5))

    def more(old: ProductStock | None) -> ProductStock | None:
        return old and with_deltas(old, [Delta("v1", "default", 2)], NOON)

    written = Written(datetime.fromisoformat("2026-05-01T13:00:00Z"), "api", CAUSE)
    first = rewrite(store, A, "prd_1", more, written, adjustment_id="adj_1")
    again = rewrite(store, A, "prd_1", more, written, adjustment_id="adj_1")
    assert first == again
    assert first is not None
    assert (first.version, first.source, first.changed_at) == (2, "api", "2026-05-01T13:00:00.000Z")
    assert units(store) == (7, 0)
