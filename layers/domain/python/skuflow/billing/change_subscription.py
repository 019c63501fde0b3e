"""A subscription is changed: another plan, an end, a pause. Each is a rule of `lifecycle`, applied to what is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from skuflow.billing.lifecycle import Asked, change
from skuflow.billing.plan_store import DynamoPlans
from skuflow.billing.plans import Plan, PlanRef, ref_of
from skuflow.billing.settling import entitled_by
from skuflow.billing.subscription_store import Change, DynamoSubscriptions
from skuflow.billing.subscriptions import Subscription, When
from skuflow.billing.timeline import base_fee_lines
from skuflow.billing.timeline_model import Line
from skuflow.kernel.errors import TransientError, VersionConflict
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.rows import ATTEMPTS

Transition = Callable[[Subscription, Mapping[str, Plan]], Subscription]
"""A rule of `lifecycle`, given the plans that the subscription names, by key."""


@dataclass(frozen=True, slots=True)
class Changing:
    """What it is done with."""

    subscriptions: DynamoSubscriptions
    plans: DynamoPlans


def change_subscription(
    client_id: ClientId, subscription_id: str, transition: Transition, *, read_at: int | None, by: Changing
) -> Subscription:
    """Apply `transition` to the subscription as it is, together with what it entitles to. `read_at`: only if this is still its
    version (VersionConflict). Raises NotFound, what `transition` raises, TransientError when others are always faster."""
    for _ in range(ATTEMPTS):
        before = by.subscriptions.get(client_id, subscription_id)
        if read_at is not None and before.version != read_at:
            raise VersionConflict(f"the subscription is at version {before.version}; read it again")
        plans = by.plans.many(client_id, map(ref_of, before.plans))
        after = transition(before, plans)
        if after == before:
            return before
        plans = {**plans, **by.plans.many(client_id, _unread(after, plans))}
        try:
            return by.subscriptions.save(client_id, Change(before, after, entitled_by(after, plans)))
        except VersionConflict:
            continue
    raise TransientError("the subscription is being changed by others; try again")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would bring: the subscription as it would be, and the lines of base fee that the invoice up to `invoiced_at`
    would have: now, or when the change comes. Nothing of it is written."""

    after: Subscription
    invoiced_at: datetime
    lines: tuple[Line, ...]


def preview_change(
    client_id: ClientId, before: Subscription, plan: Plan, when: When | None, asked: Asked, *, plans: DynamoPlans
) -> Preview:
    """Computed by what bills: a run that follows the change bills these very lines, and usage beside them. Raises as the
    change would."""
    known = {**plans.many(client_id, map(ref_of, before.plans)), plan.ref.key: plan}
    after = change(before, plan, when, asked, plans=known)
    at = after.pending.at if after.pending is not None else asked.at
    return Preview(after, at, base_fee_lines(after.timeline(known), after.billed, at))


def _unread(item: Subscription, plans: Mapping[str, Plan]) -> list[PlanRef]:
    return [ref_of(key) for key in item.plans if key not in plans]
