"""Reading what was counted: daily counters, the events themselves, the daily record of jobs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

import msgspec
from pynamodb.exceptions import PynamoDBException

from skuflow.billing.metering.entries import JOB_PREFIX, MARKER, EventDoc
from skuflow.billing.metering.jobs import FIGURES, DailyFigures, JobFigures
from skuflow.billing.metering.model import Counted, RawUsage
from skuflow.billing.usage_store import (
    UsageItem,
    at_of,
    at_sk,
    day_and_name,
    days_pk,
    events_pk,
    job_pk,
    marker_pk,
    record_pk,
)
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.table import as_ours

DayCounts = Mapping[tuple[str, str], Counted]
"""(day, metric) -> what its counter says."""

_AFTER = "~"
"""Sorts behind whatever may follow a prefix of ours."""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as the table has it; `sk` is its place among the others of its subject and metric."""

    sk: str
    usage: RawUsage
    doc: EventDoc


class DynamoCounters:
    """Reads only, strongly consistent. Every method may raise TransientError."""

    def __init__(self, table: type[UsageItem]) -> None:
        self._table = table

    def days(self, client_id: ClientId, subject: str, first: date | None, last: date) -> DayCounts:
        """The counters of all metrics from day `first` (None: from the beginning) to day `last`, both included, in one Query."""
        begin = f"DAY#{first.isoformat()}" if first is not None else "DAY#"
        found: dict[tuple[str, str], Counted] = {}
        for row in self._rows(days_pk(client_id, subject), begin, f"DAY#{last.isoformat()}{_AFTER}"):
            key = day_and_name(row.sk)
            found[key] = found.get(key, Counted()) + Counted(row.events or 0, row.units or 0)
        return found

    def events(
        self,
        client_id: ClientId,
        subject: str,
        metric: str,
        start: datetime,
        end: datetime,
        *,
        after: str = "",
        page_size: int | None = None,
    ) -> Iterator[StoredEvent]:
        """The events from `start` (included) to `end` (excluded), by time; only those behind the one whose `sk` is `after`."""
        begin = f"{after} " if after else at_sk(start)
        for row in self._rows(events_pk(client_id, subject, metric), begin, at_sk(end), page_size):
            doc = msgspec.json.decode(row.doc or "{}", type=EventDoc)
            usage = RawUsage(at_of(row.sk), row.units or 0, doc.transaction_id, doc.properties)
            yield StoredEvent(row.sk, usage, doc)

    def page(
        self,
        client_id: ClientId,
        pair: tuple[str, str],
        window: tuple[datetime, datetime],
        limit: int,
        *,
        after: str = "",
    ) -> list[StoredEvent]:
        """At most `limit` events of a subject and metric (`pair`), see `events`; fewer only at the end."""
        return list(islice(self.events(client_id, *pair, *window, after=after, page_size=limit), limit))

    def marked(self, client_id: ClientId, events: Iterable[StoredEvent]) -> int:
        """How many of `events` have their markers; one request per hundred."""
        try:
            keys = [(_marker_of(client_id, one.doc), MARKER) for one in events]
            return sum(1 for _ in self._table.batch_get(keys, consistent_read=True))
        except PynamoDBException as error:
            raise as_ours(error) from error

    def record(self, client_id: ClientId, first: date, last: date) -> list[DailyFigures]:
        """The daily record from day `first` to day `last`, both included; by day, then source type."""
        found: dict[tuple[str, str], JobFigures] = {}
        for row in self._rows(record_pk(client_id), f"DAY#{first.isoformat()}", f"DAY#{last.isoformat()}{_AFTER}"):
            key = day_and_name(row.sk)
            own = JobFigures(*(getattr(row, name) or 0 for name in FIGURES))
            found[key] = found.get(key, JobFigures()) + own
        return [DailyFigures(day, source, figures) for (day, source), figures in sorted(found.items())]

    def _rows(self, pk: str, begin: str, end: str, page_size: int | None = None) -> Iterator[Any]:
        """The rows from `begin` to `end`, both included."""
        if begin > end:
            return
        try:
            yield from self._table.query(
                pk, self._table.sk.between(begin, end), consistent_read=True, page_size=page_size
            )
        except PynamoDBException as error:
            raise as_ours(error) from error


def _marker_of(client_id: ClientId, doc: EventDoc) -> str:
    if doc.job is None:
        return marker_pk(client_id, doc.transaction_id)
    return job_pk(client_id, doc.transaction_id.removeprefix(JOB_PREFIX))
