"""How a subscription changes. Pure: each function gives the subscription as it is afterwards, or the very one it was given where
nothing is left to do, so that asking twice is answered alike.

                    change      cancel          pause       resume      reactivate
    trialing        yes         yes             Conflict    as it is    as it is, or yes if it is to end
    active          yes         yes             yes         as it is    as it is, or yes if it is to end
    paused          yes         yes             as it is    yes         as it is, or yes if it is to end
    cancelled       Conflict    as it is        Conflict    Conflict    Conflict

A paused subscription owes no base fee and entitles to nothing. One that is to end at a date is what it was until then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from skuflow.billing.periods import cycle_of, period_at
from skuflow.billing.phases import cut, phase_at, reopened, with_kind, with_plan
from skuflow.billing.plans import Plan, ref_of
from skuflow.billing.settling import settled
from skuflow.billing.subscriptions import Act, ActKind, Pending, Subscription, When
from skuflow.billing.timeline_model import Span
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import Conflict, Invalid, Problem
from skuflow.kernel.events import Cause

MOST_PHASES = 400
"""A record of more would outgrow its place in the table: somebody flips a switch by a program."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for a change, and when."""

    at: datetime
    by: str
    cause: Cause

    def in_turn(self, item: Subscription) -> Asked:
        """It, no earlier than what has happened to `item` already: who asked first may come second, and clocks differ."""
        return self if self.at >= item.settled_at else replace(self, at=item.settled_at)


def change(
    item: Subscription, plan: Plan, when: When | None, asked: Asked, *, plans: Mapping[str, Plan]
) -> Subscription:
    """`item` on `plan`, now or from the end of the period on. `when` None: now, unless a year of `plan` costs less base fee than
    one of the plan in force. The plan in force again: whatever change was pending is withdrawn. Raises Conflict, Invalid."""
    asked = asked.in_turn(item)
    here = _alive(settled(item, asked.at))
    _check_fits(here, plan)
    now = asked.at
    if plan.ref == here.plan:
        if here.pending is None:
            return here
        phases = with_plan(here.phases, plan.ref.key, now)
        return _acted(item, here, asked, "change_withdrawn", here.pending.at, phases=phases, pending=None)
    current = plans[here.plan.key]
    if (when or ("period_end" if plan.yearly_fee < current.yearly_fee else "now")) == "now":
        phases = with_plan(here.phases, plan.ref.key, now)
        return _acted(item, here, asked, "changed", now, phases=phases, pending=None, plan=plan.ref)
    end = period_of(here, current, now).end
    if here.cancel_at is not None and here.cancel_at <= end:
        raise Conflict(f"the subscription ends at {iso(here.cancel_at)}: reactivate it, or change it now")
    if here.pending == Pending(plan.ref, end):
        return here
    phases = with_plan(with_plan(here.phases, here.plan.key, now), plan.ref.key, end)
    return _acted(item, here, asked, "change_scheduled", end, phases=phases, pending=Pending(plan.ref, end))


def cancel(item: Subscription, when: When, asked: Asked, *, plans: Mapping[str, Plan]) -> Subscription:
    """`item` ended, now or at the end of the period. What was paid for time after the end is given back by the next invoice."""
    asked = asked.in_turn(item)
    here = settled(item, asked.at)
    if here.status == "cancelled" or (when == "period_end" and here.cancel_at is not None):
        return here
    if when == "now":
        return ended(item, "ended", asked.at, asked)
    end = period_of(here, plans[here.plan.key], asked.at).end
    phases = cut(here.phases, end)
    return _acted(item, here, asked, "cancellation_scheduled", end, phases=phases, cancel_at=end, pending=None)


def ended(item: Subscription, kind: ActKind, at: datetime, asked: Asked, **more: Any) -> Subscription:
    """`item`, which is alive at `at`, ended then."""
    here = settled(item, asked.at)
    phases = cut(here.phases, at)
    over = {"status": "cancelled", "cancel_at": at, "ended_at": at, "pending": None, "plan": ref_of(phases[-1].plan)}
    return _acted(item, here, asked, kind, at, phases=phases, **over, **more)


def pause(item: Subscription, asked: Asked) -> Subscription:
    """`item` paused from now on. Raises Conflict for a trial: there is nothing to pay, so nothing to pause."""
    asked = asked.in_turn(item)
    here = _alive(settled(item, asked.at))
    if here.status == "paused":
        return here
    if here.status == "trialing":
        raise Conflict("a trial cannot be paused: cancel it, or wait until it is over")
    phases = with_kind(here.phases, "active", "paused", asked.at)
    return _acted(item, here, asked, "paused", asked.at, phases=phases, status="paused")


def resume(item: Subscription, asked: Asked) -> Subscription:
    """`item` active again from now on; its periods are where they would be had it never been paused."""
    asked = asked.in_turn(item)
    here = _alive(settled(item, asked.at))
    if here.status != "paused":
        return here
    phases = with_kind(here.phases, "paused", "active", asked.at)
    return _acted(item, here, asked, "resumed", asked.at, phases=phases, status="active")


def reactivate(item: Subscription, asked: Asked) -> Subscription:
    """`item` without the end that it was to have."""
    asked = asked.in_turn(item)
    here = _alive(settled(item, asked.at))
    if here.cancel_at is None:
        return here
    return _acted(item, here, asked, "reactivated", asked.at, phases=reopened(here.phases), cancel_at=None)


def period_of(item: Subscription, plan: Plan, moment: datetime) -> Span:
    """The period that `moment` lies in, of `item` on `plan`; a trial is a period by itself."""
    phase = phase_at(item.phases, moment)
    if phase is not None and phase.kind == "trial" and moment < item.anchor_at:
        return Span(item.started_at, item.anchor_at)
    return period_at(cycle_of(plan.terms, item.anchor_at, item.time_zone), moment)


_FREE: frozenset[ActKind] = frozenset({"change_scheduled", "change_withdrawn", "cancellation_scheduled", "reactivated"})
"""What changes nothing that is owed yet: the date of the next invoice stays."""


def _acted(
    item: Subscription, here: Subscription, asked: Asked, kind: ActKind, effective_at: datetime, **fields: Any
) -> Subscription:
    """`here` with `fields`, and with what was done told. `item` is what it was before the dates that had come were entered."""
    pending: Pending | None = fields.get("pending")
    chosen = pending.plan if pending is not None else fields.get("plan", here.plan)
    before = here.plan if chosen != here.plan else None
    act = Act(kind=kind, at=asked.at, effective_at=effective_at, plan=chosen, plan_before=before, by=asked.by)
    due: dict[str, Any] = {} if kind in _FREE else {"boundary_at": asked.at, "next_due_at": asked.at}
    if len(fields["phases"]) > MOST_PHASES:
        raise Conflict("this subscription was changed too often: cancel it and subscribe anew")
    return replace(
        here,
        acts=(*(here.acts if here is not item else ()), act),
        settled_at=asked.at,
        updated_at=asked.at,
        cause=asked.cause,
        **due,
        **fields,
    )


def _alive(item: Subscription) -> Subscription:
    if item.status == "cancelled":
        when = f" at {iso(item.ended_at)}" if item.ended_at is not None else ""
        raise Conflict(f"the subscription ended{when}: subscribe anew")
    return item


def _check_fits(item: Subscription, plan: Plan) -> None:
    told = plan.offer
    pairs = (
        ("product", told.product, item.product),
        ("currency", told.currency, item.currency),
        ("seller", told.seller_id, item.seller_id),
    )
    problems = [
        Problem("plan", f"its {what} is {theirs}, not {ours}", "choose another plan, or cancel and subscribe anew")
        for what, theirs, ours in pairs
        if theirs != ours
    ]
    if problems:
        raise Invalid("the subscription cannot change to this plan", problems=problems)
