"""What is wrong with a sale, all of it at once, in the sender's words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from skuflow.billing.tax.indian_states import STATES, region_of
from skuflow.billing.tax.model import TAX_CODES, Customer, Sale, SaleLine
from skuflow.billing.tax.places import ZONES, place_problems, with_region_code
from skuflow.kernel.currency import MINOR_DIGITS
from skuflow.kernel.errors import Invalid, Problem

MOST_LINES = 1_000
FIRST_YEAR, LAST_YEAR = 1900, 9000
"""Of a moment: at the ends of the calendar, another time zone's clock has no day for it."""

HSN = re.compile(r"\d{4}|\d{6}|\d{8}")
_US_REGIME = re.compile(r"US_([A-Z]{2})")
REGIMES = ("GST/HST", "QST", "PST_BC", "PST_SK", "RST_MB", "GSTIN")
"""What sellers register for and customers are exempt from, beside US_<state>."""


def is_regime(text: str) -> bool:
    state = _US_REGIME.fullmatch(text)
    return text in REGIMES or (state is not None and state[1] in ZONES["US"])


def checked(sale: Sale) -> Sale:
    """`sale`, with codes for regions that were named in words, and the customer's state read from the GSTIN where only that is
    given. Raises Invalid with every problem."""
    sale = _with_codes(sale)
    faults = [*_number_problems(sale.customer), *_places(sale), *_exemption_problems(sale.customer)]
    faults += [*_line_problems(sale), *_terms(sale)]
    faults += _home_problems(sale) if not faults else []
    if faults:
        raise Invalid("taxes cannot be computed for this sale", problems=faults)
    return sale


def _with_codes(sale: Sale) -> Sale:
    """A seller at the customer's place stays there when the GSTIN says where that is."""
    told, sells = with_region_code(sale.customer.place), with_region_code(sale.seller.place)
    place = told
    if told.country == "IN" and not told.region:
        place = replace(told, region=region_of(sale.customer.tax_number) or "")
    return replace(
        sale,
        seller=replace(sale.seller, place=place if sells == told else sells),
        customer=replace(sale.customer, place=place),
        ship_to=with_region_code(sale.ship_to) if sale.ship_to is not None else None,
    )


def _places(sale: Sale) -> Iterator[Problem]:
    """A place is told once: the seller's may be the buyer's."""
    yield from place_problems(sale.customer.place, "customer")
    if sale.ship_to is not None:
        yield from place_problems(sale.ship_to, "ship_to")
    if sale.seller.place not in {sale.customer.place, sale.ship_to}:
        yield from place_problems(sale.seller.place, "seller")


def _terms(sale: Sale) -> Iterator[Problem]:
    if sale.currency not in MINOR_DIGITS:
        yield Problem("currency", f"{sale.currency[:10]!r} is not a currency we know", "use a code such as CAD")
    if isinstance(sale.at, datetime) and sale.at.tzinfo is None:
        yield Problem("tax_date", "a moment without an offset could be on two days", "add the offset, such as Z")
    if isinstance(sale.at, datetime) and not FIRST_YEAR <= sale.at.year <= LAST_YEAR:
        yield Problem("at", "is too far away", f"give a moment of the years {FIRST_YEAR} to {LAST_YEAR}")
    if sale.price_mode not in {"exclusive", "inclusive"}:
        yield Problem("price_mode", f"{sale.price_mode[:20]!r} is no price mode", "use exclusive or inclusive")


def _number_problems(customer: Customer) -> Iterator[Problem]:
    if customer.place.country != "IN" or not customer.tax_number:
        return
    region = region_of(customer.tax_number)
    own = customer.place.region
    if region is None:
        message = "is not a GSTIN: its shape, its state code or its check digit is wrong"
        yield Problem("customer.tax_number", message, "give all 15 characters as they are registered")
    elif own in STATES and STATES[own] != STATES[region]:
        yield Problem(
            "customer.tax_number", f"is registered in {region}, not in {own}", "give the number of that state"
        )


def _exemption_problems(customer: Customer) -> Iterator[Problem]:
    for index, exemption in enumerate(customer.exemptions):
        field = f"customer.exemptions[{index}]"
        if not is_regime(exemption.regime):
            remedy = f"use one of {', '.join(REGIMES)} or US_ and a state"
            yield Problem(f"{field}.regime", f"{exemption.regime[:20]!r} is no tax that we know", remedy)
        if not exemption.certificate.strip():
            yield Problem(
                f"{field}.certificate", "is missing", "give the number of the certificate, or the reason in words"
            )


def _line_problems(sale: Sale) -> Iterator[Problem]:
    lines = sale.lines
    if not 1 <= len(lines) <= MOST_LINES:
        yield Problem("lines", f"has {len(lines)} lines", f"give 1 to {MOST_LINES}")
    for index in _repeated([line.line_id for line in lines]):
        yield Problem(f"lines[{index}].line_id", "stands on an earlier line too", "name each line once")
    for index, line in enumerate(lines):
        for name, message, remedy in _faults_of(line, sale.currency):
            yield Problem(f"lines[{index}].{name}", message, remedy)


def _faults_of(line: SaleLine, currency: str) -> Iterator[tuple[str, str, str]]:
    if line.tax_code not in TAX_CODES:
        yield "tax_code", f"{line.tax_code[:40]!r} is not a tax code", f"use one of {', '.join(TAX_CODES)}"
    if line.amount.currency != currency:
        yield "amount", f"is in {line.amount.currency}, the sale in {currency}", "use one currency for all"
    if line.amount.minor < 0 and not line.is_credit:
        yield "amount", "is negative", "mark the line as a credit, or give a positive amount"
    if line.supply not in {None, "goods", "services"}:
        yield "supply", "is neither goods nor services", "use one of the two, or leave it out"
    if line.hsn and not HSN.fullmatch(line.hsn):
        yield "hsn", f"{line.hsn[:20]!r} is no HSN code", "give 4, 6 or 8 digits"


def _home_problems(sale: Sale) -> Iterator[Problem]:
    """A sale within a country whose taxes we do not know must not look like one without taxes."""
    home = sale.seller.place.country
    if home not in ZONES and home in {
        place.country for place in (sale.customer.place, sale.ship_to) if place is not None
    }:
        remedy = f"we know the taxes of {', '.join(ZONES)}, and sales from anywhere to anywhere else"
        yield Problem("seller.country", f"the taxes of {home} are not in our tables", remedy)


def _repeated(names: Sequence[str]) -> Iterator[int]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield index
        seen.add(name)
