"""Which time the base fee of which plan covers: the active phases, with their ends moved to whole days where a plan counts days.

Where days are whole, a day belongs to the last active phase that touched it: a change or a resumption takes the day it comes on,
a cancellation or a pause leaves it with the plan that had it. So no day is billed twice, and none that was had is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from skuflow.billing.periods import end_of_day, start_of_day
from skuflow.billing.timeline_model import Phase, Span, Terms, Timeline
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
        end = _earliest(_end(timeline, place), starts[index + 1 :])
        if end is None or starts[index] < end:
            found.append(Covered(phase.plan, phase.start, starts[index], end))
    return tuple(found)


def _starts(timeline: Timeline, active: Sequence[int]) -> Iterator[datetime]:
    """Where each active phase begins to cover: at the start of its day if it, or the active one before it, counts days."""
    before: Terms | None = None
    for place in active:
        phase = timeline.phases[place]
        terms = timeline.plans[phase.plan]
        whole = _by_day(terms) or (before is not None and _by_day(before))
        yield start_of_day(phase.start, timeline.time_zone) if whole else phase.start
        before = terms


def _end(timeline: Timeline, place: int) -> datetime | None:
    """Where the active phase at `place` ceases to cover, if no later one takes over sooner."""
    phase = timeline.phases[place]
    if phase.end is None or not _by_day(timeline.plans[phase.plan]):
        return phase.end
    if timeline.replaced and place == len(timeline.phases) - 1:
        return start_of_day(phase.end, timeline.time_zone)
    return end_of_day(phase.end, timeline.time_zone)


def _earliest(end: datetime | None, later: Sequence[datetime]) -> datetime | None:
    return min((one for one in (end, *later) if one is not None), default=None)


def _by_day(terms: Terms) -> bool:
    return terms.proration != "second"


def phase_at(phases: Sequence[Phase], moment: datetime) -> Phase | None:
    """The phase in force at `moment`; of phases without length none is."""
    for phase in phases:
        if phase.start <= moment and (phase.end is None or moment < phase.end):
            return phase
    return None


def span_of(phase: Phase, until: datetime) -> Span:
    """`phase` up to `until`."""
    return Span(phase.start, until if phase.end is None else min(phase.end, until))
