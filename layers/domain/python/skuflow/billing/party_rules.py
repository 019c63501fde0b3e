"""What sellers and customers may say of themselves. Every fault is reported together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TypeVar

from skuflow.billing.model import NAME, SUBJECT, UNSEEN
from skuflow.billing.parties import Address, Customer, Seller
from skuflow.billing.periods import zone_problems
from skuflow.billing.tax.checks import REGIMES, is_regime
from skuflow.billing.tax.indian_states import region_of
from skuflow.billing.tax.model import Exemption, Place
from skuflow.billing.tax.places import place_problems
from skuflow.billing.tax.region_names import region_code
from skuflow.kernel.currency import MINOR_DIGITS
from skuflow.kernel.errors import Invalid, Problem

T = TypeVar("T")

LANGUAGES = ("en", "fr")
MOST_EXEMPTIONS = 20
MOST_TERMS_DAYS = 365
MOST_INSTRUCTIONS = 500

_PREFIX = re.compile(r"[A-Z0-9][A-Z0-9-]{0,11}")
_EMAIL = re.compile(r"[^\s@<>\"(),:;\[\]\\]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,7}")
_WEBSITE = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(/[\x21-\x7e]{0,200})?")
_MOST_NAME, _MOST_LINES, _MOST_LINE, _MOST_NUMBER = 200, 4, 100, 30

_NUMBERS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "GST/HST": (re.compile(r"\d{9} ?RT ?\d{4}"), "123456789 RT0001"),
    "QST": (re.compile(r"\d{10} ?TQ ?\d{4}"), "1234567890 TQ0001"),
    "PST_BC": (re.compile(r"PST-\d{4}-\d{4}"), "PST-1234-5678"),
    "PST_SK": (re.compile(r"\d{7}"), "1234567"),
    "RST_MB": (re.compile(r"\d{6}-\d|\d{9} ?MT ?\d{4}"), "123456-7"),
}
"""Regime -> how a registration is written, and an example. GSTIN is checked by its own check digit, states by length alone."""


def checked_seller(item: Seller) -> Seller:
    """`item` with its region as a code, if it may issue invoices. Raises Invalid that names every fault."""
    item = replace(item, address=_with_region_code(item.address))
    problems = [*_contact(item.name, item.email), *_address(item.address, item.time_zone), *_registrations(item)]
    if not NAME.fullmatch(item.seller_id):
        problems.append(Problem("seller_id", "is not a seller's id", "use 1 to 40 of a-z, 0-9 and `-`"))
    if item.currency not in MINOR_DIGITS:
        message = f"{item.currency[:10]!r} is not a currency we know"
        problems.append(Problem("currency", message, "use an ISO 4217 code such as CAD"))
    if not _PREFIX.fullmatch(item.invoice_prefix):
        problems.append(Problem("invoice_prefix", "is not a prefix", "use 1 to 12 of A-Z, 0-9 and `-`, e.g. NS-"))
    if item.website and not _WEBSITE.fullmatch(item.website):
        problems.append(Problem("website", "is not a web address", "begin with https://"))
    if not 0 <= item.payment_terms_days <= MOST_TERMS_DAYS:
        problems.append(Problem("payment_terms_days", "is out of range", f"give days from 0 to {MOST_TERMS_DAYS}"))
    problems += _instructions(item.payment_instructions)
    return _told(item, problems, "the seller is not valid")


def checked_customer(item: Customer) -> Customer:
    """`item` with its region as a code, if invoices can be sent to it. Raises Invalid that names every fault."""
    item = replace(item, address=_with_region_code(item.address))
    problems = [*_contact(item.name, item.email), *_address(item.address, item.time_zone), *_exemptions(item)]
    if not SUBJECT.fullmatch(item.subject):
        problems.append(Problem("subject", "is not a subject", "use 1 to 64 letters, digits and _ . : -"))
    if item.language not in LANGUAGES:
        problems.append(Problem("language", "is not a language of our invoices", f"use {', '.join(LANGUAGES)}"))
    if len(item.tax_number) > _MOST_NUMBER:
        problems.append(Problem("tax_number", "is too long", f"give at most {_MOST_NUMBER} characters"))
    elif item.address.country == "IN" and item.tax_number and region_of(item.tax_number) is None:
        problems.append(Problem("tax_number", "is not a GSTIN", "give all 15 characters as they are registered"))
    return _told(item, problems, "the customer is not valid")


def checked_time_zone(field: str, time_zone: str) -> str:
    """Raises Invalid unless `time_zone` is an IANA name."""
    return _told(time_zone, list(zone_problems(field, time_zone)), "the time zone is not valid")


def _with_region_code(address: Address) -> Address:
    return replace(address, region=region_code(address.country, address.region))


def _contact(name: str, email: str) -> Iterator[Problem]:
    if not 0 < len(name.strip()) <= _MOST_NAME:
        yield Problem("name", f"is empty or over {_MOST_NAME} characters", "give the name that stands on invoices")
    if email and not (len(email) <= 254 and _EMAIL.fullmatch(email)):
        yield Problem("email", "is not an email address", "write it as in kim@example.com")


def _instructions(text: str) -> Iterator[Problem]:
    if len(text) > MOST_INSTRUCTIONS or any(UNSEEN.search(line) for line in text.split("\n")):
        message = f"are over {MOST_INSTRUCTIONS} characters or hold control characters"
        yield Problem("payment_instructions", message, "give account or address in a few lines")


def _address(address: Address, time_zone: str) -> Iterator[Problem]:
    yield from place_problems(Place(address.country, address.region), "address")
    yield from zone_problems("time_zone", time_zone)
    if len(address.lines) > _MOST_LINES:
        yield Problem("address.lines", "are too many", f"give at most {_MOST_LINES}")
    for place, line in enumerate((*address.lines[:_MOST_LINES], address.city, address.postal_code)):
        if len(line) > _MOST_LINE or UNSEEN.search(line):
            where = f"address.lines[{place}]" if place < len(address.lines) else "address"
            yield Problem(where, "is too long or holds control characters", f"give at most {_MOST_LINE} characters")


def _registrations(item: Seller) -> Iterator[Problem]:
    for regime, number in item.registrations.items():
        field = f"registrations.{regime[:20]}"
        if not is_regime(regime):
            yield Problem(field, "is no tax that we know", f"use one of {', '.join(REGIMES)} or US_ and a state")
        elif not _is_registration(regime, number):
            example = f"write it as in {_NUMBERS[regime][1]}" if regime in _NUMBERS else "give it as it is registered"
            yield Problem(field, "is not a registration number of that tax", example)
    if item.small_supplier and "GST/HST" in item.registrations:
        yield Problem("small_supplier", "cannot be registered for GST/HST", "leave out one of the two")


def _is_registration(regime: str, number: str) -> bool:
    if regime == "GSTIN":
        return region_of(number) is not None
    if regime in _NUMBERS:
        return _NUMBERS[regime][0].fullmatch(number) is not None
    return 0 < len(number.strip()) <= _MOST_NUMBER and number.isprintable()


def _exemptions(item: Customer) -> Iterator[Problem]:
    if len(item.exemptions) > MOST_EXEMPTIONS:
        yield Problem("exemptions", "are too many", f"give at most {MOST_EXEMPTIONS}")
    for place, one in enumerate(item.exemptions[:MOST_EXEMPTIONS]):
        field = f"exemptions[{place}]"
        if not is_regime(one.regime):
            remedy = f"use one of {', '.join(REGIMES)} or US_ and a state"
            yield Problem(f"{field}.regime", f"{one.regime[:20]!r} is no tax that we know", remedy)
        if not 0 < len(one.certificate.strip()) <= _MOST_LINE:
            yield Problem(f"{field}.certificate", "is missing or too long", "give the certificate's number")
        if _is_backwards(one):
            yield Problem(f"{field}.valid_to", "lies before valid_from", "exchange the two")


def _is_backwards(one: Exemption) -> bool:
    return (one.valid_from or date.min) > (one.valid_to or date.max)


def _told(item: T, problems: list[Problem], summary: str) -> T:
    if problems:
        raise Invalid(summary, problems=problems)
    return item
