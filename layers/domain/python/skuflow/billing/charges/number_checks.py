"""Which decimals may be fees, prices and quantities at all."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from skuflow.billing.charges.arithmetic import MAX_DECIMALS, MAX_DIGITS
from skuflow.kernel.errors import Problem


def number_problems(field: str, value: Decimal, *, most_decimals: int = MAX_DECIMALS) -> Iterator[Problem]:
    """The fault of `value`, if it has one: no number, too long a number, below zero, too many decimals."""
    if not value.is_finite():
        yield Problem(field, "it is not a number", "give a plain decimal number")
    elif value and value.adjusted() >= MAX_DIGITS:
        yield Problem(
            field, "the number is too large", f"give a number with at most {MAX_DIGITS} digits before the point"
        )
    elif value < 0:
        yield Problem(field, f"{value} is below zero", "give 0 or more; what lowers a bill is a coupon or a credit")
    elif decimals_of(value) > most_decimals:
        yield Problem(field, "the number has too many decimals", f"give at most {most_decimals} decimals")


def positive_problems(field: str, value: Decimal) -> Iterator[Problem]:
    """As `number_problems`, and zero is one."""
    yield from number_problems(field, value)
    if value.is_finite() and not value:
        yield Problem(field, "it is zero", "give a number above 0")


def decimals_of(value: Decimal) -> int:
    """How many decimals `value` needs; trailing zeros are none. `value` must be finite and below 10^15."""
    exponent = value.as_tuple().exponent
    if not value or not isinstance(exponent, int) or exponent >= 0:
        return 0
    digits = value.as_tuple().digits
    trailing = next(place for place, digit in enumerate(reversed(digits)) if digit)
    return max(0, -exponent - trailing)
