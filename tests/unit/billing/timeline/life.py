"""A subscription's life, lived: acts at their times, invoices when they fall due, usage that may come late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from skuflow.billing.charges.model import Charge, Measured
from skuflow.billing.timeline import invoice_lines, next_boundary, usage_windows
from skuflow.billing.timeline_model import Billed, Due, Line, Phase, PhaseKind, Terms, Timeline, UsageWindow

START = datetime(2024, 1, 31, 15, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def terms(plan: str = "basic@1", fee: str = "31.00", **changes: object) -> Terms:
    return replace(Terms(plan, plan.split("@", maxsplit=1)[0].title(), "CAD", base_fee=Decimal(fee)), **changes)  # type: ignore[arg-type]


def timeline(
    phases: Sequence[Phase],
    *plans: Terms,
    anchor: datetime = START,
    time_zone: str = "UTC",
    handed_over_at: datetime | None = None,
) -> Timeline:
    return Timeline(anchor, time_zone, tuple(phases), {one.plan: one for one in plans}, handed_over_at)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def per_item(unit: str = "0.10", metric: str = "items", **changes: object) -> Charge:
    return replace(Charge(metric, metric, "per_item", unit_amount=Decimal(unit)), **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Used:
    """A usage event, and when it reached us."""

    at: datetime
    recorded_at: datetime
    value: int = 1


def measured(windows: Iterable[UsageWindow], used: Iterable[Used], as_of: datetime) -> Mapping[object, Measured]:
    """Every metric has the same usage: what was recorded by `as_of`."""
    known = [one for one in used if one.recorded_at <= as_of]
    found: dict[object, Measured] = {}
    for window in windows:
        held = [one for one in known if any(span.start <= one.at < span.end for span in window.spans)]
        for metric in window.metrics:
            values = tuple(Decimal(one.value) for one in held)
            found[window.key, metric] = Measured(sum(values, Decimal(0)), len(values), values)
    return found


def billed_at(
    timeline: Timeline, boundary: datetime, billed: Billed | None = None, used: Sequence[Used] = (), **kw: datetime
) -> Due:
    """The invoice at `boundary`, its usage read at `as_of` (by default then)."""
    billed, as_of = billed or Billed(), kw.get("as_of", boundary)
    usage = measured(usage_windows(timeline, billed, boundary), used, as_of)
    return invoice_lines(timeline, billed, boundary, usage, as_of=as_of)  # type: ignore[arg-type]


def cents(lines: Iterable[Line]) -> int:
    return sum(line.amount.minor for line in lines)


class Life:
    """Lives from act to act. `used` is all usage there will ever be; it is seen once it is recorded."""

    def __init__(self, plans: Sequence[Terms], first: str, time_zone: str, used: Sequence[Used] = ()) -> None:
        self.timeline = timeline([Phase(first, "active", START)], *plans, time_zone=time_zone)
        self.used, self.billed = used, Billed()
        self.lines: list[Line] = []
        self.due: datetime | None = START
        self.now = START

    def wait_until(self, moment: datetime, grace: timedelta) -> None:
        """Time passes; what falls due is invoiced, `grace` after its boundary."""
        while self.due is not None and self.due + grace <= moment:
            self.invoice(self.due, self.due + grace)
        self.now = moment

    def act(self, kind: PhaseKind | None, plan: str) -> None:
        """From now on `plan` is in force as `kind`; None: it is cancelled. The change is due for an invoice at once."""
        *before, last = self.timeline.phases
        phases = [*before, replace(last, end=self.now)]
        if kind is not None:
            phases.append(Phase(plan, kind, self.now))
        self.timeline = replace(self.timeline, phases=tuple(phases))
        self.invoice(self.now, self.now)

    def invoice(self, boundary: datetime, as_of: datetime) -> None:
        due = billed_at(self.timeline, boundary, self.billed, self.used, as_of=as_of)
        self.lines += due.lines
        self.billed = due.billed
        self.due = next_boundary(self.timeline, boundary)

    def live_out(self) -> None:
        """Until nothing is ever due again."""
        while self.due is not None:
            self.invoice(self.due, self.due)
