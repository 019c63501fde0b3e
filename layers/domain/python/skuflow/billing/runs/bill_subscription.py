"""Bill one subscription: its invoice, its own next state, the customer's credit and the coupon's use are one transaction.

The transaction holds only if the subscription is at the version that was read and its invoice of this cycle is not there yet. So
whoever comes second, be it a repeated message, a twin or a second run, finds the subscription moved on, and nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from skuflow.billing.invoices.coupon_store import held_write
from skuflow.billing.invoices.model import Invoice
from skuflow.billing.invoices.writing import Write, written
from skuflow.billing.parties import Customer
from skuflow.billing.party_store import customer_row
from skuflow.billing.runs.prepare_bill import Bill, Known, Origin, Reading, is_due, prepare_bill
from skuflow.billing.runs.read_known import KnownReader
from skuflow.billing.settling import entitled_by
from skuflow.billing.store import BillingItem, entitled_pk
from skuflow.billing.subscription_store import Change, changed_writes, entitled_row
from skuflow.billing.subscriptions import Subscription
from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import TransientError
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.rows import ATTEMPTS, row_at, unchanged_since


@dataclass(frozen=True, slots=True)
class Billing:
    """What it is done with."""

    table: type[BillingItem]
    known: KnownReader
    reading: Reading
    clock: Clock


@dataclass(frozen=True, slots=True)
class Billed:
    """`item` and `known` as they are afterwards: what the next period is billed with. `invoice` None: there was nothing to invoice.
    `met`: somebody else wrote meanwhile, so there may be invoices of theirs, too."""

    item: Subscription
    known: Known
    invoice: Invoice | None = None
    met: bool = False


def bill_subscription(
    client_id: ClientId, item: Subscription, known: Known, as_of: datetime, *, origin: Origin, using: Billing
) -> Billed:
    """Bill `item`, which is due at `as_of`, up to its boundary, with what is `known`; it may be due again afterwards. Nothing is
    written if somebody else has billed it meanwhile. Raises what `prepare_bill` raises, TransientError when others are always
    faster."""
    met = False
    for _ in range(ATTEMPTS):
        bill = prepare_bill(client_id, item, known, using.clock(), reading=using.reading, origin=origin)
        if written(using.table, _writes(client_id, bill, known, using)):
            made = replace(bill.made.invoice, version=1) if bill.made is not None else None
            return Billed(*bill.stored(known), made, met)
        met = True
        fresh = using.known.subscriptions(client_id, [item.subscription_id])
        if not fresh or not is_due(fresh[0], as_of):
            return Billed(fresh[0] if fresh else replace(item, next_due_at=None), known, None, met)
        item, known = fresh[0], using.known.known(client_id, fresh)
    raise TransientError(f"the subscription {item.subscription_id} is being changed by others; try again")


def _writes(client_id: ClientId, bill: Bill, known: Known, using: Billing) -> Iterator[Write]:
    table = using.table
    yield from changed_writes(table, client_id, Change(bill.before, bill.after))
    if bill.after.acts != bill.before.acts:
        yield from _entitled(client_id, bill, known, table)
    if bill.made is None:
        return
    for invoice in (bill.made.invoice, *bill.made.lessened):
        yield using.reading.invoices.write(client_id, invoice)
    if bill.customer_after is not bill.customer:
        yield _customer(table, client_id, bill.customer_after)
    if bill.held_after is not None and bill.held_after is not bill.held:
        yield held_write(table, client_id, bill.before.subscription_id, bill.held_after)


def _customer(table: type[BillingItem], client_id: ClientId, after: Customer) -> Write:
    row = customer_row(table, client_id, replace(after, version=after.version + 1))
    return row, unchanged_since(table, after.version)


def _entitled(client_id: ClientId, bill: Bill, known: Known, table: type[BillingItem]) -> Iterator[Write]:
    """A date has come, so what it entitles to is told anew: unless its subject has subscribed to something else since."""
    item = bill.after
    row = row_at(table, entitled_pk(client_id, item.subject, item.product), "ENTITLED")
    if row is not None and row.owner == item.subscription_id:
        told = replace(entitled_by(item, known.plans), version=item.version + 1)
        yield entitled_row(table, client_id, told), table.owner == item.subscription_id
