"""Where usage is counted: each event once, whoever sends it how often, with however many at the same time.

Of each event the marker (its transaction id, which may be there once), the event itself and the counter of its day are written
in one TransactWriteItems, so either all three are there or none: a crash at any point leaves nothing half counted, and whoever
sends the event again either counts it or is told that it is counted. Nothing is read first and written back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from skuflow.billing.metering.entries import JOB_PREFIX, MARKER, Entry, EventDoc, Items, Pair, chunks_of, pairs_of
from skuflow.billing.metering.jobs import Job
from skuflow.billing.metering.model import BILLABLE_ITEMS, OWN_SUBJECT, UsageEvent
from skuflow.billing.usage_store import UsageItem, job_pk, marker_pk
from skuflow.kernel.errors import TransientError
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.table import as_ours, connection_of, lost_race

ATTEMPTS = 12
"""Times that a transaction is tried, each after others were faster on one of its items."""
_PAIRS_REMEMBERED = 10_000

Pause = Callable[[int], None]
"""Waits before attempt number n (from 1); the longer, the larger n, and never the same for two."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What a transaction id stands for. `fresh`: it was counted by this very call."""

    digest: str
    fresh: bool


class DynamoUsage:
    """Counts events. Every method may raise TransientError: send the same again then, nothing is counted twice."""

    def __init__(self, table: type[UsageItem], pause: Pause) -> None:
        self._table = table
        self._pause = pause
        self._listed: set[tuple[ClientId, Pair]] = set()

    def add(self, client_id: ClientId, events: Sequence[UsageEvent], now: datetime) -> dict[str, Marked]:
        """Count `events`, no two of which have one transaction id; by transaction id what it stands for, now or since before."""
        entries = [
            Entry(marker_pk(client_id, one.transaction_id), one, EventDoc(one.transaction_id, one.properties))
            for one in events
        ]
        marked: dict[str, Marked] = {}
        for chunk in chunks_of(entries):
            marked |= {one.event.transaction_id: mark for one, mark in self._count(client_id, chunk, None, now)}
        return marked

    def add_job(self, client_id: ClientId, job: Job, digest: str, now: datetime) -> Marked:
        """Count `job` in the daily record, and its billable items as usage of the client, together."""
        properties = {"job_id": job.job_id}
        doc = EventDoc(f"{JOB_PREFIX}{job.job_id}", properties, job.source_type, job.figures)
        items = Decimal(job.figures.billable_items)
        event = UsageEvent(doc.transaction_id, BILLABLE_ITEMS.code, OWN_SUBJECT, items, job.at, digest, properties)
        entry = Entry(job_pk(client_id, job.job_id), event, doc)
        [(_, mark)] = self._count(client_id, [entry], job, now)
        return mark

    def _count(
        self, client_id: ClientId, entries: Sequence[Entry], job: Job | None, now: datetime
    ) -> Iterator[tuple[Entry, Marked]]:
        left = list(entries)
        for attempt in range(1, ATTEMPTS + 1):
            there = self._written(client_id, left, job, now, attempt) if left else None
            if there is None:
                yield from ((one, Marked(one.event.digest, fresh=True)) for one in left)
                return
            digests = self._digests(there)
            yield from ((one, Marked(digests[one.marker], fresh=False)) for one in left if one.marker in digests)
            left = [one for one in left if one.marker not in digests]
            if not digests:
                self._pause(attempt)
        raise TransientError("too many are counting at once; send the same events again in a moment")

    def _written(
        self, client_id: ClientId, entries: Sequence[Entry], job: Job | None, now: datetime, attempt: int
    ) -> list[Entry] | None:
        """Write all of `entries`. None if that is done; else nothing was written, because these are there already (none of them:
        others were writing the same counter)."""
        news = [pair for pair in pairs_of(entries) if (client_id, pair) not in self._listed]
        try:
            with TransactWrite(connection=connection_of(self._table)) as transaction:
                Items(self._table, client_id, now, attempt).fill(transaction, entries, news, job)
        except TransactWriteError as error:
            if not lost_race(error):
                raise as_ours(error) from error
            return [one for one, why in zip(entries, error.cancellation_reasons, strict=False) if _is_there(why)]
        except PynamoDBException as error:
            raise as_ours(error) from error
        self._remember(client_id, news)
        return None

    def _digests(self, entries: Sequence[Entry]) -> dict[str, str]:
        """What the markers of `entries` say, by their partition; strongly consistent."""
        if not entries:
            return {}
        try:
            rows: list[Any] = list(
                self._table.batch_get([(one.marker, MARKER) for one in entries], consistent_read=True)
            )
        except PynamoDBException as error:
            raise as_ours(error) from error
        return {row.pk: row.digest or "" for row in rows}

    def _remember(self, client_id: ClientId, pairs: Iterable[Pair]) -> None:
        if len(self._listed) >= _PAIRS_REMEMBERED:
            self._listed.clear()
        self._listed.update((client_id, pair) for pair in pairs)


def _is_there(why: Any) -> bool:
    return why is not None and why.code == "ConditionalCheckFailed"
