"""A subscription is changed: another plan, an end, a pause. Each is a rule of `lifecycle`, applied to what is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from skuflow.billing.plan_store import DynamoPlans
from skuflow.billing.plans import Plan, PlanRef, ref_of
from skuflow.billing.settling import entitled_by
from skuflow.billing.subscription_store import Change, DynamoSubscriptions
from skuflow.billing.subscriptions import Subscription
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


def _unread(item: Subscription, plans: Mapping[str, Plan]) -> list[PlanRef]:
    return [ref_of(key) for key in item.plans if key not in plans]
