"""How a subscription begins. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from skuflow.billing.lifecycle import Asked
from skuflow.billing.periods import local_date, midnight, start_of_day
from skuflow.billing.phases import Phases
from skuflow.billing.plans import Plan
from skuflow.billing.settling import settled
from skuflow.billing.subscriptions import Act, Subscription
from skuflow.billing.timeline_model import Phase
from skuflow.kernel.errors import Invalid, Problem

MOST_BACKDATED = timedelta(days=35)
"""As long as usage is taken afterwards: what lies further back could not be billed by what was used."""
CLOCK_SKEW = timedelta(minutes=5)
"""How far a caller's clock may be ahead of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """Who subscribes to what. `start_at` None: now."""

    subscription_id: str
    subject: str
    plan: Plan
    time_zone: str
    start_at: datetime | None = None
    trial: bool = True
    replaces: str = ""


def begun(wanted: Beginning, asked: Asked) -> Subscription:
    """The subscription as it is at `asked.at`: where `start_at` lies back, the trial may be over already. Raises Invalid."""
    start = _start(wanted.start_at, asked.at)
    plan = wanted.plan
    anchor = _anchor(plan, start, wanted.time_zone, plan.offer.trial_days if wanted.trial else 0)
    phases: Phases = (Phase(plan.ref.key, "active", start),)
    if wanted.trial and plan.offer.trial_days:
        phases = (Phase(plan.ref.key, "trial", start, anchor), Phase(plan.ref.key, "active", anchor))
    told = Act(kind="started", at=asked.at, effective_at=start, plan=plan.ref, by=asked.by)
    item = Subscription(
        subscription_id=wanted.subscription_id,
        subject=wanted.subject,
        product=plan.offer.product,
        seller_id=plan.offer.seller_id,
        currency=plan.offer.currency,
        plan=plan.ref,
        status="trialing" if phases[0].kind == "trial" else "active",
        time_zone=wanted.time_zone,
        anchor_at=anchor,
        started_at=start,
        phases=phases,
        settled_at=start,
        created_at=asked.at,
        updated_at=asked.at,
        cause=asked.cause,
        boundary_at=start,
        next_due_at=asked.at,
        acts=(told,),
        replaces=wanted.replaces,
    )
    here = settled(item, asked.at)
    return replace(here, settled_at=asked.at, acts=(told, *here.acts) if here is not item else item.acts)


def _start(start_at: datetime | None, now: datetime) -> datetime:
    if start_at is None:
        return now
    if start_at > now + CLOCK_SKEW:
        raise _refused("lies in the future", "subscribe when it begins, or choose a plan with a trial")
    if start_at < now - MOST_BACKDATED:
        raise _refused("lies too far back", f"give a moment of the last {MOST_BACKDATED.days} days")
    return min(start_at.astimezone(UTC), now)


def _anchor(plan: Plan, start: datetime, time_zone: str, trial_days: int) -> datetime:
    """Where paid periods begin: at the end of the trial, which ends at the local time of day that it began at, or where days are
    counted as a whole at midnight."""
    if plan.offer.proration == "day":
        if not trial_days:
            return start_of_day(start, time_zone)
        return midnight(local_date(start, time_zone) + timedelta(days=trial_days), time_zone)
    local = start.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None) + timedelta(days=trial_days)
    return local.replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC) if trial_days else start


def _refused(message: str, remedy: str) -> Invalid:
    return Invalid(f"the start {message}", problems=[Problem("start_at", message, remedy)])
