"""What billing a subscription now comes to: the invoice, and everything that changes with it. Reads, writes nothing: a dry run
shows what a real one would write, because both ask here.

The engine is loaded with the first bill, the tables of taxes with the first invoice: a start that finds nothing to do needs
neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from skuflow.billing.invoices.coupons import Redeemed
from skuflow.billing.invoices.invoice_store import DynamoInvoices
from skuflow.billing.invoices.model import Invoice, UsageFigure
from skuflow.billing.parties import Customer, Seller
from skuflow.billing.phases import phase_at
from skuflow.billing.plans import Plan, PlanRef, ref_of
from skuflow.billing.runs.read_usage import UsageSource
from skuflow.billing.settling import settled
from skuflow.billing.subscriptions import Subscription
from skuflow.billing.timeline_model import Billed, Due, Line
from skuflow.kernel.errors import Conflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId

if TYPE_CHECKING:
    from skuflow.billing.invoices.draft_invoice import Drafted

T = TypeVar("T")

_AT_ONCE = 24
"""Invoices of a subscription that are read at once to find what is given back: mostly it is in the newest."""


@dataclass(frozen=True, slots=True)
class Known:
    """What bills are made with, read together for many: plans by key, sellers by id, customers by subject, coupons by the
    subscription that has them."""

    plans: Mapping[str, Plan]
    sellers: Mapping[str, Seller]
    customers: Mapping[str, Customer]
    held: Mapping[str, Redeemed]


@dataclass(frozen=True, slots=True)
class Reading:
    """Where the rest is read: usage always, earlier invoices if something is given back."""

    usage: UsageSource
    invoices: DynamoInvoices


@dataclass(frozen=True, slots=True)
class Origin:
    """The piece of work that a bill belongs to."""

    cause: Cause
    run_id: str = ""
    batch: int = -1

    @property
    def mark(self) -> str:
        """How a subscription names it."""
        return f"{self.run_id}#{self.batch}"


@dataclass(frozen=True, slots=True)
class Bill:
    """`after` is the subscription billed up to its boundary, at the version that was read. `made` None: there is nothing to
    invoice, the subscription only moves on."""

    before: Subscription
    after: Subscription
    customer: Customer
    held: Redeemed | None
    made: Drafted | None

    @property
    def customer_after(self) -> Customer:
        """The customer with the credit that is left; the very `customer` if that is as it was."""
        if self.made is None:
            return self.customer
        currency, left = self.made.invoice.currency, self.made.credit
        if left == self.customer.credit_minor.get(currency, 0):
            return self.customer
        return replace(
            self.customer, credit_minor={**self.customer.credit_minor, currency: left}, cause=self.made.invoice.cause
        )

    @property
    def held_after(self) -> Redeemed | None:
        """The coupon after its use; the very `held` if it was not used."""
        used = self.made.held if self.made is not None else None
        return used if used is not None and used != self.held else self.held

    def stored(self, known: Known) -> tuple[Subscription, Known]:
        """What the next bill of the same subscription is made of once this one is written: all of it a version on."""
        item = replace(self.after, version=self.before.version + 1)
        customers, held = dict(known.customers), dict(known.held)
        if self.customer_after is not self.customer:
            customers[item.subject] = replace(self.customer_after, version=self.customer.version + 1)
        if self.held_after is not None and self.held_after is not self.held:
            held[item.subscription_id] = replace(self.held_after, version=self.held_after.version + 1)
        return item, replace(known, customers=customers, held=held)


def is_due(item: Subscription, as_of: datetime) -> bool:
    return item.next_due_at is not None and item.next_due_at <= as_of


def prepare_bill(
    client_id: ClientId, item: Subscription, known: Known, now: datetime, *, reading: Reading, origin: Origin
) -> Bill:
    """The bill of `item`, which is due, at `now`. Raises Conflict where seller, customer or plan are missing, Invalid where no tax
    can be found, TransientError."""
    from skuflow.billing.timeline import invoice_lines, usage_windows

    boundary = item.boundary_at
    if boundary is None:
        raise Conflict(f"nothing of {item.subscription_id} is due any more")
    parties = _parties(item, known)
    plans = {key: _named(known.plans, key, "plan") for key in item.plans}
    timeline = item.timeline(plans)
    windows = usage_windows(timeline, item.billed, boundary)
    usage, figures = reading.usage.measured(client_id, item.subject, windows)
    due = invoice_lines(timeline, item.billed, boundary, usage, as_of=now)
    after = replace(billed_up_to(settled(item, now), due.billed, boundary, plans), billed_by=origin.mark)
    held = known.held.get(item.subscription_id) if item.coupon else None
    if not due.lines:
        return Bill(item, after, parties[1], held, None)
    shown = tuple(one for one in figures if _is_billed(one, due.lines))
    earlier = _earlier(client_id, item, due, reading.invoices)
    told = replace(settled(item, now), plan=_plan_at(item, boundary))
    made = _made(told, parties, plans, due, shown=shown, held=held, earlier=earlier, now=now, origin=origin)
    return Bill(item, after, parties[1], held, made)


def bills_in_turn(
    client_id: ClientId,
    item: Subscription,
    known: Known,
    made_at: Callable[[Subscription], datetime | None],
    *,
    reading: Reading,
    origin: Origin,
) -> Iterator[tuple[Bill, Subscription, Known]]:
    """The bills of `item` as runs would write them one after the other, each with the subscription and what is known after it.
    `made_at` says when the next one is made; None: no more. Raises what `prepare_bill` raises."""
    while (now := made_at(item)) is not None:
        bill = prepare_bill(client_id, item, known, now, reading=reading, origin=origin)
        item, known = bill.stored(known)
        yield bill, item, known


def _made(
    item: Subscription,
    parties: tuple[Seller, Customer],
    plans: Mapping[str, Plan],
    due: Due,
    *,
    shown: tuple[UsageFigure, ...],
    held: Redeemed | None,
    earlier: Sequence[Invoice],
    now: datetime,
    origin: Origin,
) -> Drafted:
    from skuflow.billing.invoices.draft_invoice import Basis, drafted
    from skuflow.billing.lifecycle import period_of

    boundary = item.boundary_at or now
    return drafted(
        Basis(
            subscription=item,
            seller=parties[0],
            customer=parties[1],
            plans=plans,
            lines=due.lines,
            usage=shown,
            held=held,
            earlier=earlier,
            period_from=period_of(item, plans[item.plan.key], boundary).start,
            issued_at=now,
            cause=origin.cause,
            run_id=origin.run_id,
            batch=origin.batch,
        )
    )


def _plan_at(item: Subscription, boundary: datetime) -> PlanRef:
    """The plan that an invoice at `boundary` is of, whatever is in force when it is made: the last one where the life is over."""
    return ref_of((phase_at(item.phases, boundary) or item.phases[-1]).plan)


def billed_up_to(item: Subscription, billed: Billed, boundary: datetime, plans: Mapping[str, Plan]) -> Subscription:
    """`item` with everything invoiced up to `boundary`, and the next one in sight. Where usage is charged, that is due once the
    grace for late usage is over, of the plan in force before it."""
    from skuflow.billing.timeline import next_boundary

    following = next_boundary(item.timeline(plans), boundary)
    due_at = following + _grace(item, following, plans) if following is not None else None
    return replace(item, billed=billed, boundary_at=following, next_due_at=due_at, cycle=item.cycle + 1)


def _grace(item: Subscription, following: datetime, plans: Mapping[str, Plan]) -> timedelta:
    before = phase_at(item.phases, following - timedelta(microseconds=1))
    if before is None:
        return timedelta()
    offer = plans[before.plan].offer
    metered = bool(offer.charges) or offer.minimum_commitment > 0
    return timedelta(hours=offer.grace_hours) if metered else timedelta()


def _earlier(client_id: ClientId, item: Subscription, due: Due, invoices: DynamoInvoices) -> list[Invoice]:
    """Newest first, as far back as those go that had charged for what is given back now."""
    from skuflow.billing.invoices.discounting import gives_back, origin_of

    sought = [line for line in due.lines if gives_back(line)]
    found: list[Invoice] = []
    while any(origin_of(line, found) is None for line in sought):
        before = found[-1].cycle if found else None
        more = invoices.newest_of(client_id, item.subscription_id, _AT_ONCE, before=before)
        found += more
        if len(more) < _AT_ONCE:
            break
    return found


def _is_billed(figure: UsageFigure, lines: Sequence[Line]) -> bool:
    """Whether the invoice charges for it. Windows that were billed before are measured again for late usage."""
    return any(one.metric == figure.metric and one.period_from < figure.period_to <= one.period_to for one in lines)


def _parties(item: Subscription, known: Known) -> tuple[Seller, Customer]:
    return _named(known.sellers, item.seller_id, "seller"), _named(known.customers, item.subject, "customer")


def _named(known: Mapping[str, T], name: str, kind: str) -> T:
    if name not in known:
        raise Conflict(f"the {kind} {name} does not exist any more")
    return known[name]
