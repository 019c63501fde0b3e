"""What the billing engine is told of a subscription, what it answers, and what it must be told again next time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from skuflow.billing.charges.model import ZERO, Charge, Step
from skuflow.billing.phrases import Text
from skuflow.kernel.money import Money

Interval = Literal["week", "month", "quarter", "year"]
Alignment = Literal["anchored", "calendar"]
Proration = Literal["second", "day", "day30"]
"""second: by elapsed seconds. day: by local days, each of them whole. day30: by days of months that all have 30."""

PhaseKind = Literal["trial", "active", "paused"]
LineKind = Literal["base", "base_credit", "usage", "late_usage", "commitment"]
"""base: fee for time not billed before. base_credit: fee given back for time billed and then not had. usage: charges of a window
that ended. late_usage: what changed since in a window billed before. commitment: what is missing to the minimum."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the engine needs of one plan version. `base_fee` and `minimum_commitment` are per period, in major units."""

    plan: str
    """`plan_key(code, version)`"""
    name: str
    currency: str
    interval: Interval = "month"
    alignment: Alignment = "anchored"
    proration: Proration = "second"
    base_fee: Decimal = ZERO
    minimum_commitment: Decimal = ZERO
    charges: tuple[Charge, ...] = ()


@dataclass(frozen=True, slots=True)
class Phase:
    """`plan` was in force as `kind` from `start` up to, not including, `end`; None: until further notice."""

    plan: str
    kind: PhaseKind
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole known life of a subscription: phases in order of time, each beginning where the one before ends.

    `anchor` is where the grid of anchored periods begins, `time_zone` an IANA name in which days, months and 9 o'clock are
    meant. `plans` has the terms of every plan in `phases` and in what was billed. A timeline whose last phase has an end is
    one that is cancelled, now or then. `handed_over_at`: from then on base fees are those of the subscription that followed, also
    for time in which this one was still in force.
    """

    anchor: datetime
    time_zone: str
    phases: tuple[Phase, ...]
    plans: Mapping[str, Terms]
    handed_over_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BilledPart:
    """Base fee that was invoiced for `start`..`end`, within the period `period_from`..`period_to` of its plan."""

    plan: str
    period_from: datetime
    period_to: datetime
    start: datetime
    end: datetime
    amount: Money


@dataclass(frozen=True, slots=True)
class UsageBilled:
    """What a charge (or COMMITMENT) has been billed in all for one period of its plan."""

    plan: str
    period_from: datetime
    period_to: datetime
    charge: str
    quantity: Decimal
    amount: Money


COMMITMENT = "minimum_commitment"
"""Stands as `charge` for the true-up. No charge of a plan may have this code."""


@dataclass(frozen=True, slots=True)
class Billed:
    """What has been invoiced so far and may still change. `through`: the last boundary that was invoiced. Periods that ended by
    `settled_until` are closed for good."""

    base: tuple[BilledPart, ...] = ()
    usage: tuple[UsageBilled, ...] = ()
    through: datetime | None = None
    settled_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """`start` <= t < `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class UsageWindow:
    """Whose usage an invoice needs: of each of `metrics` over all `spans` together (one, unless a plan was left and taken again
    within a period). For `with_events` the value of each single event is needed, too."""

    plan: str
    period_from: datetime
    period_to: datetime
    spans: tuple[Span, ...]
    metrics: tuple[str, ...]
    with_events: tuple[str, ...] = ()

    @property
    def key(self) -> WindowKey:
        return self.plan, self.period_from


WindowKey = tuple[str, datetime]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an invoice. `amount` is rounded half-even, once. `unit_amount` (major units) is None where no single price
    explains it; `explanation` then says how it came about, and always adds up to what was rounded."""

    kind: LineKind
    description: Text
    quantity: Decimal
    unit_amount: Decimal | None
    amount: Money
    period_from: datetime
    period_to: datetime
    plan: str
    charge: str = ""
    metric: str = ""
    explanation: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """The answer of the engine: the lines of an invoice (none: nothing is due) and what is billed once it is written."""

    lines: tuple[Line, ...]
    billed: Billed


def plan_key(code: str, version: int) -> str:
    """How phases and billed parts name a plan version."""
    return f"{code}@{version}"
