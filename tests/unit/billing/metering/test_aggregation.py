"""From events to a quantity."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.billing.metering.aggregation import aggregated
from skuflow.billing.metering.model import Aggregation, Metric, RawUsage, units_of

D = Decimal
MARCH = datetime(2023, 3, 1, tzinfo=UTC)
APRIL = datetime(2023, 4, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
KINDS: tuple[Aggregation, ...] = ("count", "sum", "max", "unique_count", "latest", "weighted_sum")


def metric(kind: Aggregation) -> Metric:
    return Metric("m", kind, "unit", property="who")


def on(day: int, value: str | int, who: str = "") -> RawUsage:
    return RawUsage(MARCH + timedelta(days=day - 1), units_of(D(value)), properties={"who": who})


EVENTS = [on(2, 7, "a"), on(9, "2.5", "b"), on(31, 4, "a")]


@pytest.mark.parametrize(
    ("kind", "units"), [("count", 3), ("sum", "13.5"), ("max", 7), ("unique_count", 2), ("latest", 4)]
)
def test_events_become_one_quantity(kind: Aggregation, units: str | int) -> None:
    assert aggregated(metric(kind), EVENTS, MARCH, APRIL) == D(units)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_nothing(kind: Aggregation) -> None:
    assert aggregated(metric(kind), [], MARCH, APRIL) == 0


def test_a_level_from_before_is_held_until_it_changes() -> None:
    events = [
        RawUsage(APRIL + timedelta(days=3), units_of(D(-2000))),
        RawUsage(APRIL + timedelta(days=5), units_of(D(-200))),
    ]
    end = APRIL + timedelta(days=30)
    assert aggregated(metric("weighted_sum"), events, APRIL, end, level=units_of(D(2500))) == D("533.333333333333")


@given(st.lists(st.tuples(st.integers(0, 743), st.integers(-50, 50)), max_size=8), st.integers(0, 100))
def test_a_weighted_sum_is_the_mean_of_the_level_at_every_hour(changes: list[tuple[int, int]], opening: int) -> None:
    events = [RawUsage(MARCH + hour * HOUR, units_of(D(delta))) for hour, delta in sorted(changes)]
    levels = [opening + sum(delta for at, delta in changes if at <= hour) for hour in range(744)]
    mean = aggregated(metric("weighted_sum"), events, MARCH, APRIL, level=units_of(D(opening)))
    assert abs(mean * 744 - sum(levels)) <= D("1e-9")
