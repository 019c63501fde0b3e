"""Give drafts their numbers: consecutive per seller, without gaps, whoever dies in the middle.

One transaction takes the seller's counter forward by as many as it numbers, and fails as a whole if the counter or one of the
drafts has changed. At most 49 drafts a transaction: with the counter 50 of the 100 items that DynamoDB allows. Its 4 MB hold them
but for unusually long ones; what the table refuses is tried again in halves, so one that can never be written stands alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from skuflow.billing.collection import Collection
from skuflow.billing.invoices.invoice_store import DynamoInvoices
from skuflow.billing.invoices.model import Invoice
from skuflow.billing.invoices.numbers import last_number, taken
from skuflow.billing.invoices.settle_invoice import record_payment
from skuflow.billing.invoices.statuses import numbered
from skuflow.billing.invoices.writing import written
from skuflow.billing.runs.work import Drafts, in_parts
from skuflow.billing.store import BillingItem
from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import PermanentError, TransientError
from skuflow.kernel.tenancy import ClientId

AT_ONCE = 49
_ATTEMPTS = 20
"""How often a transaction is tried while others number invoices of the same seller."""


@dataclass(frozen=True, slots=True)
class Numbering:
    """What it is done with."""

    table: type[BillingItem]
    invoices: DynamoInvoices
    collection: Collection
    clock: Clock


def number_invoices(client_id: ClientId, invoice_ids: Sequence[str], *, using: Numbering) -> int:
    """Number those of the invoices that are drafts, and have what they ask for collected; returns how many were numbered. Raises
    TransientError, and PermanentError where one cannot be numbered, which the others are by then; what was done stays."""
    return _each(client_id, in_parts(dict.fromkeys(invoice_ids), AT_ONCE), using)


def _each(client_id: ClientId, parts: Sequence[Sequence[str]], using: Numbering) -> int:
    """Raises PermanentError if one of `parts` was refused, once the others are done."""
    count, refused = 0, None
    for part in parts:
        try:
            count += _number(client_id, part, using)
        except PermanentError as error:
            refused = error
    if refused is not None:
        raise refused
    return count


def _number(client_id: ClientId, invoice_ids: Sequence[str], using: Numbering) -> int:
    by_seller: dict[str, list[Invoice]] = {}
    for invoice in using.invoices.get_many(client_id, invoice_ids).values():
        by_seller.setdefault(invoice.seller.seller_id, []).append(invoice)
    count = 0
    try:
        for seller_id, invoices in by_seller.items():
            after, done = _numbered(client_id, seller_id, invoices, using)
            count += done
            _collect(client_id, after, using)
    except PermanentError:
        if len(invoice_ids) == 1:
            raise
        count += _each(client_id, in_parts(invoice_ids, -(-len(invoice_ids) // 2)), using)
    return count


def _numbered(
    client_id: ClientId, seller_id: str, invoices: Sequence[Invoice], using: Numbering
) -> tuple[Sequence[Invoice], int]:
    """`invoices` of one seller, all of them with numbers, and how many have got them now."""
    for _ in range(_ATTEMPTS):
        drafts = sorted((one for one in invoices if one.status == "draft"), key=_order)
        if not drafts:
            return invoices, 0
        last = last_number(using.table, client_id, seller_id, "INVOICES")
        now = using.clock()
        after = [numbered(one, last + place, now) for place, one in enumerate(drafts, start=1)]
        counter = taken(using.table, client_id, seller_id, "INVOICES", last=last, count=len(after))
        if written(using.table, [counter, *(using.invoices.write(client_id, one) for one in after)]):
            others = [one for one in invoices if one.status != "draft"]
            return [*others, *(replace(one, version=one.version + 1) for one in after)], len(after)
        invoices = list(using.invoices.get_many(client_id, [one.invoice_id for one in invoices]).values())
    raise TransientError(f"invoices of {seller_id} are being numbered by others; try again")


def _collect(client_id: ClientId, invoices: Sequence[Invoice], using: Numbering) -> None:
    """Also of those that had their numbers: whoever numbered them may have died before this."""
    for invoice in invoices:
        if invoice.status == "pending":
            payment = using.collection.collect(client_id, invoice)
            if payment is not None:
                record_payment(
                    client_id,
                    invoice.invoice_id,
                    payment,
                    cause=invoice.cause,
                    invoices=using.invoices,
                    clock=using.clock,
                )


def _order(invoice: Invoice) -> tuple[datetime, str, int]:
    """Invoices of one subscription in order of their periods, if they were made in the same moment."""
    return invoice.issued_at, invoice.subscription_id, invoice.cycle


def number_together(drafts: Sequence[Drafts], *, using: Numbering) -> int:
    """As `number_invoices`, for several messages at once: the fuller the transactions, the fewer."""
    by_client: dict[ClientId, list[str]] = {}
    for one in drafts:
        by_client.setdefault(one.client_id, []).extend(one.invoice_ids)
    return sum(number_invoices(client_id, ids, using=using) for client_id, ids in by_client.items())
