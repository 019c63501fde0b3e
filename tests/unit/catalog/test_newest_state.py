"""States of a shop's products, in any order, come to what the shop showed last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from skuflow.catalog.change_product import ProductChange, VariantChange, change_product
from skuflow.catalog.model import variant_id
from skuflow.contracts.sync import SourceImage, SourceProduct, SourceVariant
from skuflow.kernel.money import Money
from tests.product_batches import Batch, variant
from tests.unit.catalog.window import NAME, ShopWindow, count_of, state


@pytest.fixture
def window() -> ShopWindow:
    return ShopWindow()


THREE = [state("shirt", at, variant("s", 1, price, quantity=at)) for at, price in ((1, 100), (2, 200), (3, 300))]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_newest_state_wins_in_any_order_of_batches(order: Sequence[int], window: ShopWindow) -> None:
    for n in order:
        window.shows(THREE[n])
    assert (window.prices(), window.units("shirt", "s")) == ({"s": 300}, 3)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_newest_state_of_one_file_wins_and_is_written_once(order: Sequence[int], window: ShopWindow) -> None:
    window.shows(*(THREE[n] for n in order))
    assert (window.prices(), window.units("shirt", "s")) == ({"s": 300}, 3)
    assert len(window.products.writes) == 1


def test_an_older_state_does_not_even_fill_in_what_the_newer_one_lacks(window: ShopWindow) -> None:
    window.shows(state("shirt", 2, variant("s", 1)))
    outcome = window.shows(state("shirt", 1, variant("s", 1), variant("m", 2, 500, quantity=9)))
    assert list(window.prices()) == ["s"]
    assert window.units("shirt", "m") is None
    assert (outcome.products_unchanged, outcome.unchanged) == (1, 2)


def test_variants_that_a_whole_product_no_longer_mentions_are_gone_with_their_stock(window: ShopWindow) -> None:
    window.shows(state("shirt", 1, variant("s", 1, quantity=1), variant("m", 2, quantity=2)))
    outcome = window.shows(state("shirt", 2, variant("m", 1, quantity=2)))
    assert list(window.prices()) == ["m"]
    assert (window.units("shirt", "s"), window.units("shirt", "m")) == (None, 2)
    assert (outcome.products_updated, outcome.unchanged) == (1, 1)


def test_a_state_that_is_not_the_whole_product_leaves_other_variants(window: ShopWindow) -> None:
    window.shows(state("shirt", 1, variant("s", 1, quantity=1), variant("m", 2, quantity=2)))
    window.shows(state("shirt", 2, variant("m", 1, 5, quantity=3)), complete=False)
    window.shows(state("shirt", 1.5, variant("m", 1, 7, quantity=4)), complete=False)
    assert (window.prices(), window.units("shirt", "s"), window.units("shirt", "m")) == ({"s": 1999, "m": 5}, 1, 3)


def test_a_variant_that_was_refused_is_still_there(window: ShopWindow) -> None:
    window.shows(state("shirt", 1, variant("s", 1), variant("m", 2)))
    outcome = window.shows(state("shirt", 2, variant("s", 1, 100), variant("m", 2, (-1, "CAD"))))
    assert window.prices() == {"s": 100, "m": 1999}
    assert [(r.lines, r.field) for r in outcome.rejected] == [((2,), "price")]


def test_variants_stand_as_the_last_whole_state_has_them(window: ShopWindow) -> None:
    window.shows(state("shirt", 1, variant("s", 1), variant("m", 2)))
    window.shows(state("shirt", 2, variant("l", 11), variant("m", 12), variant("s", 13)))
    assert [(v.key, v.position) for v in window.product("shirt").variants] == [("l", 1), ("m", 2), ("s", 3)]


def test_images_are_those_of_the_newest_state(window: ShopWindow) -> None:
    one, two = SourceImage("https://cdn.example/1.jpg"), SourceImage("https://cdn.example/2.jpg")
    window.shows(state("shirt", 1, variant("s", 1), images=(one, two)))
    window.shows(state("shirt", 2, variant("s", 1), images=(two,)))
    assert [image.url for image in window.product("shirt").all_images] == [two.url]


def test_the_same_state_again_writes_nothing(window: ShopWindow) -> None:
    window.shows(THREE[0])
    before = window.writes()
    outcome = window.shows(THREE[0])
    assert window.writes() == before
    assert (outcome.products_unchanged, outcome.unchanged) == (1, 1)


def test_the_same_state_seen_some_hours_later_writes_nothing(window: ShopWindow) -> None:
    """A shop's clock has whole seconds; the moment of looking is in the fraction: 100 s later is .9901, a day later .99999."""
    window.shows(replace(THREE[0], observed_at="2026-03-14T10:00:00.990099Z"))
    before = window.writes()
    window.shows(replace(THREE[0], observed_at="2026-03-14T10:00:00.999988Z"))
    assert window.writes() == before


def test_a_state_from_in_between_is_old_although_nothing_changed_since(window: ShopWindow) -> None:
    """10, then 20, then 10 again; the 20 comes last."""
    first, between, last = (
        state("shirt", at, variant("s", 1, price, quantity=n)) for at, price, n in ((1, 10, 5), (2, 20, 4), (3, 10, 5))
    )
    window.shows(first)
    written = window.product("shirt").updated_at
    outcome = window.shows(last)
    assert (outcome.products_unchanged, outcome.unchanged) == (1, 1)
    assert window.product("shirt").updated_at == written
    window.shows(between)
    assert (window.prices(), window.units("shirt", "s")) == ({"s": 10}, 5)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_states_of_one_moment_come_to_the_same_in_either_order(order: Sequence[int], window: ShopWindow) -> None:
    states = [state("shirt", 1, variant("s", 1, price)) for price in (100, 200)]
    for n in order:
        window.shows(states[n])
    again = ShopWindow()
    again.shows(*states)
    assert window.prices() == again.prices()


def test_what_was_set_by_hand_stays_until_the_shop_shows_something_newer(window: ShopWindow) -> None:
    window.shows(state("shirt", 1, variant("s", 1, 100), variant("m", 2, 100)))
    window.clock.advance(seconds=10)
    by_hand = VariantChange({"price": Money(55, "CAD")}, variant_id(NAME, "s"))
    new = VariantChange({"sku": "own"})
    change_product(NAME, ProductChange({"title": "Mine"}, [by_hand, new]), None, window.making, window.products)
    window.shows(state("shirt", 5, variant("s", 1, 200), variant("m", 2, 200), title="Theirs"))
    assert window.product("shirt").title == "Mine"
    assert [p for _, p in sorted(window.prices().items(), key=lambda item: item[1] or 0)] == [None, 55, 200]
    window.shows(state("shirt", 100, variant("s", 1, 200), variant("m", 2, 200), title="Theirs"))
    assert (window.product("shirt").title, window.prices()) == ("Theirs", {"s": 200, "m": 200})


class TestStockAlone:
    def test_counts_go_to_the_variants_that_are_known(self, window: ShopWindow) -> None:
        window.shows(state("shirt", 1, variant("s", 1, quantity=1), variant("m", 2, quantity=2)))
        writes = len(window.products.writes)
        outcome = window.counts(count_of("shirt", 2, s=7, m=2))
        assert (window.units("shirt", "s"), window.units("shirt", "m")) == (7, 2)
        assert (outcome.updated, outcome.unchanged, outcome.rejected) == (1, 1, ())
        assert len(window.products.writes) == writes

    def test_others_are_refused_with_the_way_out(self, window: ShopWindow) -> None:
        window.shows(state("shirt", 1, variant("s", 1, quantity=1)))
        outcome = window.counts(count_of("shirt", 2, s=7, xl=3), count_of("hat", 2, h=1))
        assert window.units("shirt", "s") == 7
        assert [(r.lines, r.field, r.value, r.reason) for r in outcome.rejected] == [
            ((2,), "variants", "xl", "the product has no such variant"),
            ((1,), "key", "hat", "there is no such product"),
        ]
        assert all("comes with it when it is read" in r.hint for r in outcome.rejected)
        assert list(window.prices()) == ["s"]

    def test_a_removed_product_has_no_stock_to_count(self, window: ShopWindow) -> None:
        window.shows(state("shirt", 1, variant("s", 1, quantity=1)))
        window.loses("shirt", at=2)
        assert [r.reason for r in window.counts(count_of("shirt", 3, s=7)).rejected] == ["there is no such product"]

    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def test_the_newest_look_wins_whichever_way_it_came(self, order: Sequence[int], window: ShopWindow) -> None:
        """Also where the newest one finds what was there before."""
        window.shows(state("shirt", 0, variant("s", 1, quantity=5)))
        looks = [
            lambda: window.counts(count_of("shirt", 1, s=9)),
            lambda: window.shows(state("shirt", 2, variant("s", 1, quantity=4))),
            lambda: window.counts(count_of("shirt", 3, s=5)),
        ]
        for n in order:
            looks[n]()
        assert window.units("shirt", "s") == 5

    def test_a_file_of_counts_without_times_is_merged_as_ever(self, window: ShopWindow) -> None:
        window.shows(state("shirt", 1, variant("s", 1, quantity=1)))
        said = SourceProduct("shirt", (2,), False, variants=(SourceVariant("s", 2, quantity=3),))
        later = Batch((said,), minutes=60, product_fields=(), variant_fields=("quantity",))
        assert window.rows(later) == (0, 1, 0, 0)
        assert window.units("shirt", "s") == 3


class TestRemoval:
    def test_a_deleted_product_is_gone_and_comes_back_only_by_a_newer_state(self, window: ShopWindow) -> None:
        window.shows(state("shirt", 1, variant("s", 1, quantity=1)))
        assert window.loses("shirt", at=3) == 1
        window.shows(state("shirt", 2, variant("s", 1, 5, quantity=1)), state("shirt", 3, variant("s", 1, 6)))
        assert window.product("shirt").status == "removed"
        outcome = window.shows(state("shirt", 4, variant("s", 1, 7, quantity=2)))
        assert (window.product("shirt").status, window.prices(), window.units("shirt", "s")) == ("active", {"s": 7}, 2)
        assert (outcome.products_created, outcome.created) == (1, 1)

    def test_it_stays_if_it_was_seen_later(self, window: ShopWindow) -> None:
        window.shows(state("shirt", 4, variant("s", 1)))
        assert window.loses("shirt", at=3) == 0
        assert window.product("shirt").status == "active"

    def test_news_of_a_deletion_may_outrun_the_product(self, window: ShopWindow) -> None:
        assert window.loses("shirt", at=3) == 0
        window.shows(state("shirt", 2, variant("s", 1, quantity=1)))
        assert (window.product("shirt").status, window.units("shirt", "s")) == ("removed", None)
        window.shows(state("shirt", 4, variant("s", 1, quantity=1)))
        assert window.product("shirt").status == "active"

    def test_the_last_of_several_deletions_counts(self, window: ShopWindow) -> None:
        window.shows(state("shirt", 1, variant("s", 1)))
        for at in (2, 6, 4):
            window.loses("shirt", at=at)
        window.shows(state("shirt", 5, variant("s", 1)))
        assert window.product("shirt").status == "removed"

    def test_the_same_deletion_again_writes_nothing(self, window: ShopWindow) -> None:
        window.shows(state("shirt", 1, variant("s", 1)))
        window.loses("shirt", "unknown", at=2)
        before = window.writes()
        assert window.loses("shirt", "unknown", at=2) == 0
        assert window.writes() == before


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (state("shirt", 1), "variants"),
        (replace(THREE[0], observed_at="yesterday"), "observed_at"),
        (replace(THREE[0], observed_at="2026-03-14T10:00:00"), "observed_at"),
        (replace(THREE[0], title=" "), "title"),
    ],
)
def test_a_state_that_cannot_be_one_is_refused_with_the_way_out(
    said: SourceProduct, field: str, window: ShopWindow
) -> None:
    (refused,) = window.shows(said, THREE[1]).rejected
    assert refused.field == field
    assert refused.hint
    assert window.prices() == {"s": 200}


def test_a_product_of_a_file_that_names_no_times_is_as_old_as_the_file(window: ShopWindow) -> None:
    window.shows(replace(THREE[2], observed_at=""), minutes=5)
    window.shows(THREE[1])
    assert window.prices() == {"s": 300}
