"""Somebody subscribes; whatever they had of the same product before ends the moment the new one begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from skuflow.billing.lifecycle import Asked, ended
from skuflow.billing.parties import Customer
from skuflow.billing.party_rules import checked_time_zone
from skuflow.billing.periods import local_date
from skuflow.billing.plan_store import DynamoPlans
from skuflow.billing.plans import Plan
from skuflow.billing.publish_plan import plan_on_sale
from skuflow.billing.settling import entitled_by, settled
from skuflow.billing.starting import Beginning, begun
from skuflow.billing.subscription_store import Change, DynamoSubscriptions
from skuflow.billing.subscriptions import Subscription
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import Invalid, NotFound, Problem, TransientError, VersionConflict
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.rows import ATTEMPTS

ReadCustomer = Callable[[ClientId, str], Customer]
"""The billing profile of a subject. Raises NotFound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asks for. `plan_version` None: the latest. `time_zone` "": the customer's. `start_at` None: now."""

    subscription_id: str
    subject: str
    plan_code: str
    plan_version: int | None = None
    time_zone: str = ""
    start_at: datetime | None = None
    trial: bool = True


@dataclass(frozen=True, slots=True)
class Subscribing:
    """What it is done with."""

    subscriptions: DynamoSubscriptions
    plans: DynamoPlans
    customer: ReadCustomer


def subscribe(client_id: ClientId, wanted: Wanted, asked: Asked, *, by: Subscribing) -> Subscription:
    """The new subscription, active or in its trial. A trial is for a subject's first subscription to the product only.

    The same `subscription_id` again: the subscription that it made. Of two at once the later one ends the earlier. Raises Invalid,
    Conflict if the plan is archived, TransientError when others are always faster.
    """
    made = _known(client_id, wanted.subscription_id, by)
    if made is not None:
        return made
    customer = _customer(client_id, wanted.subject, by)
    plan = plan_on_sale(client_id, wanted.plan_code, wanted.plan_version, plans=by.plans)
    zone = checked_time_zone("time_zone", wanted.time_zone or customer.time_zone)
    for _ in range(ATTEMPTS):
        try:
            return _begin(client_id, replace(wanted, time_zone=zone), plan, asked, by)
        except VersionConflict:
            made = _known(client_id, wanted.subscription_id, by)
            if made is not None:
                return made
    raise TransientError("others are subscribing for the same subject; try again")


def _begin(client_id: ClientId, wanted: Wanted, plan: Plan, asked: Asked, by: Subscribing) -> Subscription:
    entitled = by.subscriptions.entitled(client_id, wanted.subject, plan.offer.product, exactly=True)
    follows = entitled.subscription_id if entitled is not None else ""
    new = begun(
        Beginning(
            subscription_id=wanted.subscription_id,
            subject=wanted.subject,
            plan=plan,
            time_zone=wanted.time_zone,
            start_at=wanted.start_at,
            trial=wanted.trial and not follows,
            replaces=follows,
        ),
        asked,
    )
    over = _ended(by.subscriptions.get(client_id, follows), new, asked) if follows else None
    change = Change(None, new, entitled_by(new, {plan.ref.key: plan}))
    return by.subscriptions.start(client_id, change, follows, over)


def _ended(old: Subscription, new: Subscription, asked: Asked) -> Change | None:
    """The end of `old` at the start of `new`; None if there is nothing to write, because it had ended and that was entered."""
    here = settled(old, asked.at)
    begins = new.started_at
    last = max(one.start for one in here.phases if one.start <= asked.at)
    if begins < (here.ended_at or last):
        what = f"ended at {iso(here.ended_at)}" if here.ended_at else f"last changed at {iso(last)}"
        fault = Problem("start_at", f"lies before {old.subscription_id} {what}", "begin later, or leave it out")
        raise Invalid("two subscriptions to one product cannot overlap", problems=[fault])
    if here.status == "cancelled":
        after = _without_last_day(here, new, asked)
        return Change(old, after) if after is not old else None
    return Change(old, ended(old, "replaced", begins, asked, replaced_by=new.subscription_id))


def _without_last_day(old: Subscription, new: Subscription, asked: Asked) -> Subscription:
    """`old`, which has ended, followed by `new` on the very day. Where days are whole, that one is billed to `new`, so the next
    invoice of `old`, due at once, gives it back."""
    last = old.ended_at
    if last is None or local_date(last, old.time_zone) != local_date(new.started_at, old.time_zone):
        return old
    return replace(
        old,
        replaced_by=new.subscription_id,
        boundary_at=asked.at,
        next_due_at=asked.at,
        updated_at=asked.at,
        cause=asked.cause,
    )


def _known(client_id: ClientId, subscription_id: str, by: Subscribing) -> Subscription | None:
    try:
        return by.subscriptions.get(client_id, subscription_id)
    except NotFound:
        return None


def _customer(client_id: ClientId, subject: str, by: Subscribing) -> Customer:
    try:
        return by.customer(client_id, subject)
    except NotFound:
        fault = Problem("subject", "has no billing profile", "create it first: PUT /v1/customers/{subject}")
        raise Invalid("nobody to send invoices to", problems=[fault]) from None
