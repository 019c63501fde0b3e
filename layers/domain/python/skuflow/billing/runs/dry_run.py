"""What a run would bill, line by line, without writing anything. The bills are made by what bills, so a run at that moment, with
the same usage, bills these very amounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from skuflow.billing.invoices.model import Invoice
from skuflow.billing.runs.prepare_bill import Known, Origin, Reading, bills_in_turn, is_due
from skuflow.billing.runs.read_known import KnownReader
from skuflow.billing.runs.start_run import named, why_not_due
from skuflow.billing.subscription_store import DynamoSubscriptions
from skuflow.billing.subscriptions import Subscription
from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import PermanentError
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId

Position = dict[str, Any]
AT_ONCE = 25
"""Subscriptions that one call explains at most: each costs a read of its usage."""
MOST_PERIODS = 24
"""Bills of one subscription that one call explains at most."""


@dataclass(frozen=True, slots=True)
class Explained:
    """What would become of one subscription: an invoice (each of several, if it is behind), or the reason why there is none."""

    subscription_id: str
    invoice: Invoice | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DryRunning:
    """What it is done with."""

    subscriptions: DynamoSubscriptions
    known: KnownReader
    reading: Reading
    clock: Clock


def dry_run(
    client_id: ClientId,
    as_of: datetime | None,
    only: Sequence[str],
    position: Position | None,
    *,
    cause: Cause,
    using: DryRunning,
) -> tuple[datetime, list[Explained], Position | None]:
    """The moment that is meant, what would be billed then of a page of the client's subscriptions (newest first), or of those in
    `only`, and where the next page begins. Of a page only what is due is told. Raises Invalid for a subscription that does
    not exist."""
    moment = as_of if as_of is not None else using.clock()
    if only:
        items, after = named(client_id, only, using.known), None
    else:
        page, after = using.subscriptions.page(client_id, AT_ONCE, position)
        items = [item for item in page if is_due(item, moment)]
    due = [item for item in items if is_due(item, moment)]
    known = using.known.known(client_id, due)
    told: list[Explained] = []
    for item in items:
        found, known = _explained(client_id, item, known, moment, origin=Origin(cause), using=using)
        told += found
    return moment, told, after


def _explained(
    client_id: ClientId, item: Subscription, known: Known, moment: datetime, *, origin: Origin, using: DryRunning
) -> tuple[list[Explained], Known]:
    """What is said of `item`, and what is known afterwards: credit that it uses up is not there for the next one."""
    name = item.subscription_id
    if not is_due(item, moment):
        return [Explained(name, None, why_not_due(item))], known
    told: list[Explained] = []
    bills = bills_in_turn(
        client_id,
        item,
        known,
        lambda one: moment if is_due(one, moment) else None,
        reading=using.reading,
        origin=origin,
    )
    try:
        for bill, after, known_after in islice(bills, MOST_PERIODS):
            item, known = after, known_after
            if bill.made is not None:
                told.append(Explained(name, bill.made.invoice))
    except PermanentError as error:
        return [*told, Explained(name, None, error.detail)], known
    if is_due(item, moment):
        told.append(Explained(name, None, f"more is due than the {MOST_PERIODS} periods that are shown"))
    return told or [Explained(name, None, "there is nothing to bill")], known
