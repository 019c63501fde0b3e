"""Sales to compute taxes of."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from skuflow.billing.tax.compute_tax import compute_tax
from skuflow.billing.tax.model import Customer, Place, Sale, SaleLine, Seller, TaxResult
from skuflow.kernel.errors import Problem
from skuflow.kernel.money import Money

DAY = date(2026, 11, 1)
EVERYWHERE = {
    "GST/HST": "123456789 RT0001",
    "QST": "1234567890 TQ0001",
    "PST_BC": "PST-1234-5678",
    "PST_SK": "7654321",
    "RST_MB": "123456-7",
    "GSTIN": "27AAPFU0939F1ZV",
    "US_NY": "NY-1",
}
ONTARIO = Seller(Place("CA", "ON"), EVERYWHERE)
MUMBAI = Seller(Place("IN", "MH"), EVERYWHERE)


def line(price: str, tax_code: str = "general", *, currency: str = "CAD", name: str = "1", **more: Any) -> SaleLine:
    return SaleLine(name, Money.from_decimal(Decimal(price), currency), tax_code, **more)


def sale(region: str, *lines: SaleLine, country: str = "CA", at: date | datetime = DAY, **more: Any) -> Sale:
    """A sale to somebody in the region; `more` are other fields of Sale."""
    fields: dict[str, Any] = {
        "seller": ONTARIO,
        "customer": Customer(Place(country, region)),
        "currency": lines[0].amount.currency if lines else "CAD",
        "at": at,
        "lines": lines,
    }
    return Sale(**{**fields, **more})


def owed(result: TaxResult) -> list[tuple[str, str, str]]:
    """(name, rate, amount) of each tax."""
    return [(one.name, f"{one.rate.normalize():f}", f"{one.amount.to_decimal():f}") for one in result.taxes]


def taxes(*of: Any, **more: Any) -> list[tuple[str, str, str]]:
    return owed(compute_tax(sale(*of, **more)))


def told(problems: tuple[Problem, ...]) -> dict[str, str]:
    """Field -> message; every problem must say what to do about it."""
    assert all(one.remedy for one in problems)
    return {one.field: one.message for one in problems}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
