"""Money: exact in every currency, split without loss, never mixed."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.kernel.currency import MINOR_DIGITS, minor_digits
from skuflow.kernel.errors import Invalid
from skuflow.kernel.money import Money

CURRENCIES = st.sampled_from(["CAD", "USD", "INR", "JPY", "KRW", "KWD", "BHD"])
MINORS = st.integers(-(10**15) + 1, 10**15 - 1)
AMOUNTS = st.builds(Money, MINORS, CURRENCIES)
WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any)
ROUNDINGS = st.sampled_from([ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP])


@pytest.mark.parametrize(
    ("minor", "currency", "amount"),
    [(1299, "CAD", "12.99"), (1299, "JPY", "1299"), (1299, "KWD", "1.299"), (5, "CAD", "0.05"), (-5, "KWD", "-0.005")],
)
def test_a_minor_unit_is_what_the_currency_says(minor: int, currency: str, amount: str) -> None:
    money = Money(minor, currency)
    assert str(money.to_decimal()) == amount
    assert Money.from_decimal(Decimal(amount), currency) == money


@given(AMOUNTS)
def test_an_amount_survives_the_way_through_decimal_and_text(money: Money) -> None:
    assert Money.from_decimal(money.to_decimal(), money.currency) == money
    assert Money.from_decimal(Decimal(str(money.to_decimal())), money.currency) == money


@given(st.integers(-(10**60), 10**60), CURRENCIES)
def test_no_digit_is_lost_however_large_the_amount(minor: int, currency: str) -> None:
    exact = Fraction(minor, 10 ** minor_digits(currency))
    assert Fraction(Money(minor, currency).to_decimal()) == exact


@given(AMOUNTS)
def test_the_decimal_context_of_the_caller_does_not_matter(money: Money) -> None:
    with localcontext() as context:
        context.prec = 2
        assert Money.from_decimal(money.to_decimal(), money.currency) == money


@given(AMOUNTS, st.integers(1, 20))
def test_more_decimals_than_the_currency_has_are_refused(money: Money, extra: int) -> None:
    with localcontext() as context:
        context.prec = 100
        amount = money.to_decimal() + Decimal(1).scaleb(-minor_digits(money.currency) - extra)
    with pytest.raises(Invalid):
        Money.from_decimal(amount, money.currency)


@given(AMOUNTS, st.integers(0, 9))
def test_trailing_zeros_are_no_decimals(money: Money, zeros: int) -> None:
    padded = Decimal(f"{money.to_decimal():f}" + ("." if minor_digits(money.currency) == 0 else "") + "0" * zeros)
    assert Money.from_decimal(padded, money.currency) == money


def test_a_decimal_beyond_the_default_precision_is_seen() -> None:
    with pytest.raises(Invalid):
        Money.from_decimal(Decimal("1.0000000000000000000000000001"), "CAD")


@given(st.fractions(-(10**9), 10**9, max_denominator=10**4), CURRENCIES)
def test_rounding_happens_only_where_asked_for_and_as_asked_for(value: Fraction, currency: str) -> None:
    amount = Decimal(value.numerator * 10**6 // value.denominator).scaleb(-6)
    rounded = Money.from_decimal(amount, currency, rounding=ROUND_HALF_UP)
    exact = Fraction(amount) * 10 ** minor_digits(currency)
    assert abs(Fraction(rounded.minor) - exact) <= Fraction(1, 2)


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+15", "1E+999999", "1E-999999", "-1E+15"])
@pytest.mark.parametrize("rounding", [None, ROUND_HALF_UP])
def test_what_is_no_price_is_refused(text: str, rounding: str | None) -> None:
    with pytest.raises(Invalid):
        Money.from_decimal(Decimal(text), "CAD", rounding=rounding)


@pytest.mark.parametrize("text", ["0", "0E+20", "-0", "0.000", "999999999999999.99"])
def test_zero_in_any_form_and_the_largest_amount_are_taken(text: str) -> None:
    assert Money.from_decimal(Decimal(text), "CAD").to_decimal() == Decimal(text)


@given(AMOUNTS, WEIGHTS)
def test_the_parts_of_an_allocation_add_up_to_the_whole(money: Money, weights: list[int]) -> None:
    parts = money.allocate(weights)
    assert len(parts) == len(weights)
    assert sum(part.minor for part in parts) == money.minor
    assert {part.currency for part in parts} == {money.currency}


@given(AMOUNTS, WEIGHTS)
def test_no_part_is_a_whole_unit_from_its_exact_share(money: Money, weights: list[int]) -> None:
    total = sum(weights)
    for part, weight in zip(money.allocate(weights), weights, strict=True):
        assert abs(part.minor - Fraction(money.minor * weight, total)) < 1
        assert weight or not part.minor


@given(AMOUNTS, WEIGHTS)
def test_an_allocation_of_the_negative_is_the_negative_of_the_allocation(money: Money, weights: list[int]) -> None:
    assert (-money).allocate(weights) == tuple(-part for part in money.allocate(weights))


def test_the_units_left_over_go_to_the_largest_remainders_and_then_to_the_first() -> None:
    assert [p.minor for p in Money(100, "CAD").allocate([1, 1, 1])] == [34, 33, 33]
    assert [p.minor for p in Money(5, "JPY").allocate([3, 7])] == [2, 3]
    assert [p.minor for p in Money(-100, "CAD").allocate([1, 1, 1])] == [-34, -33, -33]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [-1], [3, -1]])
def test_an_allocation_needs_a_positive_weight(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        Money(100, "CAD").allocate(weights)


@given(MINORS, MINORS, MINORS, CURRENCIES)
def test_arithmetic_is_that_of_whole_numbers(a: int, b: int, count: int, currency: str) -> None:
    x, y = Money(a, currency), Money(b, currency)
    assert (x + y).minor == a + b
    assert (x - y) + y == x
    assert (x * count).minor == (count * x).minor == a * count
    assert (x < y, x <= y, x > y, x >= y, x == y) == (a < b, a <= b, a > b, a >= b, a == b)


@given(AMOUNTS, st.decimals(-1000, 1000, places=9), ROUNDINGS)
def test_a_rate_is_applied_exactly_and_rounded_once(money: Money, rate: Decimal, rounding: str) -> None:
    exact = Fraction(money.minor) * Fraction(rate)
    result = money.times(rate, rounding=rounding).minor
    floor = exact.numerator // exact.denominator
    if rounding == ROUND_DOWN:
        expected = floor + 1 if exact < 0 and exact != floor else floor
    elif exact - floor == Fraction(1, 2):
        away = floor + 1 if exact > 0 else floor
        expected = away if rounding == ROUND_HALF_UP else floor + floor % 2
    else:
        expected = round(exact)
    assert result == expected


def test_a_rate_with_many_digits_is_not_rounded_twice() -> None:
    rate = Decimal("0.4999999999999999999999999999999")
    assert Money(1, "JPY").times(rate, rounding=ROUND_HALF_UP).minor == 0


@pytest.mark.parametrize("operation", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"])
def test_currencies_are_never_mixed(operation: str) -> None:
    with pytest.raises(ValueError, match="convert first"):
        getattr(Money(1, "CAD"), operation)(Money(1, "USD"))


@pytest.mark.parametrize("minor", [1.0, "1", True, Decimal(1), None])
def test_only_whole_numbers_are_minor_units(minor: Any) -> None:
    with pytest.raises(TypeError):
        Money(minor, "CAD")


@pytest.mark.parametrize("factor", [1.5, Decimal(2), True])
def test_a_rate_is_not_passed_off_as_a_count(factor: Any) -> None:
    with pytest.raises(TypeError):
        Money(100, "CAD") * factor


@pytest.mark.parametrize("code", ["", "cad", "XXX", "XAU", "DEM", "C$", "CA D", "EURO"])
def test_a_code_that_is_no_currency_is_refused(code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Money(1, code)
    assert refusal.value.problems[0].field == "currency"


def test_every_currency_has_its_decimals() -> None:
    assert {MINOR_DIGITS[c] for c in ("CAD", "USD", "EUR", "INR", "CNY", "MXN")} == {2}
    assert {MINOR_DIGITS[c] for c in ("JPY", "KRW", "CLP", "ISK", "VND", "XOF")} == {0}
    assert {MINOR_DIGITS[c] for c in ("KWD", "BHD", "OMR", "TND", "JOD", "IQD", "LYD")} == {3}
    assert all(len(code) == 3 and code.isupper() for code in MINOR_DIGITS)
