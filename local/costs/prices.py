"""AWS's list prices, from the one file that holds them."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

PRICES = Path(__file__).with_name("prices.toml")


@dataclass(frozen=True, slots=True)
class Price:
    """`usd` by region buys `per` of `what` at `service`. `confirmed`: the regions in which it was seen twice on `date`."""

    service: str
    what: str
    per: int
    usd: Mapping[str, Decimal]
    source: str
    date: datetime.date
    confirmed: tuple[str, ...]

    def of(self, quantity: Decimal, region: str) -> Decimal:
        """US dollars, not rounded."""
        return quantity / self.per * self.usd[region]


def prices(path: Path = PRICES) -> dict[str, Price]:
    """Name -> price."""
    with path.open("rb") as file:
        return {name: _price(entry) for name, entry in tomllib.load(file, parse_float=Decimal).items()}


def _price(entry: Mapping[str, Any]) -> Price:
    usd = {region: Decimal(amount) for region, amount in entry["usd"].items()}
    return Price(**{**entry, "usd": usd, "confirmed": tuple(entry["confirmed"])})


def regions(of: Mapping[str, Price]) -> list[str]:
    """The regions for which every price is known."""
    return sorted(set.intersection(*(set(price.usd) for price in of.values())))


def dated(of: Mapping[str, Price]) -> datetime.date:
    """The day of the oldest price."""
    return min(price.date for price in of.values())
