"""Rules for the value of a usage event."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from skuflow.billing.metering.model import MOST_DIGITS, PLACES, VALUELESS, Metric
from skuflow.kernel.errors import Problem

_FIELD = "value"
_SAFE_DIGITS = 15
"""Significant digits of a decimal number that survive a binary one of 64 bits (IEEE 754)."""
_LONGEST = 64
"""Characters of a value given as text."""


def value_in(given: object, metric: Metric) -> Decimal | Problem:
    """What `given` (JSON: a number, or a text with one; None if it is left out) means for `metric`, or what is wrong with it."""
    if given is None:
        if metric.aggregation in VALUELESS:
            return Decimal(1)
        return Problem(_FIELD, "is missing", f"give the quantity of {metric.code}, in {metric.unit}")
    value = _number(given)
    if isinstance(value, Problem):
        return value
    return _fault(value, metric) or (value if value else Decimal(0))


def _number(given: object) -> Decimal | Problem:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        return Problem(_FIELD, "is not a number", 'send a number, or a text such as "1.5"')
    if isinstance(given, str) and (len(given) > _LONGEST or not given.isascii() or "_" in given):
        return Problem(_FIELD, "is not a number", 'write it with digits and a point: "1.5"')
    try:
        value = Decimal(str(given).strip())
    except InvalidOperation:
        return Problem(_FIELD, "is not a number", 'write it with digits and a point: "1.5"')
    if not value.is_finite():
        return Problem(_FIELD, f"is {value}, which is no quantity", "send a finite number")
    if not isinstance(given, str | int) and _significant(value) > _SAFE_DIGITS:
        message = f"has more than {_SAFE_DIGITS} significant digits, which a JSON number does not carry safely"
        return Problem(_FIELD, message, 'send it as a text: "0.1234567890123"')
    return value


def _fault(value: Decimal, metric: Metric) -> Problem | None:
    if value and value.adjusted() >= MOST_DIGITS:
        return Problem(
            _FIELD, f"is too large: it has more than {MOST_DIGITS} digits before the point", "check the unit"
        )
    if (value and value.adjusted() < -PLACES) or _decimals(value) > PLACES:
        return Problem(_FIELD, f"has more than {PLACES} decimals", f"round it to {PLACES} decimals")
    if value < 0 and metric.aggregation != "weighted_sum":
        remedy = "only a weighted_sum goes down; what was counted wrongly is put right by a credit"
        return Problem(_FIELD, "is negative", remedy)
    if metric.whole and _decimals(value):
        return Problem(
            _FIELD, f"has decimals, and {metric.code} is counted in whole {metric.unit}s", "send a whole number"
        )
    return None


def _significant(value: Decimal) -> int:
    return len("".join(map(str, value.as_tuple().digits)).rstrip("0"))


def _decimals(value: Decimal) -> int:
    """Digits behind the point, but for zeros at the end. (`normalize` would round to 28 digits first.)"""
    _, digits, exponent = value.as_tuple()
    zeros = len(digits) - _significant(value)
    return max(0, -exponent - zeros) if value and isinstance(exponent, int) else 0
