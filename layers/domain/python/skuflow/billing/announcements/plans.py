"""What a version of a plan tells the others: that it is there."""

from __future__ import annotations

from skuflow.billing.plans import Plan
from skuflow.contracts.billing import SOURCE, PlanPublished
from skuflow.platform.event_bus import Announcement, Image
from skuflow.platform.images import NOTHING, record, told


def of_plan_version(old: Image | None, new: Image) -> Announcement:
    """Once: versions do not change."""
    if old is not None:
        return NOTHING
    plan = record(Plan, new)
    payload = PlanPublished(
        code=plan.code,
        version=plan.version,
        product=plan.offer.product,
        name=plan.offer.name,
        currency=plan.offer.currency,
        interval=plan.offer.interval,
        base_fee=format(plan.offer.base_fee, "f"),
        entitlements=dict(plan.offer.entitlements),
    )
    return Announcement(plan.code, (told(SOURCE, new, payload, (plan.code, str(plan.version)), plan.published_at),))
