"""Thresholds alarm once per crossing, however a value swings."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skuflow.kernel.errors import Invalid
from skuflow.quality.thresholds import Threshold, checked_limits, measured, set_to
from tests.doubles import START

percents = st.integers(0, 10_000).map(lambda hundredths: Decimal(hundredths) / 100)


def threshold(direction: Literal["below", "above"] = "below", limit: str = "80", margin: str = "2") -> Threshold:
    return Threshold("qth_1", "products", "", "score", direction, Decimal(limit), Decimal(margin), START)


def after(one: Threshold, *values: str) -> Threshold:
    for number, value in enumerate(values, start=1):
        one = measured(one, Decimal(value), (one.measured_at or START) + timedelta(seconds=number))
    return one


@pytest.mark.parametrize(
    ("values", "crossings"),
    [
        (["80.00"], 0),
        (["79.99"], 1),
        (["79.99", "80.00", "79.00", "81.99", "79.00"], 1),
        (["79.99", "82.00", "79.00"], 2),
        (["90", "70", "90", "70"], 2),
    ],
)
def test_a_value_that_swings_about_the_limit_alarms_once(values: list[str], crossings: int) -> None:
    assert after(threshold(), *values).crossings == crossings


def test_without_a_margin_each_return_to_the_limit_counts() -> None:
    assert after(threshold(margin="0"), "79", "80", "79").crossings == 2


def test_an_older_measure_changes_nothing() -> None:
    now = measured(threshold(), Decimal(90), START)
    assert measured(now, Decimal(10), START) == now
    assert measured(now, Decimal(10), START - timedelta(hours=1)) == now


@settings(max_examples=60)
@given(st.lists(percents, max_size=30), percents, percents, st.sampled_from(["below", "above"]))
def test_between_two_alarms_the_value_has_come_back_by_the_margin(
    values: list[Decimal], limit: Decimal, margin: Decimal, direction: Literal["below", "above"]
) -> None:
    one = Threshold("qth_1", "products", "", "score", direction, limit, margin, START)
    best: Decimal | None = None
    for number, value in enumerate(values):
        now = measured(one, value, START + timedelta(seconds=number))
        beyond = value - limit if direction == "below" else limit - value
        if now.crossings > one.crossings:
            assert beyond < 0
            assert best is None or best >= margin
            best = beyond
        elif best is not None:
            best = max(best, beyond)
        one = now


def test_another_limit_is_judged_anew_and_the_same_changes_nothing() -> None:
    crossed = after(threshold(), "50")
    assert set_to(crossed, threshold()) == crossed
    moved = set_to(crossed, threshold(limit="60"))
    assert (moved.crossed, moved.crossings) == (False, 1)
    assert after(moved, "50").crossings == 2


@pytest.mark.parametrize("limit", ["-1", "100.01", "NaN", "Infinity", "1.001"])
def test_what_is_no_percentage_is_refused_by_name(limit: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_limits(Decimal(limit), Decimal(limit))
    assert [problem.field for problem in refused.value.problems] == ["limit", "margin"]
