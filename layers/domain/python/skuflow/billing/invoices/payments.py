"""Payments of invoices. Pure.

Whoever collects the money reports each attempt under an id of its own. The same report again changes nothing; another one under the
same id is refused. Never more than what is due is taken: what was paid too much belongs back to the payer, not onto the invoice.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from skuflow.billing.invoices.model import Invoice, InvoiceStatus, Payment
from skuflow.billing.invoices.statuses import moved, settled_if_covered
from skuflow.kernel.errors import Conflict, Invalid, Problem

MOST_PAYMENTS = 100
"""That succeeded, and as many attempts that failed: those must not keep out the money that comes after all."""
CLOCK_SKEW = timedelta(minutes=5)
_OPEN: frozenset[InvoiceStatus] = frozenset({"pending", "failed", "uncollectible"})


def with_payment(invoice: Invoice, payment: Payment, now: datetime) -> Invoice:
    """`invoice` with `payment`; the very `invoice` if it is known already. Received at the moment it is recorded means that its
    reporter did not say when. Raises Invalid for another currency or more than is due, Conflict if the invoice takes no payments
    or the id was used for something else."""
    known = next((one for one in invoice.payments if one.payment_id == payment.payment_id), None)
    if known is not None:
        received_at = known.received_at if payment.received_at == payment.recorded_at else payment.received_at
        if replace(payment, recorded_at=known.recorded_at, received_at=received_at) != known:
            raise Conflict(f"the payment {payment.payment_id} was reported before, with other facts")
        return invoice
    if invoice.status not in _OPEN:
        why = "has no number yet; try again in a moment" if invoice.status == "draft" else f"is {invoice.status}"
        raise Conflict(f"the invoice {why}")
    if sum(one.outcome == payment.outcome for one in invoice.payments) >= MOST_PAYMENTS:
        raise Conflict(f"an invoice keeps {MOST_PAYMENTS} payments that {payment.outcome} at most")
    _check_amount(invoice, payment)
    paid = replace(invoice, payments=(*invoice.payments, payment), updated_at=now)
    if payment.outcome == "succeeded":
        return settled_if_covered(paid, now)
    return moved(paid, "failed", now, payment.reason) if invoice.status == "pending" else paid


def _check_amount(invoice: Invoice, payment: Payment) -> None:
    amount, due = payment.amount, invoice.amount_due
    if payment.received_at > payment.recorded_at + CLOCK_SKEW:
        raise _refused("received_at", "lies in the future", "report a payment when it has come")
    if amount.currency != invoice.currency:
        message = f"is in {amount.currency}, the invoice in {invoice.currency}"
        raise _refused("amount.currency", message, f"pay in {invoice.currency}")
    if amount.minor <= 0:
        raise _refused("amount", "is not above zero", "give what was paid, or what the attempt was about")
    if amount > due:
        raise _refused(
            "amount", f"is more than the {due.to_decimal()} {due.currency} that are due", "pay back the rest"
        )


def _refused(field: str, message: str, remedy: str) -> Invalid:
    return Invalid(f"the payment's {field} {message}", problems=[Problem(field, message, remedy)])
