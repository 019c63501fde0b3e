"""The sync table: one item collection per import, one per shop, one for a client's saved mappings.

    who asks                                          key that serves it
    the import (progress, every worker)               pk C#<client>#IMPORT#<import>  sk IMPORT
    where to read on; progress                        same pk, sk SLICE#<n>, last first, one item
    the report, slice by slice                        same pk, sk begins with SLICE#
    what the catalogue reported so far                same pk, sk begins with TALLY#    (one item per 200 batches)
    rows that the catalogue rejected, in file order   same pk, sk begins with OUTCOME#  (only batches that have some)
    a client's imports, newest first                  index listing: listing_pk C#<client>#IMPORTS, listing_sk <created>#<import>
    a client's saved mappings                         pk C#<client>#MAPPINGS  sk MAPPING#<mapping>
    a shop                                            pk C#<client>#SHOP#<shop>  sk SHOP
    its token pair, encrypted                         same pk, sk TOKEN
    its counters                                      same pk, sk COUNTS
    its latest troubles                               same pk, sk TROUBLE#<at>#<id>, last first
    the state of one of its orders                    same pk, sk ORDER#<order>
    a client's shops                                  index listing: listing_pk C#<client>#SHOPS, listing_sk <shop>
    the shops that somebody has to look at            index due: due_pk due#<0-9>, due_sk <at>#<client>#<shop>
    a run; slices, tallies and outcomes as above      pk C#<client>#IMPORT#<run_…>  sk RUN
    a shop's runs, newest first                       index listing: listing_pk C#<client>#SHOP#<shop>#RUNS, sk <created>#<run>
    what webhooks handed over; outcomes as above      pk C#<client>#IMPORT#<itk_…>  sk INTAKE
    whose a shop is                                   pk SHOPIFY#<shop>  sk LOOKUP
    an installation that was begun                    pk C#<client>#INSTALL#<sha256>  sk TICKET or STATE
    a privacy request                                 pk C#<client>#PRIVACY  sk REQUEST#<request>
    a client's privacy requests, first due first      index listing: listing_pk C#<client>#PRIVACY, listing_sk <due>#<request>

Slices, tallies and outcomes are scaffolding: they carry `expires_at` and go after 60 days. The import itself stays. Troubles go
after 30 days, installations ten minutes after they were begun.

Two accesses cross clients. `SHOPIFY#<shop>` tells to whom a webhook belongs, which comes without a client; it holds the client's
id and nothing else of it, and stays when the shop goes, because Shopify's privacy requests come afterwards. The index `due` is
read by the schedule alone, which passes on what it finds, client and shop, as work; it holds keys only.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pynamodb.attributes import (
    BinaryAttribute,
    NumberAttribute,
    NumberSetAttribute,
    UnicodeAttribute,
)

from skuflow.kernel.tenancy import ClientId, partition
from skuflow.platform.rows import DueRow

SCAFFOLDING_KEPT = timedelta(days=60)


class SyncItem(DueRow):
    """Every item of the table. `created` to `products_unchanged` are a tally's sums, or a shop's; `applied` are the numbers of
    the batches in a tally, which is what makes counting a batch twice impossible. `sealed` is a token pair, encrypted;
    `lock_until` (seconds since 1970) says until when somebody else is renewing it."""

    client_id = UnicodeAttribute()
    applied = NumberSetAttribute(null=True)
    created = NumberAttribute(null=True)
    updated = NumberAttribute(null=True)
    unchanged = NumberAttribute(null=True)
    rejected = NumberAttribute(null=True)
    products_created = NumberAttribute(null=True)
    products_updated = NumberAttribute(null=True)
    products_unchanged = NumberAttribute(null=True)
    status = UnicodeAttribute(null=True)
    sealed = BinaryAttribute(null=True, legacy_encoding=False)
    lock_until = NumberAttribute(null=True)
    webhooks = NumberAttribute(null=True)
    last_webhook_at = UnicodeAttribute(null=True)
    last_applied_at = UnicodeAttribute(null=True)


def import_pk(client_id: ClientId, import_id: str) -> str:
    return partition(client_id, "IMPORT", import_id)


def imports_pk(client_id: ClientId) -> str:
    return partition(client_id, "IMPORTS")


def mappings_pk(client_id: ClientId) -> str:
    return partition(client_id, "MAPPINGS")


def shop_pk(client_id: ClientId, shop: str) -> str:
    return partition(client_id, "SHOP", shop)


def shops_pk(client_id: ClientId) -> str:
    return partition(client_id, "SHOPS")


def shop_lookup_pk(shop: str) -> str:
    return f"SHOPIFY#{shop}"


def install_pk(client_id: ClientId, digest: str) -> str:
    return partition(client_id, "INSTALL", digest)


def privacy_pk(client_id: ClientId) -> str:
    return partition(client_id, "PRIVACY")


def scaffolding_expiry(now: datetime) -> int:
    """When an item of an import's progress may go, in seconds since 1970."""
    return int((now + SCAFFOLDING_KEPT).timestamp())
