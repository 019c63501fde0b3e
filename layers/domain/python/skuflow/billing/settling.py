"""What the dates that have come mean for a subscription, and what it entitles to. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from skuflow.billing.phases import phase_at
from skuflow.billing.plans import Plan, ref_of
from skuflow.billing.subscriptions import Act, Entitled, Status, Step, Subscription
from skuflow.billing.timeline_model import Phase, PhaseKind

_STATUS: Mapping[PhaseKind, Status] = {"trial": "trialing", "active": "active", "paused": "paused"}


def settled(item: Subscription, now: datetime) -> Subscription:
    """`item` as it is at `now`: trials that are over, changes and endings whose date has come. The very `item` if none has."""
    if item.status == "cancelled":
        return item
    acts = tuple(_acts(item, now))
    if not acts:
        return item
    last = item.phases[-1]
    phase = phase_at(item.phases, now) or last
    over = last.end is not None and last.end <= now
    still_pending = item.pending is not None and item.pending.at > now and not over
    return replace(
        item,
        plan=ref_of(phase.plan),
        status="cancelled" if over else _STATUS[phase.kind],
        pending=item.pending if still_pending else None,
        ended_at=last.end if over else None,
        settled_at=now,
        updated_at=now,
        acts=acts,
    )


def _acts(item: Subscription, now: datetime) -> Iterator[Act]:
    """What came true after `item.settled_at`, up to `now`, in order."""
    for before, after in pairwise(item.phases):
        if item.settled_at < after.start <= now:
            yield from _turn(before, after)
    last = item.phases[-1]
    if last.end is not None and item.settled_at < last.end <= now:
        yield Act(kind="ended", at=last.end, effective_at=last.end, plan=ref_of(last.plan))


def _turn(before: Phase, after: Phase) -> Iterator[Act]:
    at, plan = after.start, ref_of(after.plan)
    if before.kind == "trial" != after.kind:
        yield Act(kind="trial_ended", at=at, effective_at=at, plan=plan)
    if before.plan != after.plan:
        yield Act(kind="changed", at=at, effective_at=at, plan=plan, plan_before=ref_of(before.plan))


def entitled_by(item: Subscription, plans: Mapping[str, Plan]) -> Entitled:
    """What `item`, as it is at `item.settled_at`, entitles to from then on. `plans`: those of its phases."""
    told = [one for one in item.phases if one.end is None or one.end > item.settled_at]
    steps = [Step(one.start, _STATUS[one.kind], ref_of(one.plan), _given(one, plans)) for one in told]
    last = item.phases[-1]
    if last.end is not None:
        steps.append(Step(last.end, "cancelled", ref_of(last.plan), {}))
    return Entitled(
        subject=item.subject,
        product=item.product,
        subscription_id=item.subscription_id,
        steps=tuple(steps),
        updated_at=item.updated_at,
        cause=item.cause,
        version=item.version,
    )


def _given(phase: Phase, plans: Mapping[str, Plan]) -> dict[str, int | bool]:
    return {} if phase.kind == "paused" else dict(plans[phase.plan].offer.entitlements)
