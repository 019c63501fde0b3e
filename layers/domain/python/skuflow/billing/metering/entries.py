"""Events as the items of one transaction: marker, event, counter, the daily record, the list of what a day has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from skuflow.billing.metering.jobs import FIGURES, Job, JobFigures
from skuflow.billing.metering.model import UsageEvent, units_of
from skuflow.billing.usage_store import (
    EVENTS_KEPT,
    MARKERS_KEPT,
    SHARDS,
    UsageItem,
    at_sk,
    day_sk,
    days_pk,
    events_pk,
    expiry,
    hashed,
    job_pk,
    metered_pk,
    metered_shard,
    record_pk,
)
from skuflow.kernel.tenancy import ClientId

MOST_ITEMS = 100
"""Of one TransactWriteItems."""
MARKER = "TX"
JOB_PREFIX = "job:"
"""Before a job's id it is the transaction id of the job's event, whose marker is the job's."""

Pair = tuple[str, str, str]
"""Day, subject and metric: what one counter counts."""


@dataclass(frozen=True, slots=True)
class EventDoc:
    """What is kept of an event beside its keys and value; of a job's also the figures, for the daily record to be held against."""

    transaction_id: str
    properties: Mapping[str, str] = field(default_factory=dict)
    source_type: str = ""
    job: JobFigures | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An event ready to be written, and the partition of its marker."""

    marker: str
    event: UsageEvent
    doc: EventDoc

    @property
    def pair(self) -> Pair:
        return self.event.day, self.event.subject, self.event.metric


@dataclass(frozen=True, slots=True)
class Items:
    """Makes the items of `client_id` in `table`. `attempt` (from 1) chooses the part of each counter that is added to."""

    table: type[UsageItem]
    client_id: ClientId
    now: datetime
    attempt: int

    def fill(
        self, transaction: TransactWrite, entries: Sequence[Entry], listed: Iterable[Pair], job: Job | None
    ) -> None:
        """Everything that counts `entries`; the markers first, in their order."""
        for one in entries:
            transaction.save(self._marker(one), self.table.pk.does_not_exist())
        for one in entries:
            transaction.save(self._event(one))
        for pair in listed:
            transaction.save(self._listing(pair))
        for pair, own in pairs_of(entries).items():
            self._add_up(transaction, pair, own)
        if job is not None:
            self._add_figures(transaction, job)

    def _marker(self, entry: Entry) -> UsageItem:
        kept_until = expiry(self.now, MARKERS_KEPT)
        return self.table(
            entry.marker, MARKER, client_id=self.client_id, digest=entry.event.digest, expires_at=kept_until
        )

    def _event(self, entry: Entry) -> UsageItem:
        event = entry.event
        return self.table(
            events_pk(self.client_id, event.subject, event.metric),
            at_sk(event.at, hashed(entry.marker)[:32]),
            client_id=self.client_id,
            units=units_of(event.value),
            doc=msgspec.json.encode(entry.doc).decode(),
            expires_at=expiry(event.at, EVENTS_KEPT),
        )

    def _listing(self, pair: Pair) -> UsageItem:
        """That the day has something to reconcile."""
        day, subject, metric = pair
        return self.table(
            metered_pk(day, metered_shard(self.client_id)),
            f"{self.client_id}#{subject}#{metric}",
            client_id=self.client_id,
            expires_at=expiry(self.now, MARKERS_KEPT),
        )

    def _add_up(self, transaction: TransactWrite, pair: Pair, own: Sequence[Entry]) -> None:
        day, subject, metric = pair
        row = self.table(days_pk(self.client_id, subject), day_sk(day, metric, _shard(own[0].marker, self.attempt)))
        units = sum(units_of(one.event.value) for one in own)
        actions: list[Action] = [
            self.table.client_id.set(self.client_id),
            self.table.events.add(len(own)),
            self.table.units.add(units),
        ]
        transaction.update(row, actions=actions)

    def _add_figures(self, transaction: TransactWrite, job: Job) -> None:
        shard = _shard(job_pk(self.client_id, job.job_id), self.attempt)
        row = self.table(record_pk(self.client_id), day_sk(job.day, job.source_type, shard))
        sums: list[Action] = [getattr(self.table, name).add(getattr(job.figures, name)) for name in FIGURES]
        transaction.update(row, actions=[self.table.client_id.set(self.client_id), *sums])


def _shard(marker: str, attempt: int) -> int:
    """Another one for each attempt: where others were faster, the next item is free more likely."""
    return (int(hashed(marker)[:8], 16) + attempt) % SHARDS


def pairs_of(entries: Iterable[Entry]) -> dict[Pair, list[Entry]]:
    found: dict[Pair, list[Entry]] = {}
    for one in entries:
        found.setdefault(one.pair, []).append(one)
    return found


def chunks_of(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """As many as fit into one transaction: two items each, and two for each counter: the counter, and its place in the list."""
    chunk: list[Entry] = []
    pairs: set[Pair] = set()
    for one in sorted(entries, key=lambda entry: entry.pair):
        if 2 * (len(chunk) + 1) + 2 * len(pairs | {one.pair}) > MOST_ITEMS:
            yield chunk
            chunk, pairs = [], set()
        chunk.append(one)
        pairs.add(one.pair)
    if chunk:
        yield chunk
