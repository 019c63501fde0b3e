"""What is wrong with a sale, all of it at once, in the sender's words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from skuflow.billing.tax.indian_states import STATES, region_of
from skuflow.billing.tax.model import TAX_CODES, Customer, Place, Sale, SaleLine
from skuflow.billing.tax.places import ZONES, place_problems
from skuflow.kernel.currency import MINOR_DIGITS
from skuflow.kernel.errors import Invalid, Problem

MOST_LINES = 1_000

_HSN = re.compile(r"\d{4}|\d{6}|\d{8}")
_US_REGIME = re.compile(r"US_([A-Z]{2})")
REGIMES = ("GST/HST", "QST", "PST_BC", "PST_SK", "RST_MB", "GSTIN")
"""What sellers register for and customers are exempt from, beside US_<state>."""


def is_regime(text: str) -> bool:
    state = _US_REGIME.fullmatch(text)
    return text in REGIMES or (state is not None and state[1] in ZONES["US"])


def checked(sale: Sale) -> Sale:
    """`sale`, with the customer's state read from the GSTIN where only that is given. Raises Invalid with every problem."""
    faults = [*_number_problems(sale.customer)]
    sale = replace(sale, customer=replace(sale.customer, place=_placed(sale.customer)))
    faults += place_problems(sale.seller.place, "seller")
    faults += place_problems(sale.customer.place, "customer")
    faults += place_problems(sale.ship_to, "ship_to") if sale.ship_to is not None else []
    faults += _exemption_problems(sale.customer)
    faults += _line_problems(sale)
    if sale.currency not in MINOR_DIGITS:
        faults.append(
            Problem("currency", f"{sale.currency[:10]!r} is not a currency we know", "use a code such as CAD")
        )
    if isinstance(sale.at, datetime) and sale.at.tzinfo is None:
        faults.append(
            Problem("tax_date", "a moment without an offset could be on two days", "add the offset, such as Z")
        )
    if sale.price_mode not in {"exclusive", "inclusive"}:
        faults.append(Problem("price_mode", f"{sale.price_mode[:20]!r} is no price mode", "use exclusive or inclusive"))
    faults += _home_problems(sale) if not faults else []
    if faults:
        raise Invalid("taxes cannot be computed for this sale", problems=faults)
    return sale


def _placed(customer: Customer) -> Place:
    if customer.place.country == "IN" and not customer.place.region:
        return replace(customer.place, region=region_of(customer.tax_number) or "")
    return customer.place


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
    if line.hsn and not _HSN.fullmatch(line.hsn):
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
