"""Subscriptions: who has which plan since when. Records; how they change stands in `lifecycle`.

`phases` say which plan is in force when, also in the time to come: a downgrade or a cancellation at the end of a period stands
there from the moment it is asked for, with its future date. So money and entitlements are right at that date by themselves;
`settled` only tells the rest of the record, its history and the others that the date has come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from skuflow.billing.plans import Entitlements, Plan, PlanRef
from skuflow.billing.timeline_model import Billed, Phase, Timeline
from skuflow.kernel.events import Cause

Status = Literal["trialing", "active", "paused", "cancelled"]
When = Literal["now", "period_end"]

ActKind = Literal[
    "started",
    "changed",
    "change_scheduled",
    "change_withdrawn",
    "trial_ended",
    "paused",
    "resumed",
    "cancellation_scheduled",
    "reactivated",
    "ended",
    "replaced",
]
"""changed: another plan is in force since `effective_at`. replaced: ended because its subject subscribed to the product anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that happened to a subscription: asked for, or come true, `at`; it counts from `effective_at` on. `plan` is the
    one in force or chosen, `plan_before` the one that it follows. `by`: who asked; "" where a date has come."""

    kind: ActKind
    at: datetime
    effective_at: datetime
    plan: PlanRef
    plan_before: PlanRef | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """A change of plan that comes `at` the end of the period."""

    plan: PlanRef
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """`plan`, `status`, `pending` and `ended_at` are as of `settled_at`.

    `subject`: who is billed, `client` for the client itself. `anchor_at`: where the grid of periods begins: the start, or the end
    of the trial. `cancel_at`: when it ends or has ended. `boundary_at`: the moment up to which it is to be invoiced next, by
    `next_due_at` at the earliest; both None when nothing is ever due again. `cycle`: number of the invoice that is due next.
    `billed_by`: the piece of work (run and batch) that billed it last. `acts`: what the last change did. `replaces`, `replaced_by`:
    the subscription before and after this one of the same subject and product. `handed_over_at`: from when on the base fee is that
    of the one after, where that is not simply where this one ended. `version` counts writes.
    """

    subscription_id: str
    subject: str
    product: str
    seller_id: str
    currency: str
    plan: PlanRef
    status: Status
    time_zone: str
    anchor_at: datetime
    started_at: datetime
    phases: tuple[Phase, ...]
    settled_at: datetime
    created_at: datetime
    updated_at: datetime
    cause: Cause
    pending: Pending | None = None
    cancel_at: datetime | None = None
    ended_at: datetime | None = None
    coupon: str = ""
    billed: Billed = field(default_factory=Billed)
    boundary_at: datetime | None = None
    next_due_at: datetime | None = None
    cycle: int = 0
    billed_by: str = ""
    acts: tuple[Act, ...] = ()
    replaces: str = ""
    replaced_by: str = ""
    handed_over_at: datetime | None = None
    version: int = 0

    @property
    def plans(self) -> tuple[str, ...]:
        """The keys of all plan versions that its phases and what was billed name, each once."""
        named = [phase.plan for phase in self.phases]
        named += [part.plan for part in self.billed.base] + [part.plan for part in self.billed.usage]
        return tuple(dict.fromkeys(named))

    def timeline(self, plans: Mapping[str, Plan]) -> Timeline:
        """What the billing engine works on. `plans`: every one of `self.plans`, by key."""
        terms = {key: plans[key].terms for key in self.plans}
        return Timeline(self.anchor_at, self.time_zone, self.phases, terms, self.handed_over_at)


@dataclass(frozen=True, slots=True)
class Step:
    """What holds from `start` on, until the next step. Nothing is entitled unless `status` is trialing or active."""

    start: datetime
    status: Status
    plan: PlanRef
    entitlements: Entitlements


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitled:
    """What `subject` is entitled to of `product`, by its latest subscription, now and at the dates that are known already.
    `steps` in order of time; before the first one nothing is entitled."""

    subject: str
    product: str
    subscription_id: str
    steps: tuple[Step, ...]
    updated_at: datetime
    cause: Cause
    version: int = 0
    """The version of the subscription that it was made from."""
