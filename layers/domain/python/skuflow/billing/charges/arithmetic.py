"""Decimal arithmetic that raises rather than dropping a digit, and the one place where an amount becomes money."""

from __future__ import annotations

from contextlib import AbstractContextManager
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal, Inexact, localcontext
from fractions import Fraction

from skuflow.kernel.money import Money

MAX_DECIMALS = 12
"""Decimals that fees and quantities may have."""

MAX_DIGITS = 15
"""Whole digits that fees and quantities may have."""

_EXACT = Context(prec=200, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[Inexact])
"""A product of two checked numbers has at most 54 digits, a sum of a million of them 60."""


def exactly() -> AbstractContextManager[Context]:
    """Within it `+`, `-` and `*` of decimals are exact; what cannot be exact raises decimal.Inexact."""
    return localcontext(_EXACT)


def rounded(amount: Decimal, currency: str) -> Money:
    """`amount` (major units) as money, rounded half-even: once for each line, never before."""
    return Money.from_decimal(amount, currency, rounding=ROUND_HALF_EVEN)


def whole_steps(units: Decimal, size: Decimal) -> Decimal:
    """How many steps of `size` are needed to hold `units`: the started one counts whole."""
    with exactly():
        full, rest = divmod(units, size)
        return full + (1 if rest else 0)


def as_decimal(value: Fraction) -> Decimal:
    """To 12 decimals, half-even: for shares and means over time, which no decimal holds exactly."""
    with exactly():
        return Decimal(round(value * 10**MAX_DECIMALS)).scaleb(-MAX_DECIMALS)
