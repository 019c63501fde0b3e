"""Somebody subscribes; whatever they had of the same product before ends the moment the new one begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from skuflow.billing.handover import MOST_A_DAY, followed
from skuflow.billing.invoices.coupon_store import DynamoCoupons
from skuflow.billing.invoices.coupons import Redeemed
from skuflow.billing.invoices.redeem_coupon import redeemable
from skuflow.billing.lifecycle import Asked
from skuflow.billing.parties import Customer
from skuflow.billing.party_rules import checked_time_zone
from skuflow.billing.periods import start_of_day
from skuflow.billing.plan_store import DynamoPlans
from skuflow.billing.plans import Plan, ref_of
from skuflow.billing.publish_plan import plan_on_sale
from skuflow.billing.settling import entitled_by
from skuflow.billing.starting import Beginning, begun
from skuflow.billing.subscription_store import Change, DynamoSubscriptions, stored
from skuflow.billing.subscriptions import Subscription
from skuflow.kernel.errors import Invalid, NotFound, Problem, TransientError, VersionConflict
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.rows import ATTEMPTS

ReadCustomer = Callable[[ClientId, str], Customer]
"""The billing profile of a subject. Raises NotFound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asks for. `plan_version` None: the latest. `time_zone` "": the customer's. `start_at` None: now. `coupon`
    "": none."""

    subscription_id: str
    subject: str
    plan_code: str
    plan_version: int | None = None
    time_zone: str = ""
    start_at: datetime | None = None
    trial: bool = True
    coupon: str = ""


@dataclass(frozen=True, slots=True)
class Subscribing:
    """What it is done with."""

    subscriptions: DynamoSubscriptions
    plans: DynamoPlans
    customer: ReadCustomer
    coupons: Callable[[], DynamoCoupons]


def subscribe(client_id: ClientId, wanted: Wanted, asked: Asked, *, by: Subscribing) -> Subscription:
    """The new subscription, active or in its trial. A trial is for a subject's first subscription to the product only.

    The same `subscription_id` again: the subscription that it made. Of two at once the later one ends the earlier. Raises Invalid,
    Conflict if the plan is archived or the coupon cannot be redeemed, TransientError when others are always faster.
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
    old = by.subscriptions.get(client_id, follows) if follows else None
    if old is not None:
        asked = asked.in_turn(old)
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
    over: list[Change] = []
    if old is not None:
        before = _before(client_id, old, new, by)
        named = (key for one in before for key in one.plans)
        plans = {**by.plans.many(client_id, map(ref_of, named)), plan.ref.key: plan}
        changed, new = followed(before, new, asked, plans=plans)
        over = [Change(was, becomes) for was, becomes in changed]
    change = Change(None, replace(new, coupon=wanted.coupon), entitled_by(new, {plan.ref.key: plan}))
    if wanted.coupon:
        return _with_coupon(client_id, change, follows, over, asked=asked, by=by)
    return by.subscriptions.start(client_id, change, follows, over)


def _with_coupon(
    client_id: ClientId, change: Change, follows: str, over: Sequence[Change], *, asked: Asked, by: Subscribing
) -> Subscription:
    """As without: the coupon is redeemed by what begins the subscription, or neither happens."""
    item, coupons = change.after, by.coupons()
    coupon = redeemable(client_id, item.coupon, item.currency, asked.at, field="coupon", coupons=coupons)
    writes = by.subscriptions.start_writes(client_id, change, follows, over)
    held = Redeemed(terms=coupon.terms, redeemed_at=asked.at)
    if not coupons.redeem(client_id, coupon, item.subscription_id, held, writes):
        raise VersionConflict(f"what {item.subject} has of {item.product} or the coupon has changed meanwhile")
    return stored(change)


def _before(client_id: ClientId, old: Subscription, new: Subscription, by: Subscribing) -> list[Subscription]:
    """`old`, which `new` follows, and those before it of which there may be something left on the day that `new` begins."""
    day = start_of_day(new.started_at, new.time_zone)
    found = [old]
    while found[-1].replaces and found[-1].started_at >= day and len(found) <= MOST_A_DAY:
        found.append(by.subscriptions.get(client_id, found[-1].replaces))
    return found


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
