"""What subscriptions tell the others: how they begin, change and end, and what they entitle to."""

from __future__ import annotations

from skuflow.billing.plans import PlanRef
from skuflow.billing.subscriptions import Act, Entitled, Subscription
from skuflow.contracts.billing import (
    SOURCE,
    EntitlementsChanged,
    EntitlementStep,
    SubscriptionChanged,
    SubscriptionEnded,
    SubscriptionStarted,
)
from skuflow.kernel.clock import iso
from skuflow.platform.event_bus import Announcement, Image
from skuflow.platform.images import NOTHING, record, told

_NO_PLAN = PlanRef("", 0)


def of_subscription(old: Image | None, new: Image) -> Announcement:
    """Whatever has happened to it with this write; a billing run that only enters what it billed says nothing."""
    item = record(Subscription, new)
    known = record(Subscription, old).acts if old is not None else ()
    if item.acts == known:
        return NOTHING
    events = tuple(
        told(SOURCE, new, _payload(item, act), (item.subscription_id, str(item.version), str(number)), act.at)
        for number, act in enumerate(item.acts)
    )
    return Announcement(item.subscription_id, events)


def _payload(item: Subscription, act: Act) -> SubscriptionStarted | SubscriptionChanged | SubscriptionEnded:
    if act.kind == "started":
        return SubscriptionStarted(
            subscription_id=item.subscription_id,
            subject=item.subject,
            product=item.product,
            plan_code=act.plan.code,
            plan_version=act.plan.version,
            status="trialing" if item.phases[0].kind == "trial" else "active",
            started_at=iso(item.started_at),
            replaces=item.replaces,
        )
    if act.kind in {"ended", "replaced"}:
        return SubscriptionEnded(
            subscription_id=item.subscription_id,
            subject=item.subject,
            product=item.product,
            plan_code=act.plan.code,
            plan_version=act.plan.version,
            ended_at=iso(act.effective_at),
            replaced_by=item.replaced_by,
        )
    before = act.plan_before or _NO_PLAN
    return SubscriptionChanged(
        subscription_id=item.subscription_id,
        subject=item.subject,
        product=item.product,
        change=act.kind,
        effective_at=iso(act.effective_at),
        plan_code=act.plan.code,
        plan_version=act.plan.version,
        plan_before_code=before.code,
        plan_before_version=before.version,
        status=item.status,
    )


def of_entitled(old: Image | None, new: Image) -> Announcement:
    """What is entitled, unless it is what it was."""
    item = record(Entitled, new)
    before = record(Entitled, old) if old is not None else None
    if before is not None and (before.subscription_id, before.steps) == (item.subscription_id, item.steps):
        return NOTHING
    steps = tuple(
        EntitlementStep(iso(one.start), one.status, one.plan.code, one.plan.version, dict(one.entitlements))
        for one in item.steps
    )
    payload = EntitlementsChanged(item.subject, item.product, item.subscription_id, item.version, steps)
    parts = (item.subscription_id, str(item.version))
    return Announcement(f"{item.subject} {item.product}", (told(SOURCE, new, payload, parts, item.updated_at),))
