"""Shares of turnover: free events and amounts, fixed amounts, bounds per event."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.billing.charges.model import Charge, Measured
from skuflow.billing.charges.pricing import price

D = Decimal
CARD = Charge("card", "payments", "percentage", rate=D("1.3"), fixed_amount=D(2))
BOUNDED = Charge("card", "payments", "percentage", rate=D("2.99"), min_per_event=D("1.75"), max_per_event=D(12))


def turned_over(*amounts: int | str) -> Measured:
    values = tuple(D(amount) for amount in amounts)
    return Measured(sum(values, D(0)), len(values), values)


FOUR = turned_over(50, 100, 250, 400)


@pytest.mark.parametrize(
    ("free_events", "free_amount", "cost"),
    [
        (None, None, "18.4"),
        (3, None, "7.2"),
        (None, "250", "11.15"),
        (3, "250", "11.15"),
        (3, "500", "7.2"),
        (9, None, "0"),
        (None, "800", "0"),
        (None, "150", "12.45"),
    ],
)
def test_the_allowance_that_ends_first_ends_both(free_events: int | None, free_amount: str | None, cost: str) -> None:
    charge = replace(CARD, free_events=free_events, free_amount=None if free_amount is None else D(free_amount))
    assert price(charge, FOUR).amount == D(cost)


@pytest.mark.parametrize(
    ("changes", "cost"),
    [
        ({}, "16.142"),
        ({"fixed_amount": D(2)}, "18.691"),
        ({"free_events": 2}, "12"),
        ({"free_amount": D(30)}, "13.794"),
        ({"free_events": 3, "free_amount": D(10_000)}, "2.691"),
        ({"free_events": 1, "free_amount": D(10_000)}, "14.392"),
        ({"min_per_event": None}, "14.691"),
        ({"max_per_event": None}, "303.142"),
    ],
)
def test_bounds_hold_for_each_event_that_is_paid(changes: dict[str, Decimal | int | None], cost: str) -> None:
    charge = replace(BOUNDED, **changes)  # type: ignore[arg-type]
    assert price(charge, turned_over(10, 80, 10_000)).amount == D(cost)


def test_no_turnover_costs_nothing_however_many_events_there_were() -> None:
    assert price(CARD, Measured(D(0), 4)).amount == 0


def test_a_sum_alone_does_not_do_where_single_events_count() -> None:
    assert not CARD.reads_events
    with pytest.raises(ValueError, match="card"):
        price(BOUNDED, Measured(D(10_090), 3))


@given(st.lists(st.decimals(min_value=0, max_value=10_000, places=2), max_size=12), st.integers(0, 12))
def test_free_events_are_as_if_they_had_not_been(amounts: list[Decimal], free: int) -> None:
    whole = price(replace(CARD, free_events=free), turned_over(*map(str, amounts)))
    rest = turned_over(*map(str, amounts[free:]))
    if sum(amounts[free:]):
        assert whole.amount == price(CARD, rest).amount
    assert sum(step.amount for step in whole.steps) == whole.amount
