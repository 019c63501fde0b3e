"""A price text is changed in its number alone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.demo.prices import changed


@pytest.mark.parametrize(
    ("text", "percent", "style", "expected"),
    [
        ("50.00", -20, ".", "40.00"),
        ("50", -20, ".", "40"),
        ("19.99", -10, ".", "17.99"),
        ("$1,299.00", -20, ".", "$1,039.20"),
        ("1.299,00 €", -20, ",", "1.039,20 €"),
        ("1,299", -20, ".", "1,039"),
        ("1.299", -20, ",", "1.039"),
        ("1,299", -30, ".", "909"),
        ("12,50", -20, ",", "10,00"),
        ("₹1,29,900", -10, ".", "₹1,16,910"),
        ("₹12,34,567.50", -10, ".", "₹11,11,110.75"),
        ("CHF 1'299.–", -10, ".", "CHF 1'169.–"),
        ("1\u00a0299,99 $", -10, ",", "1\u00a0169,99 $"),
        ("150 AUD", -20, ".", "120 AUD"),
        ("12.50 USD", +10, ".", "13.75 USD"),
        ("0.05", -20, ".", "0.04"),
        ("\u0661\u0662\u066b\u0665\u0660", -20, ".", "\u0661\u0660\u066b\u0660\u0660"),
        ("1.299,00", -20, ".", "1.039,20"),
        ("995.00", +10, ".", "1094.50"),
        (" 10.00 ", -20, ".", " 8.00 "),
    ],
)
def test_the_number_moves_and_its_dress_stays(text: str, percent: int, style: str, expected: str) -> None:
    assert changed(text, percent, style) == expected


@pytest.mark.parametrize(
    "text", ["", "free", "n/a", "-5", "−5.00", "(12.00)", "2 for 5", "10-20", "0", "0.00", "1,2,3", "1", "2", "1E+5"]
)
def test_what_is_not_one_price_that_can_fall_is_left_alone(text: str) -> None:
    assert changed(text, -20, ".") is None


@pytest.mark.parametrize(
    ("text", "style", "places", "expected"),
    [("1", ".", 2, "0.80"), ("2 €", ",", 2, "1,60 €"), ("1", ".", 3, "0.800"), ("5", ".", 2, "4"), ("1", ".", 0, None)],
)
def test_a_small_whole_number_gets_the_currencys_decimals(
    text: str, style: str, places: int, expected: str | None
) -> None:
    assert changed(text, -20, style, places) == expected


@given(st.decimals(min_value=1, max_value=10**7, places=2), st.integers(-30, -10))
def test_a_drop_is_the_percentage_asked_for_to_the_last_place(price: Decimal, percent: int) -> None:
    dropped = changed(f"{price:,.2f}", percent, ".")
    assert dropped is not None
    new = Decimal(dropped.replace(",", ""))
    assert new < price
    assert abs(new - price * (100 + percent) / 100) <= Decimal("0.005")
