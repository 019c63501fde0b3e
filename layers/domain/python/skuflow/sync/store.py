"""The sync table: one item collection per import, one for a client's saved mappings.

    who asks                                          key that serves it
    the import (progress, every worker)               pk C#<client>#IMPORT#<import>  sk IMPORT
    where to read on; progress                        same pk, sk SLICE#<n>, last first, one item
    the report, slice by slice                        same pk, sk begins with SLICE#
    what the catalogue reported so far                same pk, sk begins with TALLY#    (one item per 200 batches)
    rows that the catalogue rejected, in file order   same pk, sk begins with OUTCOME#  (only batches that have some)
    a client's imports, newest first                  index listing: listing_pk C#<client>#IMPORTS, listing_sk <created>#<import>
    a client's saved mappings                         pk C#<client>#MAPPINGS  sk MAPPING#<mapping>

Slices, tallies and outcomes are scaffolding: they carry `expires_at` and go after 60 days. The import itself stays.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pynamodb.attributes import (
    BinaryAttribute,
    NumberAttribute,
    NumberSetAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from skuflow.kernel.tenancy import ClientId, partition

SCAFFOLDING_KEPT = timedelta(days=60)


class Listing(GlobalSecondaryIndex["SyncItem"]):  # type: ignore[no-untyped-call]
    """Index `listing`."""

    class Meta:
        index_name = "listing"
        projection = KeysOnlyProjection()

    listing_pk = UnicodeAttribute(hash_key=True)
    listing_sk = UnicodeAttribute(range_key=True)


class SyncItem(Model):
    """Every item of the table. `doc` is the record as JSON, `doc_z` the same compressed. `batches` to `rejected` are a tally's
    sums; `applied` are the numbers of the batches in them, which is what makes counting a batch twice impossible."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    client_id = UnicodeAttribute()
    version = NumberAttribute(null=True)
    doc = UnicodeAttribute(null=True)
    doc_z = BinaryAttribute(null=True, legacy_encoding=False)
    listing_pk = UnicodeAttribute(null=True)
    listing_sk = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    correlation_id = UnicodeAttribute(null=True)
    causation_id = UnicodeAttribute(null=True)
    applied = NumberSetAttribute(null=True)
    created = NumberAttribute(null=True)
    updated = NumberAttribute(null=True)
    unchanged = NumberAttribute(null=True)
    rejected = NumberAttribute(null=True)

    listing = Listing()


def import_pk(client_id: ClientId, import_id: str) -> str:
    return partition(client_id, "IMPORT", import_id)


def imports_pk(client_id: ClientId) -> str:
    return partition(client_id, "IMPORTS")


def mappings_pk(client_id: ClientId) -> str:
    return partition(client_id, "MAPPINGS")


def numbered(prefix: str, number: int) -> str:
    """A sort key that sorts as its number does, up to 99 million."""
    return f"{prefix}{number:08d}"


def scaffolding_expiry(now: datetime) -> int:
    """When an item of an import's progress may go, in seconds since 1970."""
    return int((now + SCAFFOLDING_KEPT).timestamp())
