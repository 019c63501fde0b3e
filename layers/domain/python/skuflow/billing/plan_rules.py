"""What a plan may say. Every fault of one offer is reported together."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from skuflow.billing.charges.checks import charge_problems, fee_problems
from skuflow.billing.model import NAME, UNSEEN
from skuflow.billing.plans import Offer
from skuflow.billing.tax.checks import HSN
from skuflow.billing.tax.model import TAX_CODES
from skuflow.kernel.currency import MINOR_DIGITS
from skuflow.kernel.errors import Invalid, Problem

_ENTITLEMENT = re.compile(r"[a-z][a-z0-9_]{0,39}")

MOST_ENTITLEMENTS = 50
MOST_TRIAL_DAYS = 365
MOST_GRACE_HOURS = 72
MOST_VERSIONS = 9_999
_MOST_NAME, _MOST_DESCRIPTION, _MOST_GRANTED = 200, 2_000, 10**12

KnownMetrics = Callable[[Iterable[str]], Collection[str]]
"""The codes of the client's metrics, those that are asked for among them if they exist."""


def checked_code(code: str) -> str:
    """Raises Invalid unless `code` may be a plan's."""
    if not NAME.fullmatch(code):
        fault = Problem("code", "is not a plan's code", "use 1 to 40 of a-z, 0-9 and `-`, a letter or digit first")
        raise Invalid("the code is not valid", problems=[fault])
    return code


def checked_offer(offer: Offer, *, known: KnownMetrics) -> Offer:
    """`offer`, if a plan may say so. Raises Invalid that names every fault; that the seller exists is looked up elsewhere."""
    problems = [*_texts(offer), *_on_documents(offer), *_numbers(offer), *_entitlements(offer)]
    if offer.currency in MINOR_DIGITS:
        problems += _money(offer)
    else:
        message = f"{offer.currency[:10]!r} is not a currency we know"
        problems.append(Problem("currency", message, "use an ISO 4217 code such as CAD, USD, INR, JPY"))
    problems += _metrics(offer, known)
    if problems:
        raise Invalid("the plan is not valid", problems=problems)
    return offer


def _texts(offer: Offer) -> Iterator[Problem]:
    if not 0 < len(offer.name.strip()) <= _MOST_NAME:
        yield Problem("name", f"is empty or over {_MOST_NAME} characters", "say in a few words what is sold")
    if len(offer.description) > _MOST_DESCRIPTION:
        yield Problem("description", f"is over {_MOST_DESCRIPTION} characters", "shorten it")
    if not NAME.fullmatch(offer.product):
        yield Problem("product", "is not a product's name", "use 1 to 40 of a-z, 0-9 and `-`, e.g. sku-genie")
    if offer.tax_code not in TAX_CODES:
        yield Problem("tax_code", f"{offer.tax_code[:40]!r} is not a tax code", f"use {', '.join(TAX_CODES)}")
    if offer.hsn and not HSN.fullmatch(offer.hsn):
        yield Problem("hsn", f"{offer.hsn[:20]!r} is no HSN or SAC code", "give 4, 6 or 8 digits")
    if offer.update_frequency is not None and not offer.auto_update:
        yield Problem("update_frequency", "means nothing without updates", "set `auto_update`, or leave it out")


def _on_documents(offer: Offer) -> Iterator[Problem]:
    """Texts that come to stand on invoices: a control character or one that turns the direction of writing has no place there."""
    told = {"name": offer.name, "description": offer.description.replace("\n", "").replace("\r", "")}
    for place, charge in enumerate(offer.charges):
        told |= {f"charges[{place}].code": charge.code, f"charges[{place}].description": charge.description}
    for field, text in told.items():
        if UNSEEN.search(text):
            yield Problem(field, "holds control characters", "leave them out")


def _numbers(offer: Offer) -> Iterator[Problem]:
    if not 0 <= offer.trial_days <= MOST_TRIAL_DAYS:
        yield Problem("trial_days", "is out of range", f"give whole days from 0 to {MOST_TRIAL_DAYS}")
    if not 0 <= offer.grace_hours <= MOST_GRACE_HOURS:
        yield Problem("grace_hours", "is out of range", f"give whole hours from 0 to {MOST_GRACE_HOURS}")


def _money(offer: Offer) -> Iterator[Problem]:
    yield from fee_problems("base_fee", offer.base_fee, offer.currency)
    yield from fee_problems("minimum_commitment", offer.minimum_commitment, offer.currency)
    yield from charge_problems(offer.charges, offer.currency)


def _entitlements(offer: Offer) -> Iterator[Problem]:
    if len(offer.entitlements) > MOST_ENTITLEMENTS:
        yield Problem("entitlements", f"has {len(offer.entitlements)} entries", f"name at most {MOST_ENTITLEMENTS}")
    for name, granted in offer.entitlements.items():
        if not _ENTITLEMENT.fullmatch(name):
            yield Problem(f"entitlements.{name[:40]}", "is not a name of a right", "use a-z, 0-9 and _, a letter first")
        elif not isinstance(granted, bool) and not 0 <= granted <= _MOST_GRANTED:
            yield Problem(f"entitlements.{name}", "is out of range", "give true, false or a whole number from 0")


def _metrics(offer: Offer, known: KnownMetrics) -> Iterator[Problem]:
    """An undefined metric would be billed as nothing for ever: usage of it is refused."""
    asked = {charge.metric for charge in offer.charges}
    missing = asked - set(known(asked)) if asked else set()
    for place, charge in enumerate(offer.charges):
        if charge.metric in missing:
            message = f"{charge.metric[:64]!r} is not a metric of yours"
            yield Problem(f"charges[{place}].metric", message, "define it first: POST /v1/metrics")
