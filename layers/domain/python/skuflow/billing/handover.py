"""One subscription follows another of the same subject and product: where the old one ends, and whose the day of that is. Pure.

Where both count seconds, each pays up to, and from, the instant. Where either of them counts days, the local day on which the new
one begins is its own with all its hours, also those before it began: the old one, and whoever else had a part of that day, pays
for the days before, and the periods of the new one begin at that midnight. The day is that of the new one's time zone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from skuflow.billing.engine.coverage import coverage
from skuflow.billing.lifecycle import Asked, ended
from skuflow.billing.periods import start_of_day
from skuflow.billing.plans import Plan
from skuflow.billing.settling import settled
from skuflow.billing.subscriptions import Subscription
from skuflow.billing.timeline_model import Timeline
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import Conflict, Invalid, Problem

Followed = tuple[Subscription, Subscription]
"""A subscription before and after another one followed it."""
MOST_A_DAY = 40
"""Subscriptions of one subject to one product that can begin on one day, where days are counted: the last one changes them all."""


def followed(
    before: Sequence[Subscription], new: Subscription, asked: Asked, *, plans: Mapping[str, Plan]
) -> tuple[list[Followed], Subscription]:
    """What of those before `new` changes when it begins, and `new` as it begins then. `before`: the one that it follows, and behind
    it those that began on the same day or had been followed by such a one, newest first. `plans`: those of all of them. Raises
    Invalid where two would overlap in what has happened already, Conflict where too many began on that day."""
    old = before[0]
    here = settled(old, asked.at)
    _check_order(here, new, asked.at)
    after = here
    if here.status != "cancelled":
        after = ended(old, "replaced", new.started_at, asked, replaced_by=new.subscription_id)
    day = start_of_day(new.started_at, new.time_zone)
    paying = [one for one in (after, *before[1:]) if _pays_on(one.timeline(plans), day)]
    lives = [new.timeline(plans), *(one.timeline(plans) for one in paying)]
    if not paying or not any(_counts_days(life, day) for life in lives):
        return [(old, after)] if after is not old else [], new
    if len(paying) > MOST_A_DAY:
        raise Conflict(f"{new.subject} has subscribed to {new.product} more than {MOST_A_DAY} times today: wait a day")
    was = {one.subscription_id: one for one in before}
    handed_over = [_handed_over(one, day, new, asked) for one in paying]
    changed = [(was[one.subscription_id], one) for one in handed_over]
    if after is not old and after not in paying:
        changed.append((old, after))
    return changed, replace(new, anchor_at=day)


def _handed_over(item: Subscription, day: datetime, new: Subscription, asked: Asked) -> Subscription:
    """`item`, whose base fee ends with `day`: its next invoice, due at once, gives back what was billed behind that."""
    return replace(
        item,
        handed_over_at=day,
        replaced_by=item.replaced_by or new.subscription_id,
        boundary_at=asked.at,
        next_due_at=asked.at,
        updated_at=asked.at,
        cause=asked.cause,
    )


def _pays_on(life: Timeline, day: datetime) -> bool:
    """Whether base fees of `life` reach into `day`, or behind it."""
    return any(one.end is None or one.end > day for one in coverage(life))


def _counts_days(life: Timeline, day: datetime) -> bool:
    """Whether one of the plans that are paid for on `day` or later counts days."""
    plans = [life.plans[one.plan] for one in coverage(life) if one.end is None or one.end > day]
    return any(terms.proration != "second" for terms in plans)


def _check_order(old: Subscription, new: Subscription, now: datetime) -> None:
    last = max(one.start for one in old.phases if one.start <= now)
    if new.started_at < (old.ended_at or last):
        what = f"ended at {iso(old.ended_at)}" if old.ended_at else f"last changed at {iso(last)}"
        fault = Problem("start_at", f"lies before {old.subscription_id} {what}", "begin later, or leave it out")
        raise Invalid("two subscriptions to one product cannot overlap", problems=[fault])
