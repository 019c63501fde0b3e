"""The usage table, and who asks it what: see `metering`.

    who asks                                            key that serves it
    was this transaction id counted, and for what       pk C#<client>#TX#<sha256 of it>  sk TX
    was this job counted, and as what                   pk C#<client>#JOB#<sha256 of its id>  sk TX
    events of a subject and metric, by time             pk C#<client>#USAGE#<subject>#<metric>  sk AT#<time, µs>#<32 hex digits>
    counters of a subject, all metrics, by day          pk C#<client>#DAYS#<subject>  sk DAY#<date>#<metric>#<shard 00-15>
    the daily record of jobs, by day                    pk C#<client>#RECORD  sk DAY#<date>#<source type>#<shard 00-15>
    a client's metrics                                  pk C#<client>#METRICS  sk METRIC#<code>
    which clients, subjects and metrics a day has       pk METERED#<date>#<0-3, by client>  sk <client>#<subject>#<metric>

Marker, event, counter (and daily record) of one event are one transaction. A counter is spread over 16 items, so that writers
at the same time do not stand in each other's way; their sum is the counter. Markers and the list of a day go after 100 days,
events after 425: a year's period, the 35 days of late events, and time to ask questions. Counters and daily records stay.

One access crosses clients: METERED is asked for clients by the planner of the reconciliation alone, which passes on what it finds,
client and day, as work. It holds ids only, and is written in the transaction of an event.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from pynamodb.attributes import Attribute, UnicodeAttribute
from pynamodb.constants import NUMBER
from pynamodb.models import Model

from skuflow.kernel.tenancy import ClientId, partition

MARKERS_KEPT = timedelta(days=100)
EVENTS_KEPT = timedelta(days=425)
SHARDS = 16
"""Items that a counter is spread over."""
LISTS = 4
"""Partitions that the list of a day is spread over: a client is written there once for each metric and subject of the day."""


class WholeNumber(Attribute[int]):
    """A whole number of up to 38 digits, which is what DynamoDB adds exactly, however it spells it."""

    attr_type = NUMBER

    def serialize(self, value: Any) -> str:
        return str(int(value))

    def deserialize(self, value: Any) -> int:
        return int(Decimal(value))


class UsageItem(Model):
    """Every item of the table. `doc` is the record as JSON; `digest` what a marker remembers; `events` and `units` (of 10^-12)
    what is added up; `items_processed` to `billable_items` the daily record, its scores in hundredths, each times the job's
    items."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    client_id = UnicodeAttribute()
    doc = UnicodeAttribute(null=True)
    digest = UnicodeAttribute(null=True)
    expires_at = WholeNumber(null=True)
    events = WholeNumber(null=True)
    units = WholeNumber(null=True)
    items_processed = WholeNumber(null=True)
    items_fixed = WholeNumber(null=True)
    score_before_items = WholeNumber(null=True)
    score_after_items = WholeNumber(null=True)
    job_count = WholeNumber(null=True)
    job_seconds = WholeNumber(null=True)
    source_items = WholeNumber(null=True)
    billable_items = WholeNumber(null=True)


def hashed(text: str) -> str:
    """SHA-256 in hexadecimal: ids that callers made up may hold anything, keys may not."""
    return hashlib.sha256(text.encode()).hexdigest()


def marker_pk(client_id: ClientId, transaction_id: str) -> str:
    return partition(client_id, "TX", hashed(transaction_id))


def job_pk(client_id: ClientId, job_id: str) -> str:
    return partition(client_id, "JOB", hashed(job_id))


def events_pk(client_id: ClientId, subject: str, metric: str) -> str:
    return partition(client_id, "USAGE", subject, metric)


def at_sk(at: datetime, tail: str = "") -> str:
    """Sorts as the times do."""
    return f"AT#{at.astimezone(UTC).isoformat(timespec='microseconds').replace('+00:00', 'Z')}#{tail}"


def at_of(sk: str) -> datetime:
    return datetime.fromisoformat(sk.split("#")[1])


def days_pk(client_id: ClientId, subject: str) -> str:
    return partition(client_id, "DAYS", subject)


def record_pk(client_id: ClientId) -> str:
    return partition(client_id, "RECORD")


def day_sk(day: str, name: str, shard: int) -> str:
    """Of a counter (`name`: its metric) or of the daily record (`name`: the source type)."""
    return f"DAY#{day}#{name}#{shard:02d}"


def day_and_name(sk: str) -> tuple[str, str]:
    _, day, name, _ = sk.split("#")
    return day, name


def metrics_pk(client_id: ClientId) -> str:
    return partition(client_id, "METRICS")


def metered_pk(day: str, shard: int) -> str:
    return f"METERED#{day}#{shard}"


def metered_shard(client_id: ClientId) -> int:
    """Always the same for the same client."""
    return hashlib.sha256(client_id.encode()).digest()[0] % LISTS


def expiry(moment: datetime, kept: timedelta) -> int:
    """Seconds since 1970."""
    return int((moment + kept).timestamp())
