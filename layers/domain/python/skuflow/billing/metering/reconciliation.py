"""Do the counters say what the events say? The records of a reconciliation: one per client and UTC day, kept as the proof
either way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from skuflow.billing.metering.jobs import FIGURES, JobFigures
from skuflow.billing.metering.model import Counted, value_of

MOST_DRIFTS = 50
"""Drifts that are told one by one; all are counted."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A figure that differs. `subject` "" is the daily record of jobs, whose `name` is a source type; else `name` is a metric.
    `figure` is `events`, `value`, `markers`, or a field of the daily record. `raw` and `counted` are decimal numbers: what the
    events add up to, and what the counter says (of markers: how many there are)."""

    subject: str
    name: str
    figure: str
    raw: str
    counted: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What was compared so far: `counters` counters (one per subject and metric), made of `events` events. `drifts` are the
    first of `drift_count`. `after`: the last one that was compared, as it is listed."""

    after: str = ""
    counters: int = 0
    events: int = 0
    drift_count: int = 0
    drifts: tuple[Drift, ...] = ()

    def with_counter(self, after: str, events: int, drifts: tuple[Drift, ...]) -> Findings:
        return replace(
            self,
            after=after,
            counters=self.counters + 1,
            events=self.events + events,
            drift_count=self.drift_count + len(drifts),
            drifts=(self.drifts + drifts)[:MOST_DRIFTS],
        )


@dataclass(frozen=True, slots=True)
class Counting:
    """Events of one subject and metric, added up as far as the one at `after`; `before` is what the counter said when that
    began. `unmarked`: events without marker, which would count again if they were sent again."""

    listed: str
    before: Counted
    after: str = ""
    raw: Counted = field(default_factory=Counted)
    jobs: Mapping[str, JobFigures] = field(default_factory=dict)
    unmarked: int = 0


@dataclass(frozen=True, slots=True)
class DayWork:
    """A client's day to be reconciled, and how far that has come. It travels in a queue, so that whoever takes it up goes on
    there."""

    client_id: str
    day: str
    findings: Findings = field(default_factory=Findings)
    counting: Counting | None = None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What came of a client's day. `checked_at` is RFC 3339; `last_drift_at` when the latest drift was found, "" if never: it
    stays when a later check finds the day in order. `checks`: how often the day was compared."""

    day: str
    checked_at: str
    counters: int
    events: int
    drift_count: int
    drifts: tuple[Drift, ...]
    checks: int = 1
    last_drift_at: str = ""


def counter_drifts(subject: str, metric: str, counting: Counting) -> Iterator[Drift]:
    """Where the events of a subject and metric differ from their counter, or from their markers."""
    raw, counted = counting.raw, counting.before
    if counting.unmarked:
        yield Drift(subject, metric, "markers", str(raw.events), str(raw.events - counting.unmarked))
    if raw.events != counted.events:
        yield Drift(subject, metric, "events", str(raw.events), str(counted.events))
    if raw.units != counted.units:
        yield Drift(subject, metric, "value", f"{value_of(raw.units):f}", f"{value_of(counted.units):f}")


def record_drifts(raw: Mapping[str, JobFigures], counted: Mapping[str, JobFigures]) -> Iterator[Drift]:
    """Where the jobs of a day differ from the daily record; both by source type."""
    for source in sorted({*raw, *counted}):
        said, found = counted.get(source, JobFigures()), raw.get(source, JobFigures())
        for name in FIGURES:
            if getattr(said, name) != getattr(found, name):
                yield Drift("", source, name, str(getattr(found, name)), str(getattr(said, name)))


def outcome(work: DayWork, earlier: Reconciliation | None, checked_at: str) -> Reconciliation:
    """The record of a comparison that is complete."""
    found = work.findings
    before = earlier.last_drift_at if earlier is not None else ""
    return Reconciliation(
        day=work.day,
        checked_at=checked_at,
        counters=found.counters,
        events=found.events,
        drift_count=found.drift_count,
        drifts=found.drifts,
        checks=(earlier.checks if earlier is not None else 0) + 1,
        last_drift_at=checked_at if found.drift_count else before,
    )
