"""Which time the base fee of which plan covers: the active phases, with their ends moved to whole days where a plan counts days.

A change or a resumption takes the whole local day it comes on if the plan that it brings counts days, or the one that it takes
over from on that day does; a cancellation or a pause leaves its day with the plan that had it. Of several changes in one day each
takes the day from those before it. So a day that is counted as one belongs, with all its hours, to one plan; plans that count
seconds and follow each other on it share it to the instant. No moment is billed twice, and none that was had is left out.

The same holds from one subscription to the next on the same day: see `handover`, which says when this one ceases to pay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from skuflow.billing.periods import end_of_day, start_of_day
from skuflow.billing.timeline_model import Phase, Span, Timeline
from skuflow.kernel.errors import Invalid, Problem


@dataclass(frozen=True, slots=True)
class Covered:
    """`plan` has its base fee from `start` to `end` (None: until further notice); its phase began at `phase_start`."""

    plan: str
    phase_start: datetime
    start: datetime
    end: datetime | None


def checked(timeline: Timeline) -> Timeline:
    """`timeline`, if it can be billed. Raises Invalid where currencies mix, ValueError where phases do not join."""
    currencies = {timeline.plans[phase.plan].currency for phase in timeline.phases}
    if len(currencies) > 1:
        message = f"a subscription cannot go from one currency to another ({', '.join(sorted(currencies))})"
        fault = Problem("plan", message, "cancel it, and subscribe to the other plan")
        raise Invalid(message, problems=[fault])
    for before, after in zip(timeline.phases, timeline.phases[1:], strict=False):
        if before.end != after.start or before.start > after.start:
            raise ValueError("each phase begins where the one before ends")
    return timeline


def coverage(timeline: Timeline) -> tuple[Covered, ...]:
    """What the active phases cover, in order of time, no moment twice. Phases of which nothing is left are not there."""
    phases = enumerate(timeline.phases)
    active = [place for place, phase in phases if phase.kind == "active" and phase.start != phase.end]
    starts = list(_starts(timeline, active))
    found: list[Covered] = []
    for index, place in enumerate(active):
        phase = timeline.phases[place]
        end = _earliest(_end(timeline, phase), timeline.handed_over_at, *starts[index + 1 :])
        if end is None or starts[index] < end:
            found.append(Covered(phase.plan, phase.start, starts[index], end))
    return tuple(found)


def _starts(timeline: Timeline, active: Sequence[int]) -> Iterator[datetime]:
    """Where each active phase begins to cover: with its day if it counts days, or if the active one before it does and was active
    on that day. The first one begins with the anchor if that lies before it on its day: it took the day from another
    subscription. An anchor of an earlier day says where periods begin, not that they are owed."""
    before: Phase | None = None
    for place in active:
        phase = timeline.phases[place]
        day = start_of_day(phase.start, timeline.time_zone)
        took_day = before is not None and _by_day(timeline, before) and before.end is not None and before.end > day
        start = day if _by_day(timeline, phase) or took_day else phase.start
        yield min(start, timeline.anchor) if place == 0 and timeline.anchor >= day else start
        before = phase


def _end(timeline: Timeline, phase: Phase) -> datetime | None:
    """Where an active phase ceases to cover, if no later one takes over sooner."""
    if phase.end is None or not _by_day(timeline, phase):
        return phase.end
    return end_of_day(phase.end, timeline.time_zone)


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((one for one in moments if one is not None), default=None)


def _by_day(timeline: Timeline, phase: Phase) -> bool:
    return timeline.plans[phase.plan].proration != "second"


def phase_at(phases: Sequence[Phase], moment: datetime) -> Phase | None:
    """The phase in force at `moment`; of phases without length none is."""
    for phase in phases:
        if phase.start <= moment and (phase.end is None or moment < phase.end):
            return phase
    return None


def span_of(phase: Phase, until: datetime) -> Span:
    """`phase` up to `until`."""
    return Span(phase.start, until if phase.end is None else min(phase.end, until))
