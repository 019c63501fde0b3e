"""Usage windows: for which time the usage of which plan is billed, in arrears.

Windows tile the whole life of a subscription, trials and pauses too: usage that is recorded then is charged by the plan of that
phase. All time of one plan within one of its periods is one window, so leaving a plan and coming back earns no second allowance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from skuflow.billing.engine.base_fees import Key
from skuflow.billing.engine.coverage import phase_at, span_of
from skuflow.billing.engine.spans import SpanSet, clipped, union
from skuflow.billing.periods import cycle_of, next_period, period_at
from skuflow.billing.timeline_model import Phase, Span, Timeline, UsageWindow


def closed_windows(timeline: Timeline, through: datetime, settled: datetime | None) -> Mapping[Key, SpanSet]:
    """The windows that have ended by `through`, in order of time; those of settled periods are left out.

    A window ends with its period, or when its plan is no longer in force.
    """
    found: dict[Key, list[Span]] = {}
    for phase in timeline.phases:
        if phase.start < through and is_metered(timeline, phase.plan):
            for key, span in _periods(timeline, phase, through, settled):
                found.setdefault(key, []).append(span)
    current = phase_at(timeline.phases, through)
    in_force = current.plan if current else None
    ended = [key for key in found if key.period.end <= through or key.plan != in_force]
    return {key: union(found[key]) for key in sorted(ended, key=lambda one: (one.period.start, one.plan))}


def is_metered(timeline: Timeline, plan: str) -> bool:
    """Whether anything of the plan is billed in arrears."""
    terms = timeline.plans[plan]
    return bool(terms.charges) or terms.minimum_commitment > 0


def _periods(
    timeline: Timeline, phase: Phase, through: datetime, settled: datetime | None
) -> Iterator[tuple[Key, Span]]:
    cycle = cycle_of(timeline.plans[phase.plan], timeline.anchor, timeline.time_zone)
    whole = span_of(phase, through)
    period = period_at(cycle, whole.start if settled is None else max(whole.start, settled))
    while period.start < whole.end:
        span = clipped(whole, period.start, period.end)
        if span.start < span.end and (settled is None or period.end > settled):
            yield Key(phase.plan, period), span
        period = next_period(cycle, period)


def as_window(timeline: Timeline, key: Key, spans: SpanSet) -> UsageWindow:
    """`key` as a question to whoever measures usage."""
    charges = timeline.plans[key.plan].charges
    return UsageWindow(
        plan=key.plan,
        period_from=key.period.start,
        period_to=key.period.end,
        spans=spans,
        metrics=tuple(dict.fromkeys(charge.metric for charge in charges)),
        with_events=tuple(dict.fromkeys(charge.metric for charge in charges if charge.reads_events)),
    )
