"""What a change or a cancellation would be billed as, without writing anything: the bill is made by what bills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from skuflow.billing.change_subscription import Transition
from skuflow.billing.invoices.model import Invoice
from skuflow.billing.lifecycle import Asked
from skuflow.billing.plans import Plan
from skuflow.billing.runs.prepare_bill import Origin, Reading, bills_in_turn
from skuflow.billing.runs.read_known import KnownReader
from skuflow.billing.subscriptions import Subscription
from skuflow.kernel.tenancy import ClientId


@dataclass(frozen=True, slots=True)
class Previewing:
    """What it is done with."""

    known: KnownReader
    reading: Reading


@dataclass(frozen=True, slots=True)
class Preview:
    """`after`: the subscription as it would be. `invoice`: the one that what was asked for is billed with, up to `effective_at`,
    now or when it comes; None: there is nothing to bill then. Its usage is what was recorded by `usage_until`: if that is before
    `effective_at`, more may come."""

    after: Subscription
    effective_at: datetime
    invoice: Invoice | None
    usage_until: datetime


def preview_change(
    client_id: ClientId,
    before: Subscription,
    transition: Transition,
    asked: Asked,
    *,
    also: Mapping[str, Plan],
    using: Previewing,
) -> Preview:
    """What `transition` of `before` would bring: a run that follows it writes this very invoice, but for what is used or changed
    meanwhile. Invoices that are due before that one are supposed to be written when they are. `also`: plans, by key, that
    `before` does not name. Raises as the change and the bill would."""
    known = using.known.known(client_id, [before])
    known = replace(known, plans={**also, **known.plans})
    after = transition(before, known.plans)
    effective_at = max(asked.at, *(act.effective_at for act in after.acts[-1:]))

    def made_at(item: Subscription) -> datetime | None:
        if item.boundary_at is None or item.boundary_at > effective_at:
            return None
        return max(asked.at, item.next_due_at or item.boundary_at)

    invoice: Invoice | None = None
    for bill, _, _ in bills_in_turn(
        client_id, after, known, made_at, reading=using.reading, origin=Origin(asked.cause)
    ):
        wanted = bill.before.boundary_at == effective_at
        invoice = bill.made.invoice if wanted and bill.made is not None else None
    return Preview(after, effective_at, invoice, min(asked.at, effective_at))
