"""Where reserved units are taken from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.catalog.inventory import Level, ProductStock, VariantStock
from skuflow.catalog.reservation import MAX_PIECES, Line, Reservation, Taken, Wanted, allocate, pieces
from skuflow.kernel.errors import Conflict, Invalid

LEVELS = (Level("back", 2), Level("front", 5), Level("web", 2))


def stocks(*variants: VariantStock) -> dict[str, ProductStock]:
    return {"prd_1": ProductStock("prd_1", 1, variants)}


def want(units: int, location: str | None = None, variant: str = "v1") -> Wanted:
    return Wanted("prd_1", variant, units, location)


class TestAllocation:
    def test_the_fullest_location_serves_a_line_alone_if_it_can(self) -> None:
        lines = allocate(stocks(VariantStock("v1", True, levels=LEVELS)), [want(5)])
        assert lines == (Line(want(5), (Taken("front", 5),)),)

    def test_a_line_that_no_location_can_serve_is_split(self) -> None:
        (line,) = allocate(stocks(VariantStock("v1", True, levels=LEVELS)), [want(8)])
        assert line.taken == (Taken("front", 5), Taken("back", 2), Taken("web", 1))

    def test_a_named_location_is_the_only_one(self) -> None:
        shelf = stocks(VariantStock("v1", True, levels=LEVELS))
        assert allocate(shelf, [want(2, "web")])[0].taken == (Taken("web", 2),)
        with pytest.raises(Conflict) as refused:
            allocate(shelf, [want(3, "web")])
        assert refused.value.problems[0].message == "2 are available, 3 are wanted"

    def test_lines_of_one_variant_do_not_take_the_same_unit(self) -> None:
        lines = allocate(stocks(VariantStock("v1", True, levels=LEVELS)), [want(4, "front"), want(4)])
        assert pieces(lines) == {"prd_1": {("v1", "front"): 4, ("v1", "back"): 2, ("v1", "web"): 2}}

    def test_lines_that_name_a_location_go_first(self) -> None:
        variant = VariantStock("v1", True, levels=(Level("front", 2), Level("web", 1)))
        lines = allocate(stocks(variant), [want(1), want(2, "front")])
        assert lines == (Line(want(1), (Taken("web", 1),)), Line(want(2, "front"), (Taken("front", 2),)))

    def test_every_line_that_cannot_be_served_is_named(self) -> None:
        shelf = stocks(VariantStock("v1", True, levels=LEVELS), VariantStock("v2", False, in_stock=False))
        wanted = [want(99), want(1), want(1, variant="v2"), want(1, variant="v3"), want(1, "moon")]
        with pytest.raises(Conflict) as refused:
            allocate(shelf, wanted)
        assert [(p.field, p.message) for p in refused.value.problems] == [
            ("lines.0", "9 are available, 99 are wanted"),
            ("lines.2", "it is out of stock"),
            ("lines.4", "it is not stocked at moon"),
        ]

    def test_what_no_stock_is_kept_of_can_be_had_without_taking_any(self) -> None:
        assert allocate({}, [want(7)]) == (Line(want(7), ()),)
        assert allocate(stocks(VariantStock("v2", False)), [want(7)]) == (Line(want(7), ()),)

    def test_uncounted_stock_is_reserved_without_taking_any(self) -> None:
        assert allocate(stocks(VariantStock("v1", False)), [want(7)]) == (Line(want(7), ()),)

    def test_what_a_backordered_variant_lacks_goes_below_zero_at_its_fullest_location(self) -> None:
        variant = VariantStock("v1", True, backorder=True, levels=LEVELS)
        (line,) = allocate(stocks(variant), [want(12)])
        assert line.taken == (Taken("front", 8), Taken("back", 2), Taken("web", 2))

    def test_units_promised_before_are_not_taken_again(self) -> None:
        variant = VariantStock("v1", True, backorder=True, levels=(Level("default", -3, 3),))
        assert allocate(stocks(variant), [want(2)])[0].taken == (Taken("default", 2),)

    def test_lines_that_would_touch_too_many_levels_are_refused(self) -> None:
        levels = tuple(Level(f"l{n:03}", 1) for n in range(MAX_PIECES + 1))
        with pytest.raises(Invalid, match="too scattered"):
            allocate(stocks(VariantStock("v1", True, levels=levels)), [want(MAX_PIECES + 1)])

    @given(
        units=st.lists(st.integers(-3, 6), min_size=1, max_size=4),
        wanted=st.lists(st.tuples(st.integers(1, 6), st.sampled_from([None, "l0", "l1"])), min_size=1, max_size=4),
        backorder=st.booleans(),
    )
    def test_each_line_gets_exactly_what_it_wants_and_nothing_is_oversold(
        self, units: list[int], wanted: list[tuple[int, str | None]], backorder: bool
    ) -> None:
        levels = tuple(Level(f"l{n}", units[n]) for n in range(len(units)))
        variant = VariantStock("v1", True, backorder, True, levels)
        wants = [want(n, location) for n, location in wanted]
        try:
            lines = allocate(stocks(variant), wants)
        except Conflict:
            asked = {location for _, location in wanted}
            short = sum(max(n, 0) for n in units) < sum(n for n, _ in wanted) or asked != {None}
            assert short
            assert not backorder or any(
                location not in {level.location for level in levels} for location in asked - {None}
            )
            return
        assert [sum(t.units for t in line.taken) for line in lines] == [n for n, _ in wanted]
        assert all(t.units > 0 and line.wanted.location in (None, t.location) for line in lines for t in line.taken)
        for (_, location), taken in pieces(lines)["prd_1"].items():
            assert backorder or taken <= units[int(location[1:])]


NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


class TestReservation:
    held = Reservation("res_1", (), "held", "2026-05-01T11:45:00.000Z", "2026-05-01T12:00:00.000Z")

    def test_it_runs_out_at_its_time_unless_it_was_ended(self) -> None:
        assert not self.held.ran_out(NOON - timedelta(milliseconds=1))
        assert self.held.ran_out(NOON)
        assert not self.held.ended("committed", NOON).ran_out(NOON)

    def test_its_end_is_a_version_of_its_own(self) -> None:
        ended = self.held.ended("released", NOON)
        assert (ended.status, ended.ended_at, ended.version) == ("released", "2026-05-01T12:00:00.000Z", 2)
