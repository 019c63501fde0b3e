"""Parts of a period: what they cost, and that they add up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.billing.proration import Ruler, exact_share, mean_over_period, prorated
from skuflow.billing.timeline_model import Proration, Span, UsageWindow
from skuflow.kernel.money import Money

MARCH = Span(datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC))
D = Decimal
TORONTO = ZoneInfo("America/Toronto")


def march(day: int, hour: int = 0) -> datetime:
    return datetime(2024, 3, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("by", "start", "cents"),
    [("day", march(4), 9032), ("second", march(4, 12), 8871), ("day30", march(4), 9000), ("day30", march(31), 0)],
)
def test_the_rest_of_a_month_costs_its_share(by: Proration, start: datetime, cents: int) -> None:
    part = Span(start, MARCH.end)
    assert prorated(D(100), "CAD", MARCH, part, Ruler(by)) == Money(cents, "CAD")


def test_a_day_of_23_hours_costs_what_every_day_costs_and_less_by_the_second() -> None:
    period = Span(datetime(2024, 3, 1, tzinfo=TORONTO), datetime(2024, 4, 1, tzinfo=TORONTO))
    short = Span(datetime(2024, 3, 10, tzinfo=TORONTO), datetime(2024, 3, 11, tzinfo=TORONTO))
    by_day, by_second = Ruler("day", "America/Toronto"), Ruler("second", "America/Toronto")
    in_utc = Span(short.start.astimezone(UTC), short.end.astimezone(UTC))
    whole = Span(period.start.astimezone(UTC), period.end.astimezone(UTC))
    assert prorated(D("31.00"), "CAD", whole, in_utc, by_day).minor == 100
    assert prorated(D("31.00"), "CAD", whole, in_utc, by_second).minor == 96


@pytest.mark.parametrize(
    ("start", "end", "days"), [((5, 23), (6, 15), 22), ((2, 23), (3, 15), 22), ((1, 31), (2, 28), 27)]
)
def test_even_months_have_thirty_days_each(start: tuple[int, int], end: tuple[int, int], days: int) -> None:
    moments = [datetime(2023, *day, tzinfo=UTC) for day in (start, end)]
    assert Ruler("day30").length(*moments) == days


def test_a_part_must_lie_within_its_period() -> None:
    with pytest.raises(ValueError, match="within"):
        prorated(D(1), "CAD", MARCH, Span(march(5), MARCH.end + timedelta(seconds=1)), Ruler("second"))


@given(
    st.decimals(min_value=0, max_value=10**6, places=4),
    st.sampled_from(["CAD", "JPY", "KWD"]),
    st.sampled_from(["second", "day", "day30"]),
    st.lists(st.integers(0, 31 * 24 * 60), max_size=12),
)
def test_the_parts_of_a_period_add_up_to_it_however_it_is_cut(
    fee: Decimal, currency: str, by: Proration, cuts: list[int]
) -> None:
    edges = [MARCH.start, *(MARCH.start + timedelta(minutes=cut) for cut in sorted(cuts)), MARCH.end]
    parts = [Span(start, end) for start, end in pairwise(edges)]
    costs = [prorated(fee, currency, MARCH, part, Ruler(by)) for part in parts]
    assert sum(costs, Money(0, currency)) == prorated(fee, currency, MARCH, MARCH, Ruler(by))
    for part, cost in zip(parts, costs, strict=True):
        assert cost.minor >= 0
        exact = exact_share(fee, MARCH, part, Ruler(by)).scaleb({"JPY": 0, "CAD": 2, "KWD": 3}[currency])
        assert abs(cost.minor - exact) <= 1 + D("1e-6")


def window(*spans: Span) -> UsageWindow:
    return UsageWindow("plan@1", MARCH.start, MARCH.end, spans, ("seats",))


def test_a_level_counts_for_the_part_of_the_period_in_which_it_was_held() -> None:
    late = Span(march(5), MARCH.end)
    assert mean_over_period(window(late), [(late, D(2500))]) == D("2177.419354838710")
    assert mean_over_period(window(late), []) == 0


@given(st.lists(st.integers(1, 31 * 24), min_size=1, max_size=6, unique=True), st.integers(0, 10**9))
def test_a_level_that_does_not_change_is_charged_once_however_often_the_plan_changes(
    cuts: list[int], level: int
) -> None:
    edges = [MARCH.start, *(MARCH.start + timedelta(hours=cut) for cut in sorted(cuts)), MARCH.end]
    spans = [Span(start, end) for start, end in pairwise(edges)]
    charged = sum((mean_over_period(window(span), [(span, D(level))]) for span in spans), D(0))
    assert abs(charged - level) <= D("1e-11")
