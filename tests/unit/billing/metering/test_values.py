"""Values of usage: which are taken, as what."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.billing.metering.model import Metric, units_of, value_of
from skuflow.billing.metering.values import value_in
from skuflow.kernel.errors import Problem

SUM, WHOLE = Metric("gb", "sum", "GB"), Metric("items", "sum", "item", whole=True)
LEVEL, COUNT = Metric("seats", "weighted_sum", "seat"), Metric("calls", "count", "call")


@pytest.mark.parametrize(
    ("given", "metric", "value"),
    [
        ("1.50", SUM, "1.5"),
        (0.1, SUM, "0.1"),
        ("-0", SUM, "0"),
        ("0e-999999999", SUM, "0"),
        ("1E+3", WHOLE, "1000"),
        ("12.000", WHOLE, "12"),
        ("999999999999.999999999999", SUM, "999999999999.999999999999"),
        ("-3.5", LEVEL, "-3.5"),
        (None, COUNT, "1"),
    ],
)
def test_a_value_is_taken_as_it_is_written(given: object, metric: Metric, value: str) -> None:
    assert value_in(given, metric) == Decimal(value)


@pytest.mark.parametrize(
    ("given", "metric"),
    [
        ("1.0000000000000000000000000000000000000001", SUM),
        ("1.0000000000000000000000000000000000000001", WHOLE),
        ("1e-13", SUM),
        ("-1", COUNT),
        ("1000000000000", LEVEL),
        ("-1000000000000", LEVEL),
        ("sNaN", SUM),
        ("-Infinity", LEVEL),
        (float("inf"), SUM),
        ("", SUM),
        ("1,5", SUM),
        ("0x10", SUM),
        ("9" * 65, SUM),
        (None, SUM),
    ],
)
def test_a_value_that_would_lose_something_or_is_none_is_refused(given: object, metric: Metric) -> None:
    found = value_in(given, metric)
    assert isinstance(found, Problem)
    assert (found.field, bool(found.remedy)) == ("value", True)


@given(st.integers(-(10**24), 10**24))
def test_units_and_values_are_the_same_number(units: int) -> None:
    assert units_of(value_of(units)) == units
    assert value_of(units) == Decimal(units).scaleb(-12)


@given(st.decimals(0, 10**12 - 1, places=12))
def test_every_value_that_is_taken_is_kept_exactly(value: Decimal) -> None:
    taken = value_in(f"{value:f}", SUM)
    assert isinstance(taken, Decimal)
    assert value_of(units_of(taken)) == value
