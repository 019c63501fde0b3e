"""Counting stock: what a source's counts, a person's counts and adjustments leave, and what they tell the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.catalog.inventory import (
    MAX_LEVELS,
    Delta,
    Level,
    ProductStock,
    Shelf,
    VariantStock,
    available,
    in_ms,
    is_available,
    stock_events,
    with_deltas,
    with_variant,
)
from skuflow.catalog.source_counts import Look, SourceCount, with_source_counts
from skuflow.contracts.catalog import StockChange, StockRanLow
from skuflow.kernel.errors import Conflict, Invalid


def stock(*variants: VariantStock, version: int = 1) -> ProductStock:
    return ProductStock("prd_1", version, variants, source="shopify")


def counted(units: int, *, reserved: int = 0, threshold: int | None = None, backorder: bool = False) -> VariantStock:
    return VariantStock("v1", True, backorder, True, (Level("default", units, reserved, threshold),))


def first_counts(*counts: SourceCount) -> ProductStock:
    made = with_source_counts(None, "prd_1", counts)
    assert made is not None
    return made


NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


class TestAvailability:
    def test_units_are_summed_over_locations(self) -> None:
        variant = VariantStock("v1", True, levels=(Level("a", 2), Level("b", 3, reserved=4)))
        assert available(variant) == 5

    def test_untracked_stock_has_no_number_and_follows_its_flag(self) -> None:
        assert available(VariantStock("v1", False)) is None
        assert is_available(VariantStock("v1", False, in_stock=True))
        assert not is_available(VariantStock("v1", False, in_stock=False))

    def test_nothing_left_is_out_of_stock_unless_backordered(self) -> None:
        assert not is_available(counted(0))
        assert is_available(counted(-2, backorder=True))
        assert is_available(counted(1))


class TestSourceCounts:
    def test_a_quantity_alone_means_that_units_are_counted(self) -> None:
        assert first_counts(SourceCount("v1", quantity=7)).variants == (counted(7),)

    def test_an_availability_flag_alone_means_that_they_are_not(self) -> None:
        assert first_counts(SourceCount("v1", in_stock=False)).variants == (VariantStock("v1", False, in_stock=False),)

    def test_tracked_without_a_quantity_is_zero(self) -> None:
        assert first_counts(SourceCount("v1", tracked=True)).variants == (counted(0),)

    def test_a_source_that_says_nothing_changes_nothing(self) -> None:
        assert with_source_counts(None, "prd_1", [SourceCount("v1")]) is None
        assert with_source_counts(stock(counted(3)), "prd_1", [SourceCount("v1")]) is None

    def test_reserved_units_are_taken_off_what_is_on_hand(self) -> None:
        after = with_source_counts(stock(counted(3, reserved=2)), "prd_1", [SourceCount("v1", quantity=4)])
        assert after is not None
        assert after.variants == (counted(2, reserved=2),)

    def test_the_same_count_again_changes_nothing(self) -> None:
        assert with_source_counts(stock(counted(3, reserved=2)), "prd_1", [SourceCount("v1", quantity=5)]) is None

    def test_a_source_may_have_counted_less_than_is_promised(self) -> None:
        after = with_source_counts(stock(counted(0, reserved=3)), "prd_1", [SourceCount("v1", quantity=1)])
        assert after is not None
        assert available(after.variants[0]) == -2

    def test_other_variants_locations_and_thresholds_stay(self) -> None:
        here = VariantStock("v1", True, levels=(Level("default", 1, low_stock_threshold=2), Level("shop", 9)))
        other = VariantStock("v2", False)
        after = with_source_counts(stock(here, other), "prd_1", [SourceCount("v1", quantity=5, backorder=True)])
        assert after is not None
        assert after.version == 2
        levels = (Level("default", 5, low_stock_threshold=2), Level("shop", 9))
        assert after.variants == (VariantStock("v1", True, True, True, levels), other)

    def test_variants_are_kept_in_order_of_id(self) -> None:
        made = first_counts(SourceCount("v9", quantity=1), SourceCount("v1", quantity=1))
        assert [v.variant_id for v in made.variants] == ["v1", "v9"]

    def test_too_many_levels_are_refused_before_the_item_is_too_large(self) -> None:
        with pytest.raises(Invalid, match="too many stock levels"):
            first_counts(*(SourceCount(f"v{n}", quantity=1) for n in range(MAX_LEVELS + 1)))

    @given(
        counts=st.lists(
            st.builds(
                SourceCount,
                st.sampled_from(["v1", "v2"]),
                st.none() | st.booleans(),
                st.none() | st.integers(-5, 5),
                st.none() | st.booleans(),
                st.none() | st.booleans(),
            )
        )
    )
    def test_counts_are_idempotent_and_counted_stock_always_has_a_level(self, counts: list[SourceCount]) -> None:
        once = with_source_counts(stock(counted(2, reserved=1)), "prd_1", counts)
        if once is not None:
            last = {count.variant_id: count for count in counts}
            assert with_source_counts(once, "prd_1", last.values()) is None
            assert all(v.levels for v in once.variants if v.tracked)
            assert sum(level.reserved for v in once.variants for level in v.levels) == 1


def set_v1(old: ProductStock | None, *shelves: Shelf, backorder: bool = False) -> ProductStock | None:
    return with_variant(old, "prd_1", "v1", tracked=True, backorder=backorder, in_stock=True, shelves=shelves, now=NOON)


class TestOlderLooks:
    earlier = NOON - timedelta(minutes=1)

    def test_an_older_count_does_not_undo_a_newer_one(self) -> None:
        newer = with_source_counts(None, "prd_1", [SourceCount("v1", quantity=3)], Look(NOON))
        older = [SourceCount("v1", quantity=9), SourceCount("v2", quantity=1)]
        after = with_source_counts(newer, "prd_1", older, Look(self.earlier))
        assert after is not None
        assert [available(v) for v in after.variants] == [3, 1]
        assert with_source_counts(after, "prd_1", older, Look(self.earlier)) is None

    def test_a_count_made_by_hand_is_a_look_too(self) -> None:
        by_hand = set_v1(None, Shelf("default", 3))
        assert by_hand is not None
        said = [SourceCount("v1", quantity=9)]
        assert with_source_counts(by_hand, "prd_1", said, Look(self.earlier)) is None
        adjusted = with_deltas(stock(counted(1)), [Delta("v1", "default", 2)], NOON)
        assert with_source_counts(adjusted, "prd_1", said, Look(self.earlier)) is None
        assert with_source_counts(adjusted, "prd_1", said, Look(NOON + timedelta(1))) is not None

    def test_another_look_that_finds_the_same_is_no_change(self) -> None:
        seen = with_source_counts(None, "prd_1", [SourceCount("v1", quantity=3)], Look(self.earlier))
        assert with_source_counts(seen, "prd_1", [SourceCount("v1", quantity=3)], Look(NOON)) is None

    def test_only_what_a_look_changes_is_from_that_look(self) -> None:
        said = [SourceCount("v1", quantity=3), SourceCount("v2", quantity=3)]
        seen = with_source_counts(None, "prd_1", said, Look(self.earlier))
        said = [SourceCount("v1", quantity=3), SourceCount("v2", quantity=2), SourceCount("v3", quantity=1)]
        after = with_source_counts(seen, "prd_1", said, Look(NOON))
        assert after is not None
        assert [v.seen_ms for v in after.variants] == [in_ms(self.earlier), in_ms(NOON), in_ms(NOON)]
        back_and_forth = [SourceCount("v1", quantity=9), SourceCount("v1", quantity=3), SourceCount("v2", quantity=1)]
        again = with_source_counts(after, "prd_1", back_and_forth, Look(NOON + timedelta(1)))
        assert again is not None
        assert [v.seen_ms for v in again.variants] == [in_ms(self.earlier), in_ms(NOON + timedelta(1)), in_ms(NOON)]


class TestSettingStock:
    def test_it_replaces_counts_and_keeps_what_is_reserved(self) -> None:
        after = set_v1(stock(counted(3, reserved=2)), Shelf("default", 10, 4), Shelf("shop", 1))
        assert after is not None
        assert after.variants[0].levels == (Level("default", 8, 2, 4), Level("shop", 1))

    def test_it_changes_nothing_if_it_is_so_already(self) -> None:
        assert set_v1(stock(counted(3, reserved=2)), Shelf("default", 5)) is None

    def test_a_location_with_reserved_units_cannot_be_left_out(self) -> None:
        with pytest.raises(Conflict) as refused:
            set_v1(stock(counted(3, reserved=2)), Shelf("shop", 5))
        assert refused.value.problems[0].remedy == "give on_hand for default"

    def test_counted_stock_without_a_location_is_none_at_the_default_one(self) -> None:
        made = set_v1(None)
        assert made is not None
        assert made.variants == (counted(0),)


class TestAdjusting:
    def test_units_come_and_go(self) -> None:
        after = with_deltas(stock(counted(3, reserved=1)), [Delta("v1", "default", -3), Delta("v1", "shop", 4)], NOON)
        assert after.version == 2
        assert after.variants[0].levels == (Level("default", 0, 1), Level("shop", 4))

    def test_no_more_can_leave_than_is_available(self) -> None:
        with pytest.raises(Conflict) as refused:
            with_deltas(stock(counted(3, reserved=5)), [Delta("v1", "default", -4)], NOON)
        assert refused.value.problems[0].message == "3 are available at default"

    def test_backordered_units_may_go_below_zero(self) -> None:
        after = with_deltas(stock(counted(1, backorder=True)), [Delta("v1", "default", -4)], NOON)
        assert available(after.variants[0]) == -3

    @pytest.mark.parametrize("variants", [(), (VariantStock("v1", False),)])
    def test_uncounted_stock_cannot_be_adjusted(self, variants: tuple[VariantStock, ...]) -> None:
        with pytest.raises(Invalid, match="only counted stock"):
            with_deltas(stock(*variants), [Delta("v1", "default", 1)], NOON)


class TestEvents:
    def test_first_stock_and_removed_stock_announce_nothing(self) -> None:
        assert stock_events(None, stock(counted(0, threshold=5))) == []
        assert stock_events(stock(counted(5)), None) == []

    def test_a_new_variant_announces_nothing(self) -> None:
        new = VariantStock("v2", False, in_stock=False)
        assert stock_events(stock(counted(5)), stock(counted(5), new)) == []

    def test_selling_out_and_coming_back(self) -> None:
        full, empty = stock(counted(2), version=4), stock(counted(0, reserved=2), version=5)
        assert stock_events(full, empty) == [("OutOfStock", StockChange("prd_1", "v1", 0, 5, "shopify"))]
        back = stock(counted(1), version=6)
        assert stock_events(empty, back) == [("BackInStock", StockChange("prd_1", "v1", 1, 6, "shopify"))]

    def test_uncounted_stock_has_no_number_in_its_event(self) -> None:
        old, new = stock(VariantStock("v1", False)), stock(VariantStock("v1", False, in_stock=False))
        assert stock_events(old, new) == [("OutOfStock", StockChange("prd_1", "v1", None, 1, "shopify"))]

    def test_a_change_within_availability_announces_nothing(self) -> None:
        assert stock_events(stock(counted(9)), stock(counted(3))) == []
        assert stock_events(stock(counted(1, backorder=True)), stock(counted(-3, backorder=True))) == []

    def test_running_low_is_announced_once_per_crossing(self) -> None:
        levels = [8, 5, 4, 5, 6, 3]
        states = [stock(counted(n, threshold=5), version=i) for i, n in enumerate(levels)]
        said = [stock_events(old, new) for old, new in pairwise(states)]
        low = [("StockRanLow", StockRanLow("prd_1", "v1", "default", n, 5, i)) for i, n in ((1, 5), (5, 3))]
        assert said == [[low[0]], [], [], [], [low[1]]]

    def test_a_threshold_set_above_the_stock_is_announced(self) -> None:
        assert [name for name, _ in stock_events(stock(counted(3)), stock(counted(3, threshold=5)))] == ["StockRanLow"]

    def test_uncounted_levels_do_not_run_low(self) -> None:
        old = stock(counted(9, threshold=5))
        new = stock(VariantStock("v1", False, levels=(Level("default", 1, 0, 5),)))
        assert stock_events(old, new) == []
