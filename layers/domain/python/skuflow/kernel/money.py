"""Money: whole minor units and a currency. No float comes near it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal, Inexact

from skuflow.kernel.currency import minor_digits
from skuflow.kernel.errors import Invalid, Problem

_MAX_DIGITS = 15
"""Amounts of 10^15 major units and more are refused: no price has them, and `1E+999999` would fill the memory."""

_MAX_DECIMALS = 30
"""More decimals than this are refused even where rounding is asked for; `1E-999999` would fill the memory too."""

_EXACT = Context(prec=1_000, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[Inexact])
"""Arithmetic that raises rather than dropping a digit: the default context rounds to 28 digits, unasked."""


def _refused(message: str, remedy: str) -> Invalid:
    return Invalid(message, problems=[Problem("amount", message, remedy)])


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` counts the currency's smallest unit: 1299 CAD is $12.99, 1299 JPY is ¥1,299, 1299 KWD is 1.299 KD."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are whole numbers, not {type(self.minor).__name__}")
        minor_digits(self.currency)

    @classmethod
    def from_decimal(cls, amount: Decimal, currency: str, *, rounding: str | None = None) -> Money:
        """`amount` in major units. Without `rounding` (a decimal module constant) more decimals than the currency has
        are refused with Invalid: silently dropping a digit of somebody's price is not ours to decide."""
        digits = minor_digits(currency)
        if not amount.is_finite() or (amount and amount.adjusted() >= _MAX_DIGITS):
            raise _refused(f"{amount} is not an amount of money", "give a plain number")
        if int(amount.as_tuple().exponent) < -_MAX_DECIMALS:
            raise _refused("the amount has too many decimals", f"give at most {digits} decimals")
        scaled = amount.scaleb(digits, _EXACT)
        whole = scaled.to_integral_value(rounding=rounding or ROUND_HALF_EVEN)
        if rounding is None and whole != scaled:
            raise _refused(f"{amount} has more decimals than {currency}", f"give at most {digits} decimals")
        return cls(int(whole), currency)

    def to_decimal(self) -> Decimal:
        """The amount in major units, exactly, with all of the currency's decimals."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency), _EXACT)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, count: int) -> Money:
        if type(count) is not int:
            raise TypeError("multiply by a whole count; for a rate use `times`, which names its rounding")
        return Money(self.minor * count, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other).minor

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other).minor

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other).minor

    def times(self, rate: Decimal, *, rounding: str) -> Money:
        """This amount × `rate`, rounded to a whole minor unit by the given decimal rounding constant."""
        product = _EXACT.multiply(Decimal(self.minor), rate)
        return Money(int(product.to_integral_value(rounding=rounding)), self.currency)

    def allocate(self, weights: Sequence[int]) -> tuple[Money, ...]:
        """Split in proportion to non-negative `weights`, so that the parts add up to the whole to the last unit.

        Largest-remainder method (Hamilton): each part gets its floor share, the units left over go one each to the largest
        remainders, earlier parts first. Raises ValueError without a positive weight.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights must be non-negative and not all zero")
        sign = -1 if self.minor < 0 else 1
        shares = [divmod(abs(self.minor) * weight, total) for weight in weights]
        parts = [floor for floor, _ in shares]
        left = abs(self.minor) - sum(parts)
        for index in sorted(range(len(parts)), key=lambda i: (-shares[i][1], i))[:left]:
            parts[index] += 1
        return tuple(Money(sign * part, self.currency) for part in parts)

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot combine {self.currency} with {other.currency}; convert first")
        return other
