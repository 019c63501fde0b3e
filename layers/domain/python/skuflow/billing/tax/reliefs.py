"""Which of a supply's taxes this seller collects from this customer, and why not the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from skuflow.billing.tax.model import Customer, Exemption, Levy, Place, Sale, SaleLine, Seller, Why

_SMALL_SUPPLIERS = frozenset({"GST/HST", "QST"})
"""Regimes that let small suppliers stay out."""

_HOME_REGIMES = {"CA": "GST/HST", "IN": "GSTIN"}
"""Whose own tax is zero-rated on what leaves the country."""


@dataclass(frozen=True, slots=True)
class Given:
    """A relief of one line."""

    why: Why
    regime: str
    jurisdiction: str
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class Collected:
    """`levies`: those with something to collect."""

    levies: tuple[Levy, ...]
    given: tuple[Given, ...]


def collected(levies: Iterable[Levy], line: SaleLine, place: Place, sale: Sale, day: date) -> Collected:
    """What of `levies` is collected on `line`, supplied at `place` on the local `day`."""
    due = tuple(levies)
    kept: list[Levy] = []
    given = [*_without_levies(line, place, sale)]
    if place.country == "US" and not due and line.tax_code != "exempt":
        given.append(Given("no_sales_tax", "", f"US-{place.region}"))
    for levy in due:
        relief = _relief(levy, sale.seller, sale.customer, day)
        if relief is not None:
            given.append(relief)
        if relief is None or (relief.why == "point_of_sale_rebate" and levy.rate):
            kept.append(levy)
    return Collected(tuple(kept), tuple(given))


def _without_levies(line: SaleLine, place: Place, sale: Sale) -> Iterator[Given]:
    home = sale.seller.place.country
    if place.country != home and home in _HOME_REGIMES:
        yield Given("export", _HOME_REGIMES[home], home)
    if line.tax_code == "exempt":
        yield Given("exempt_supply", "", place.country)


def _relief(levy: Levy, seller: Seller, customer: Customer, day: date) -> Given | None:
    """The first reason why `levy` is not collected in full: the seller's, the supply's, the customer's."""
    if seller.small_supplier and levy.regime in _SMALL_SUPPLIERS:
        return Given("small_supplier", levy.regime, levy.jurisdiction)
    if seller.registrations is not None and not seller.registrations.get(levy.regime, "").strip():
        return Given("not_registered", levy.regime, levy.jurisdiction)
    if levy.rate and (exemption := _exemption(levy, customer, day)):
        return Given("customer_exempt", levy.regime, levy.jurisdiction, exemption.certificate)
    return Given(levy.why, levy.regime, levy.jurisdiction) if levy.why else None


def _exemption(levy: Levy, customer: Customer, day: date) -> Exemption | None:
    return next((one for one in customer.exemptions if one.regime == levy.regime and _holds(one, day)), None)


def _holds(exemption: Exemption, day: date) -> bool:
    begun = exemption.valid_from is None or exemption.valid_from <= day
    return begun and (exemption.valid_to is None or day <= exemption.valid_to)
