"""Hold a client's counters of one UTC day against the events they were made of.

Marker, event, counter and daily record are written in one transaction, so a crash, however late, cannot part them: drift means that
somebody or something wrote past this code. That is why it is reported and never mended on the quiet.

Events may still arrive while a day is compared. Its counter only grows by events, one each; so if it says the same before the
events are read and after (all strongly consistent), the events belong to exactly that counter. If it does not, the comparison
begins anew.

That each event has its marker, without which it would count again, is looked at twice: in the first night of a day and in the last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from skuflow.billing.metering.counters import DynamoCounters, StoredEvent
from skuflow.billing.metering.jobs import JobFigures
from skuflow.billing.metering.metered_days import DynamoMeteredDays
from skuflow.billing.metering.model import BILLABLE_ITEMS, LATE, OWN_SUBJECT, Counted
from skuflow.billing.metering.reconciliation import (
    Counting,
    DayWork,
    Drift,
    Reconciliation,
    counter_drifts,
    outcome,
    record_drifts,
)
from skuflow.billing.metering.reconciliation_store import DynamoReconciliations
from skuflow.kernel.clock import Clock, iso
from skuflow.kernel.errors import Throttled
from skuflow.kernel.tenancy import ClientId

ATTEMPTS = 3
"""Times that a counter is compared while events keep arriving."""
_WAIT = 300
"""Seconds until the next look at a day to which events keep arriving."""
_EVENTS_BETWEEN_LOOKS = 500
"""Events read between two looks at the time that is left."""
_AT_ONCE = 100
"""Events whose markers are asked for in one request."""
_MARKERS_AT = (timedelta(days=1), LATE + timedelta(days=1))
"""How old a day is when its markers are looked at."""

_OF_JOBS = (OWN_SUBJECT, BILLABLE_ITEMS.code)
"""The pair whose events stand for jobs."""


@dataclass(frozen=True, slots=True)
class Reconciling:
    """What it takes. `has_time` says whether another few hundred events can be read."""

    counters: DynamoCounters
    days: DynamoMeteredDays
    records: DynamoReconciliations
    clock: Clock


def reconcile_day(work: DayWork, *, using: Reconciling, has_time: Callable[[], bool]) -> DayWork | Reconciliation:
    """Compare the day, from where `work` stands. What is left of it when the time is over, or the record of it. Raises Throttled if
    events arrive faster than they can be compared."""
    client = ClientId(work.client_id)
    pairs = sorted({*using.days.pairs(client, work.day), _OF_JOBS}, key="#".join)
    for pair in pairs:
        if "#".join(pair) <= work.findings.after:
            continue
        work = _compare(client, pair, work, using, has_time)
        if work.counting is not None or not has_time():
            return work
    now = using.clock()
    return using.records.record(client, work.day, lambda earlier: outcome(work, earlier, iso(now)), now)


def _compare(
    client: ClientId, pair: tuple[str, str], work: DayWork, using: Reconciling, has_time: Callable[[], bool]
) -> DayWork:
    """`work` with `pair` compared; if the time is over, as far as that has come."""
    listed = "#".join(pair)
    counting = work.counting if work.counting is not None and work.counting.listed == listed else None
    for _ in range(ATTEMPTS):
        before = counting or Counting(listed, _counter(client, pair, work.day, using))
        read, complete = _read(client, work.day, before, using, has_time)
        if not complete:
            return replace(work, counting=read)
        drifts = _record_drifts(client, work.day, read, using) if pair == _OF_JOBS else ()
        if _counter(client, pair, work.day, using) == read.before:
            found = (*counter_drifts(*pair, read), *drifts)
            findings = work.findings.with_counter(listed, read.raw.events, found)
            return replace(work, findings=findings, counting=None)
        counting = None
    raise Throttled(f"events keep arriving for {work.day}", retry_after=_WAIT)


def _read(
    client: ClientId, day: str, counting: Counting, using: Reconciling, has_time: Callable[[], bool]
) -> tuple[Counting, bool]:
    """The events added up, from where `counting` stands, and whether that is all of them."""
    pair = counting.listed.split("#")
    start = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
    found = using.counters.events(client, pair[0], pair[1], start, start + timedelta(days=1), after=counting.after)
    age = using.clock().date() - start.date()
    number = 0
    while events := list(islice(found, _AT_ONCE)):
        for event in events:
            counting = _with(counting, event)
        if age in _MARKERS_AT:
            missing = len(events) - using.counters.marked(client, events)
            counting = replace(counting, unmarked=counting.unmarked + missing)
        number += len(events)
        if number % _EVENTS_BETWEEN_LOOKS == 0 and not has_time():
            return counting, False
    return counting, True


def _with(counting: Counting, event: StoredEvent) -> Counting:
    jobs = counting.jobs
    if event.doc.job is not None:
        source = event.doc.source_type
        jobs = {**jobs, source: jobs.get(source, JobFigures()) + event.doc.job}
    return replace(counting, after=event.sk, raw=counting.raw + Counted(1, event.usage.units), jobs=jobs)


def _counter(client: ClientId, pair: tuple[str, str], day: str, using: Reconciling) -> Counted:
    subject, metric = pair
    at = date.fromisoformat(day)
    return using.counters.days(client, subject, at, at).get((day, metric), Counted())


def _record_drifts(client: ClientId, day: str, read: Counting, using: Reconciling) -> tuple[Drift, ...]:
    at = date.fromisoformat(day)
    said = {one.source_type: one.figures for one in using.counters.record(client, at, at)}
    return tuple(record_drifts(read.jobs, said))
