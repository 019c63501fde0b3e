"""The billing engine: which lines an invoice at a boundary has, and what is billed once it is written. Pure.

It never adds up what happened since the last invoice. It works out what is owed for the whole life that may still change, takes
off what was billed, and bills the difference. So a boundary that is skipped, late, repeated or out of order, a change that comes
during the grace period, and late usage all come right by themselves, and no moment is billed twice or left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from skuflow.billing.engine.base_fees import Coverage, as_parts, base_lines, billed_before, owed
from skuflow.billing.engine.coverage import checked
from skuflow.billing.engine.usage_fees import Reckoned, Usage, reckoned, usage_lines
from skuflow.billing.engine.windows import as_window, closed_windows, is_metered
from skuflow.billing.periods import cycle_of, period_at
from skuflow.billing.timeline_model import Billed, BilledPart, Due, Line, Phase, Timeline, UsageBilled, UsageWindow

LATE = timedelta(days=36)
"""How long after its end a window is measured anew: usage is taken for 35 days, and a day more for what is under way."""


def usage_windows(timeline: Timeline, billed: Billed, boundary: datetime) -> tuple[UsageWindow, ...]:
    """The usage that must be read for the invoice at `boundary`; windows without a metric are left out."""
    closed = closed_windows(checked(timeline), _through(billed, boundary), billed.settled_until)
    windows = (as_window(timeline, key, spans) for key, spans in closed.items())
    return tuple(window for window in windows if window.metrics)


def invoice_lines(timeline: Timeline, billed: Billed, boundary: datetime, usage: Usage, *, as_of: datetime) -> Due:
    """The invoice at `boundary`: base fees in advance, credits, charges in arrears, late usage, minimum commitments.

    `usage` has what was measured for every metric of every window of `usage_windows`, read at `as_of` or later. Amounts are in the
    currency of the plans; each line is rounded half-even. Raises Invalid where currencies mix, ValueError for usage not read.
    """
    checked(timeline)
    through = _through(billed, boundary)
    covered = owed(timeline, through, billed.settled_until)
    before = billed_before(billed.base)
    charges = list(_reckoned(timeline, billed, covered, usage, through=through))
    lines = [*base_lines(timeline, covered, before), *(line for one in charges for line in usage_lines(timeline, one))]
    parts = as_parts(timeline, covered)
    return Due(tuple(sorted(lines, key=_order)), _billed(billed, parts, charges, through=through, as_of=as_of))


def next_boundary(timeline: Timeline, after: datetime) -> datetime | None:
    """The first moment after `after` at which an invoice may be due; None: never again.

    Boundaries are where phases begin and end and where periods of the plan in force end. What was cancelled has one more, once no
    late usage can come any more.
    """
    found = [moment for phase in timeline.phases for moment in _boundaries(timeline, phase, after)]
    last = timeline.phases[-1].end if timeline.phases else None
    if last is not None and any(is_metered(timeline, phase.plan) for phase in timeline.phases):
        found.append(last + LATE)
    return min((moment for moment in found if moment > after), default=None)


def _boundaries(timeline: Timeline, phase: Phase, after: datetime) -> Iterator[datetime]:
    yield phase.start
    if phase.end is not None:
        yield phase.end
    billable = phase.kind == "active" or is_metered(timeline, phase.plan)
    if billable and (phase.end is None or phase.end > after):
        cycle = cycle_of(timeline.plans[phase.plan], timeline.anchor, timeline.time_zone)
        ends = period_at(cycle, max(after, phase.start)).end
        if phase.end is None or ends < phase.end:
            yield ends


def _through(billed: Billed, boundary: datetime) -> datetime:
    """An invoice never looks back behind the one before it."""
    return boundary if billed.through is None else max(billed.through, boundary)


def _reckoned(
    timeline: Timeline, billed: Billed, covered: Coverage, usage: Usage, *, through: datetime
) -> Iterator[Reckoned]:
    known: dict[tuple[str, datetime], dict[str, UsageBilled]] = {}
    for one in billed.usage:
        known.setdefault((one.plan, one.period_from), {})[one.charge] = one
    for key, spans in closed_windows(timeline, through, billed.settled_until).items():
        mine = known.get((key.plan, key.period.start), {})
        yield from reckoned(timeline, key, spans, covered=covered.get(key, ()), usage=usage, before=mine)


def _billed(
    billed: Billed, parts: Iterable[BilledPart], charges: Iterable[Reckoned], *, through: datetime, as_of: datetime
) -> Billed:
    """What is kept: all of the periods that may still change. Windows that were billed and are open again keep their record."""
    settled = min(as_of - LATE, through)
    if billed.settled_until is not None:
        settled = max(settled, billed.settled_until)
    usage = {(one.plan, one.period_from, one.charge): one for one in billed.usage}
    usage |= {(one.plan, one.period_from, one.charge): one for one in (charge.billed for charge in charges)}
    return Billed(
        base=tuple(part for part in parts if part.period_to > settled),
        usage=tuple(one for one in usage.values() if one.period_to > settled),
        through=through,
        settled_until=settled,
    )


_RANK = {"base_credit": 0, "base": 1, "usage": 2, "late_usage": 3, "commitment": 4}


def _order(line: Line) -> tuple[int, datetime, str, str]:
    return _RANK[line.kind], line.period_from, line.plan, line.charge
