"""Credit notes: what takes back an invoice, or part of it. Pure.

A credit note first lowers what is still due. Beyond that the money goes back to the payer (refund) or becomes the customer's
credit. All credit notes of an invoice, and what later invoices gave back of it, are together never more than its total, all refunds
never more than its payments. Taxes are taken back in proportion; the last credit note takes exactly what is left of each, so that
they sum to the invoice's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Literal

from skuflow.billing.invoices.model import CreditNote, Invoice
from skuflow.billing.invoices.statuses import DIGITS, settled_if_covered
from skuflow.billing.tax.model import TaxLine
from skuflow.billing.tax.rounding import half_up
from skuflow.kernel.errors import Conflict, Invalid, Problem
from skuflow.kernel.events import Cause
from skuflow.kernel.money import Money

Destination = Literal["refund", "credit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A credit note that is asked for. `reference` is the caller's own name for it, once per invoice. `amount` None: all that is
    left of the invoice. `destination`: where what was paid goes."""

    note_id: str
    reference: str
    amount: Money | None
    destination: Destination
    reason: str
    memo: str
    cause: Cause


def credited(invoice: Invoice, asked: Asked, sequence: int, now: datetime) -> tuple[Invoice, CreditNote]:
    """`invoice` after the credit note that `asked` is for, and the note, `sequence`-th of its seller. Raises Conflict if the
    invoice cannot be credited, Invalid if the amount does not fit."""
    _check_status(invoice)
    amount = _fitting(invoice, asked.amount)
    off_due = min(amount, invoice.amount_due)
    rest = amount - off_due
    refund = min(rest, invoice.amount_paid - invoice.amount_refunded) if asked.destination == "refund" else invoice.zero
    taxes = _shares(invoice, amount)
    note = CreditNote(
        note_id=asked.note_id,
        reference=asked.reference,
        invoice_id=invoice.invoice_id,
        invoice_number=invoice.number,
        subject=invoice.subject,
        number=f"{invoice.seller.invoice_prefix}CN-{sequence:0{DIGITS}d}",
        sequence=sequence,
        reason=asked.reason,
        memo=asked.memo,
        currency=invoice.currency,
        amount=amount,
        net=amount - reduce(add, [one.amount for one in taxes], invoice.zero),
        taxes=taxes,
        refund=refund,
        to_credit=rest - refund,
        off_due=off_due,
        destination=asked.destination,
        seller=invoice.seller,
        customer=invoice.customer,
        issued_at=now,
        cause=asked.cause,
    )
    after = replace(
        invoice,
        credited=invoice.amount_credited + amount,
        refunded=invoice.amount_refunded + refund,
        updated_at=now,
    )
    return settled_if_covered(after, now), note


def _check_status(invoice: Invoice) -> None:
    if invoice.kind == "credit_note":
        raise Conflict("this document is a credit note itself")
    if invoice.status == "draft":
        raise Conflict("the invoice has no number yet; try again in a moment")
    if invoice.status == "void":
        raise Conflict("the invoice is void: nothing is left to take back")


def _fitting(invoice: Invoice, wanted: Money | None) -> Money:
    """What to take back. Raises Conflict if nothing is left, Invalid if `wanted` is more than that or in another currency."""
    left = invoice.amount_left
    if left.minor <= 0:
        raise Conflict("nothing is left of this invoice to take back")
    amount = wanted if wanted is not None else left
    if amount.currency != invoice.currency:
        message = f"is in {amount.currency}, the invoice in {invoice.currency}"
        raise _refused("amount.currency", message, f"credit in {invoice.currency}")
    if amount.minor <= 0:
        raise _refused("amount", "is not above zero", "leave it out to credit all that is left")
    if amount > left:
        message = f"is more than the {left.to_decimal()} {left.currency} that are left of the invoice"
        raise _refused("amount", message, "leave it out to credit all that is left")
    return amount


def _shares(invoice: Invoice, amount: Money) -> tuple[TaxLine, ...]:
    """Each tax's part of `amount`, by what all credit notes up to this one make out of the total, less what those before did."""
    before, whole = invoice.amount_credited.minor, invoice.total.minor
    upto = before + amount.minor

    def part(minor: int) -> Money:
        cumulated = (half_up(Fraction(minor * done, whole)) for done in (upto, before))
        return Money(next(cumulated) - next(cumulated), invoice.currency)

    taxes = tuple(replace(one, base=part(one.base.minor), amount=part(one.amount.minor)) for one in invoice.taxes)
    return tuple(one for one in taxes if one.amount.minor or one.base.minor)


def _refused(field: str, message: str, remedy: str) -> Invalid:
    return Invalid(f"the credit note's {field} {message}", problems=[Problem(field, message, remedy)])
