"""Invoices as money comes, or does not: payments, void, uncollectible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from skuflow.billing.invoices.invoice_store import DynamoInvoices
from skuflow.billing.invoices.model import Invoice, Payment
from skuflow.billing.invoices.payments import with_payment
from skuflow.billing.invoices.statuses import moved, voided
from skuflow.billing.invoices.writing import Write, written
from skuflow.billing.party_store import customer_in, customer_key, customer_row
from skuflow.billing.store import BillingItem
from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import NotFound, TransientError
from skuflow.kernel.events import Cause
from skuflow.kernel.money import Money
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.rows import ATTEMPTS, change, row_at, unchanged_since


def record_payment(
    client_id: ClientId, invoice_id: str, payment: Payment, *, cause: Cause, invoices: DynamoInvoices, clock: Clock
) -> Invoice:
    """The invoice with `payment`, which counts once however often it is reported. Raises NotFound, Conflict, Invalid."""
    return _changed(
        client_id, invoice_id, lambda item: with_payment(item, payment, clock()), cause=cause, invoices=invoices
    )


def write_off(
    client_id: ClientId, invoice_id: str, reason: str, *, cause: Cause, invoices: DynamoInvoices, clock: Clock
) -> Invoice:
    """The invoice as uncollectible. It is still owed: a payment may come after all. Raises NotFound, Conflict."""

    def given_up(item: Invoice) -> Invoice:
        return item if item.status == "uncollectible" else moved(item, "uncollectible", clock(), reason)

    return _changed(client_id, invoice_id, given_up, cause=cause, invoices=invoices)


def void_invoice(
    client_id: ClientId,
    invoice_id: str,
    reason: str,
    *,
    cause: Cause,
    table: type[BillingItem],
    invoices: DynamoInvoices,
    clock: Clock,
) -> Invoice:
    """The invoice void; credit that it had used is the customer's again, in the same write. Raises NotFound, Conflict."""
    for _ in range(ATTEMPTS):
        item = invoices.get(client_id, invoice_id)
        if item.status == "void":
            return item
        void = replace(voided(item, clock(), reason), cause=cause)
        writes = [invoices.write(client_id, void)]
        if item.credit_used.minor:
            writes.append(credit_write(table, client_id, item.subject, item.credit_used, cause))
        if written(table, writes):
            return replace(void, version=item.version + 1)
    raise TransientError(f"the invoice {invoice_id} is being changed by others; try again")


def credit_write(table: type[BillingItem], client_id: ClientId, subject: str, amount: Money, cause: Cause) -> Write:
    """Adds `amount` to the credit of the customer as read now, for a transaction. Raises NotFound."""
    row = row_at(table, *customer_key(client_id, subject))
    if row is None:
        raise NotFound(f"there is no customer {subject}")
    customer = customer_in(row)
    credit = dict(customer.credit_minor)
    credit[amount.currency] = credit.get(amount.currency, 0) + amount.minor
    stored = replace(customer, credit_minor=credit, version=customer.version + 1, cause=cause)
    return customer_row(table, client_id, stored), unchanged_since(table, customer.version)


def _changed(
    client_id: ClientId,
    invoice_id: str,
    transition: Callable[[Invoice], Invoice],
    *,
    cause: Cause,
    invoices: DynamoInvoices,
) -> Invoice:
    def with_cause(item: Invoice) -> Invoice:
        after = transition(item)
        return replace(after, cause=cause) if after is not item else item

    return change(
        lambda: invoices.get(client_id, invoice_id),
        lambda item: invoices.save(client_id, item),
        with_cause,
        f"the invoice {invoice_id}",
    )
