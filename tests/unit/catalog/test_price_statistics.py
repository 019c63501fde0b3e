"""What a course of prices says: figures, reductions and badges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.catalog.price_history import Moment, State
from skuflow.catalog.price_statistics import Badge, Statistics, statistics
from skuflow.kernel.money import Money

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def cad(minor: int) -> Money:
    return Money(minor, "CAD")


def course(*steps: tuple[float, Any]) -> list[Moment]:
    """(days before now, cents or (cents, compare-at cents) or None), earliest first."""
    made = []
    for days_ago, step in steps:
        price, compare_at = step if isinstance(step, tuple) else (step, None)
        state = State(cad(price) if price is not None else None, cad(compare_at) if compare_at else None)
        made.append(Moment(NOON - timedelta(days=days_ago), "s", state))
    return made


def said(*steps: tuple[float, Any]) -> Statistics:
    made = statistics(course(*steps), NOON)
    assert made is not None
    return made


def badges(*steps: tuple[float, Any]) -> dict[str, int | None]:
    return {badge.kind: badge.percent for badge in said(*steps).badges}


def test_nothing_is_said_of_a_variant_without_a_price() -> None:
    assert statistics([], NOON) is None
    assert statistics(course((5, 100), (1, None)), NOON) is None


def test_windows_look_back_7_30_and_90_days() -> None:
    windows = {w.days: (w.lowest, w.highest, w.median) for w in said((100, 50), (80, 200), (20, 80), (5, 100)).windows}
    assert windows == {
        7: (cad(80), cad(100), cad(100)),
        30: (cad(80), cad(200), cad(80)),
        90: (cad(50), cad(200), cad(200)),
    }


def test_the_usual_price_is_one_that_there_was_for_at_least_half_of_the_time() -> None:
    assert said((7, 300), (3.4, 100)).windows[0].median == cad(300)
    assert said((7, 300), (3.5, 100)).windows[0].median == cad(100)


def test_a_reduction_is_measured_against_the_lowest_price_of_the_30_days_before_it() -> None:
    reduction = said((60, 70), (39, 90), (20, 120), (10, 80)).reduction
    assert reduction is not None
    assert (reduction.since, reduction.reference, reduction.drop_percent) == (NOON - 10 * DAY, cad(70), "33.33")
    earlier = said((60, 70), (40, 90), (20, 120), (10, 80)).reduction
    assert earlier is not None
    assert earlier.reference == cad(90)


def test_a_risen_price_is_no_reduction() -> None:
    assert said((60, 70), (10, 80)).reduction is None


def test_a_reduction_older_than_90_days_is_the_ordinary_price() -> None:
    assert said((110, 100), (91, 80)).reduction is None
    assert said((110, 100), (90, 80)).reduction is not None


def test_a_compare_at_price_begins_a_reduction_when_it_is_first_shown() -> None:
    reduction = said((60, 70), (10, (70, 100))).reduction
    assert reduction is not None
    assert (reduction.since, reduction.reference, reduction.drop_percent) == (NOON - 10 * DAY, cad(70), None)


@pytest.mark.parametrize(
    ("steps", "percent"),
    [
        ([(60, 100), (10, (80, 100))], 20),
        ([(10, (80, 100))], 20),
        ([(60, 100), (10, (67, 100))], 33),
    ],
)
def test_a_real_reduction_with_a_compare_at_price_is_a_sale(steps: list[Any], percent: int) -> None:
    assert badges(*steps)["sale"] == percent


@pytest.mark.parametrize(
    "steps",
    [
        [(60, 80), (11, 100), (10, (80, 100))],
        [(60, 80), (10, (80, 100))],
        [(60, 80), (20, 70), (10, (75, 100))],
        [(60, 100), (10, (80, 80))],
        [(60, 100), (10, 80)],
    ],
)
def test_a_price_raised_to_be_cut_or_never_cut_at_all_is_no_sale(steps: list[Any]) -> None:
    assert "sale" not in badges(*steps)


def test_a_fall_by_5_percent_is_news_for_a_week() -> None:
    assert badges((60, 100), (7, 95))["price_drop"] == 5
    assert "price_drop" not in badges((60, 100), (7.1, 95))
    assert "price_drop" not in badges((60, 1000), (1, 951))
    assert "price_drop" not in badges((60, 100), (5, 80), (1, 90))


def test_the_lowest_price_in_30_days_needs_a_higher_one_in_that_time() -> None:
    assert "lowest_in_30_days" in badges((60, 100), (10, 80))
    assert "lowest_in_30_days" not in badges((60, 100), (40, 80))
    assert "lowest_in_30_days" not in badges((60, 100), (20, 70), (10, 80))


def test_prices_in_another_currency_are_as_if_there_were_none() -> None:
    steps = course((20, 100), (10, 80))
    foreign = replace(steps[0], state=State(Money(1, "USD")))
    made = statistics([foreign, steps[1]], NOON)
    assert made is not None
    assert (made.windows[1].lowest, made.reduction, made.prior_low) == (cad(80), None, None)


def naive(steps: Sequence[tuple[int, int | None]], days: int) -> list[int]:
    """The price in force in each hour of the last `days` days, worked out hour by hour."""
    prices = []
    for hour in range(days * 24, 0, -1):
        past = [price for hours_ago, price in steps if hours_ago >= hour]
        if past and past[-1] is not None:
            prices.append(past[-1])
    return prices


@given(
    st.lists(
        st.tuples(st.integers(1, 119 * 24), st.one_of(st.integers(1, 9), st.none())),
        max_size=10,
        unique_by=lambda p: p[0],
    ),
    st.integers(1, 9),
)
def test_figures_equal_those_worked_out_hour_by_hour(past: list[tuple[int, int | None]], last: int) -> None:
    steps = [*sorted(past, reverse=True), (0, last)]
    made = said(*((hours / 24, price) for hours, price in steps))
    for window in made.windows:
        hours = naive(steps, window.days)
        seen = [*hours, last]
        assert (window.lowest, window.highest) == (cad(min(seen)), cad(max(seen)))
        assert window.median == cad(sorted(hours)[(len(hours) - 1) // 2] if hours else last)
    since = next(h for n, (h, p) in enumerate(steps) if all(price == last for _, price in steps[n:]))
    before = [p for hour, p in _hours(steps) if since < hour <= since + 30 * 24]
    assert made.prior_low == (cad(min(before)) if before else None)
    assert ("lowest_in_30_days" in {badge.kind for badge in made.badges}) == (
        bool(naive(steps, 30)) and last <= min(naive(steps, 30)) and last < max(naive(steps, 30))
    )


def _hours(steps: Sequence[tuple[int, int | None]]) -> list[tuple[int, int]]:
    """(hours ago, price in force in the hour that began then), for all hours with a price."""
    found = []
    for hour in range(160 * 24, 0, -1):
        past = [price for hours_ago, price in steps if hours_ago >= hour]
        if past and past[-1] is not None:
            found.append((hour, past[-1]))
    return found


def test_badges_tell_their_percent_rounded_down() -> None:
    assert Badge("sale", 33) in said((60, 150), (10, (100, 150))).badges
