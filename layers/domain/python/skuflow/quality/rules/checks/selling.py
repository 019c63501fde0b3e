"""Checks of prices against each other, and of codes."""

from __future__ import annotations

from decimal import Decimal

from skuflow.kernel.money import Money
from skuflow.quality.rules.checks.complaint import Case, Complaint, about
from skuflow.quality.rules.normal.codes import Flaw, flaw_of, is_restricted

_DEFAULT_FACTOR = Decimal(10)

_GTIN_FLAWS: dict[Flaw, str] = {
    "digits": "is not a GTIN: it has other characters than digits",
    "length": "is not a GTIN: it has 8, 12, 13 or 14 digits",
    "zeros": "is not a GTIN: it is all zeros",
    "check_digit": "is not a GTIN: its check digit does not match",
}


def gtin(case: Case) -> Complaint | None:
    for value in case.values:
        flaw = flaw_of(str(value))
        if flaw is not None:
            return about(value, _GTIN_FLAWS[flaw])
    return None


def gtin_restricted(case: Case) -> Complaint | None:
    for value in case.values:
        if flaw_of(str(value)) is None and is_restricted(str(value)):
            return about(value, "is for use within a shop, or a coupon: it names these goods to nobody else")
    return None


def price_over_cost(case: Case) -> Complaint | None:
    price, cost = _amounts(case, "price", "cost")
    if price is None or cost is None or price.currency != cost.currency or cost <= price:
        return None
    return about(cost.to_decimal(), f"is above the price, {price.to_decimal()} {price.currency}")


def compare_at_over_price(case: Case) -> Complaint | None:
    """A compare-at price that is the price itself does no harm: many feeds have it."""
    price, compare_at = _amounts(case, "price", "compare_at")
    if price is None or compare_at is None or not compare_at.minor:
        return None
    if price.currency != compare_at.currency:
        return about(compare_at.to_decimal(), f"is in {compare_at.currency}, the price in {price.currency}")
    if compare_at >= price:
        return None
    return about(compare_at.to_decimal(), f"is below the price, {price.to_decimal()} {price.currency}")


def price_outlier(case: Case) -> Complaint | None:
    """Against the median of the product's own variants in the same currency."""
    price, _ = _amounts(case, "price", "cost")
    middle = case.siblings.median(price.currency) if price is not None else None
    if price is None or middle is None or not middle.minor or not price.minor:
        return None
    factor = case.rule.params.maximum or _DEFAULT_FACTOR
    if Decimal(price.minor) > middle.minor * factor or price.minor * factor < middle.minor:
        return about(price.to_decimal(), f"is far from what its siblings cost, {middle.to_decimal()} {middle.currency}")
    return None


def _amounts(case: Case, *names: str) -> tuple[Money | None, ...]:
    return tuple(getattr(case.subject.variant, name) for name in names)
