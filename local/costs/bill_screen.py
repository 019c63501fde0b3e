"""A bill as people and machines read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from local.costs.billing import Bill, Line, Tariff
from local.costs.prices import dated
from local.costs.retailer import Retailer

Shown = tuple[tuple[str, ...], list[tuple[str, ...]]]
"""Headers and rows."""

_LINES = 12
_CENT, _EXACT = Decimal("0.01"), Decimal("0.0001")


def usd(amount: Decimal) -> str:
    return f"{amount.quantize(_CENT):,}"


def headline(bill: Bill, tariff: Tariff) -> str:
    total, fixed = bill.total(), bill.total(fixed=True)
    day = dated(tariff.prices)
    return f"{usd(total)} USD a month in {bill.region}: {usd(fixed)} fixed, {usd(total - fixed)} by use (list prices of {day})"


def by_context(bill: Bill) -> Shown:
    return _summed("context", bill, lambda line: line.context)


def by_service(bill: Bill) -> Shown:
    return _summed("service", bill, lambda line: line.service)


def _summed(name: str, bill: Bill, key: Callable[[Line], str]) -> Shown:
    rows = [
        (each, usd(variable), usd(fixed), usd(variable + fixed)) for each, (variable, fixed) in bill.by(key).items()
    ]
    total, fixed = bill.total(), bill.total(fixed=True)
    return (name, "by use", "fixed", "USD"), [*rows, ("total", usd(total - fixed), usd(fixed), usd(total))]


def lines(bill: Bill) -> Shown:
    """What dominates."""
    rows: list[tuple[str, ...]] = [
        (
            line.context,
            line.service,
            line.what,
            f"{line.quantity:,.2f}",
            "fixed" if line.fixed else "by use",
            usd(line.usd),
        )
        for line in bill.dominant(_LINES)
    ]
    return ("context", "service", "what", "quantity", "kind", "USD"), rows


def notes(bill: Bill, tariff: Tariff) -> str:
    """What dominates in a sentence, and what the figures leave out."""
    total = bill.total()
    shares = [f"{line.context}'s {line.what} ({_percent(line.usd, total)})" for line in bill.dominant()]
    doubtful = unconfirmed(tariff)
    checked = (
        f" {len(doubtful)} of {len(tariff.prices)} prices are not confirmed for {tariff.region}." if doubtful else ""
    )
    return (
        f"Mostly: {'; '.join(shares)}.\nWithout taxes, free tiers, discounts, support, and what Shopify or others charge."
        f"{checked} How it is worked out: docs/costs.md"
    )


def unconfirmed(tariff: Tariff) -> list[str]:
    """Prices that were not seen in a second source for the tariff's region."""
    return sorted(name for name, price in tariff.prices.items() if tariff.region not in price.confirmed)


def document(bill: Bill, retailer: Retailer, tariff: Tariff) -> dict[str, Any]:
    """For machines: amounts in US dollars as texts with four decimals."""
    return {
        "currency": "USD",
        "region": bill.region,
        "prices_of": dated(tariff.prices).isoformat(),
        "unconfirmed_prices": unconfirmed(tariff),
        "volumes": asdict(retailer),
        "total": _exact(bill.total()),
        "fixed": _exact(bill.total(fixed=True)),
        "variable": _exact(bill.total(fixed=False)),
        "contexts": _sums(bill, lambda line: line.context),
        "services": _sums(bill, lambda line: line.service),
        "lines": [{**asdict(line), "quantity": _exact(line.quantity), "usd": _exact(line.usd)} for line in bill.lines],
    }


def _sums(bill: Bill, key: Callable[[Line], str]) -> dict[str, dict[str, str]]:
    return {
        name: {"variable": _exact(variable), "fixed": _exact(fixed), "total": _exact(variable + fixed)}
        for name, (variable, fixed) in bill.by(key).items()
    }


def _exact(amount: Decimal) -> str:
    return f"{amount.quantize(_EXACT):f}"


def _percent(part: Decimal, whole: Decimal) -> str:
    return f"{part / whole * 100:.0f} %" if whole else "0 %"
