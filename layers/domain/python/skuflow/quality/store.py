"""The quality table, and who asks it what. Each store adds its lines here.

who asks                                          key that serves it
a product; a client's products, in order          pk C#<client>#PRODUCT#<segment>  sk <product>   (see products_store)
parts of a product's version that is on its way   pk C#<client>#PARTS#<product>  sk <version>#<part>
a job (progress, every worker)                    pk C#<client>#JOB#<job>  sk JOB
how far it is; its findings and fixes             same pk, sk CHUNK#<n>, in order or last first
what is repeated among its products               same pk, sk REPEATED#<n>  (n: the chunk's)
what the catalogue answered to a batch of fixes   same pk, sk OUTCOME#<n>   (n: the chunk's)
what it answered so far, added up                 same pk, sk begins with TALLY#   (one item per 200 batches)
a client's jobs, newest first                     index listing: listing_pk C#<client>#JOBS, listing_sk <created>#<job>
a field's measures, by time                       pk C#<client>#SERIES#<collection>#<field>  sk AT#<time>#<job>
the rules that it goes by; its report             same pk, sk RULES; REPORT
a client's own rules                              pk C#<client>#RULES  sk RULE#<rule>
what it wants otherwise of built-in ones          same pk, sk OVERRIDE#<rule>
how it wants things mended; its vocabulary        same pk, sk FIXING; VOCABULARY
a product; parts that wait for others             see products_store
what it wants done by night                       pk C#<client>#NIGHTLY  sk NIGHTLY
clients that want something done by night         index listing: listing_pk NIGHTLY#<0-15>, listing_sk <client>  (see nightly_store)
a client's thresholds                             pk C#<client>#THRESHOLDS  sk THRESHOLD#<threshold>
a client's alerts, newest first                   pk C#<client>#ALERTS  sk ALERT#<time>#<alert>

Chunks, what is repeated, outcomes and tallies go 60 days after they were written; the job with its result, and the series, stay.
A field is "" for the whole collection, written `-` in the key.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, NumberSetAttribute, UnicodeAttribute

from skuflow.kernel.tenancy import ClientId, partition
from skuflow.platform.rows import Row

PROGRESS_KEPT = timedelta(days=60)


class QualityItem(Row):
    """Every item of the table. `status` is a job's. `answered` are the numbers of the batches in a tally, which is what makes
    counting one twice impossible; `fixed`, `applied` and `skipped` its sums."""

    client_id = UnicodeAttribute()
    status = UnicodeAttribute(null=True)
    answered = NumberSetAttribute(null=True)
    fixed = NumberAttribute(null=True)
    applied = NumberAttribute(null=True)
    skipped = NumberAttribute(null=True)


def job_pk(client_id: ClientId, job_id: str) -> str:
    return partition(client_id, "JOB", job_id)


def jobs_pk(client_id: ClientId) -> str:
    return partition(client_id, "JOBS")


def series_pk(client_id: ClientId, collection: str, field: str) -> str:
    return partition(client_id, "SERIES", collection, field or "-")


def rules_pk(client_id: ClientId) -> str:
    return partition(client_id, "RULES")


def thresholds_pk(client_id: ClientId) -> str:
    return partition(client_id, "THRESHOLDS")


def alerts_pk(client_id: ClientId) -> str:
    return partition(client_id, "ALERTS")


def progress_expiry(now: datetime) -> int:
    """When an item of a job's progress may go, in seconds since 1970."""
    return int((now + PROGRESS_KEPT).timestamp())
