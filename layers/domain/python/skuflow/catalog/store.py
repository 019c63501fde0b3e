"""The catalogue's one table: its item kinds, their keys, and what each key serves. No access pattern is a scan.

| what | pk | sk | serves |
|---|---|---|---|
| product with its variants | C#client#P#product | PRODUCT | one product; with others of its partition in one read |
| stock of a product | C#client#P#product | INVENTORY | reserving is one conditional update of one item |
| price point | C#client#P#product | PRICE#time#kind+version | the client's own prices by range of time |
| price point of an offer | C#client#P#product | OFFERPRICE#offer#time#kind+version | an offer's prices by range of time |
| code look-up | C#client#CODE#kind#value | product id | the products with an SKU, GTIN, MPN or ASIN |
| an offer | C#client#P#product | OFFER#offer | a product's offers, by id |
| a reservation's hold on a product | C#client#P#product | HOLD#due#reservation | what ran out of one product, when it is short |
| an adjustment of stock | C#client#P#product | ADJUSTMENT#id | the same adjustment, sent again, changes nothing |
| reservation | C#client#R#reservation | RESERVATION | one reservation, and by the index `due` those that ran out |
| categories of a market | C#client#CATEGORIES#market | TREE | the tree, in one read and one conditional write |
| brand | C#client#BRANDS | slug | a client's brands by name, one page at a time |
| collection | C#client#COLLECTIONS | id | a client's collections, one page at a time |
| search for vanished products | C#client#BATCH#run | SEARCH | where the next worker goes on |
| what a search came to | C#client#BATCH#run | REMOVAL | written once; its stream record tells the others |
| what became of a batch of fixes | C#client#BATCH#job | FIXES#number | written once; its stream record tells the others |
| outcome of a batch | C#client#BATCH#import | number | whether a batch was applied; its removal by time announces nothing |

Indexes (keys only; a change of price touches none of them): `listing` newest first, `brand`, `category` with its subtree,
`due`: held reservations by the time they run out, in ten shards `due#0` to `due#9`. It is the one index whose key does not
begin with the client: one sweep a minute serves all clients with ten queries, however many clients there are. It is read by
that sweep alone, which takes the client from each item's own key; no call of a client's reaches it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, ClassVar

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from skuflow.catalog.stock_attribute import StockAttribute
from skuflow.kernel.tenancy import ClientId, partition
from skuflow.platform.rows import Row

PRODUCT = "PRODUCT"
INVENTORY = "INVENTORY"
PRICE = "PRICE"
OFFER_PRICE = "OFFERPRICE"
CODE = "CODE"
BATCH = "BATCH"
SEARCH = "SEARCH"
REMOVAL = "REMOVAL"
FIXES = "FIXES"
OFFER = "OFFER"
HOLD = "HOLD"
ADJUSTMENT = "ADJUSTMENT"
RESERVATION = "RESERVATION"
CATEGORIES = "CATEGORIES"
BRAND = "BRAND"
COLLECTION = "COLLECTION"


class BrandIndex(GlobalSecondaryIndex["CatalogItem"]):  # type: ignore[no-untyped-call]
    """A client's products by brand."""

    class Meta:
        index_name = "brand"
        projection = KeysOnlyProjection()

    brand_pk = UnicodeAttribute(hash_key=True)
    brand_sk = UnicodeAttribute(range_key=True)


class CategoryIndex(GlobalSecondaryIndex["CatalogItem"]):  # type: ignore[no-untyped-call]
    """A client's products by category path; a prefix gives the subtree."""

    class Meta:
        index_name = "category"
        projection = KeysOnlyProjection()

    category_pk = UnicodeAttribute(hash_key=True)
    category_sk = UnicodeAttribute(range_key=True)


class DueIndex(GlobalSecondaryIndex["CatalogItem"]):  # type: ignore[no-untyped-call]
    """Held reservations of all clients by the time they run out."""

    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()

    due_shard = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class CatalogItem(Row):
    """Every item of the table; `entity` says which kind."""

    entity = UnicodeAttribute()
    content_hash = UnicodeAttribute(null=True)
    brand_pk = UnicodeAttribute(null=True)
    brand_sk = UnicodeAttribute(null=True)
    category_pk = UnicodeAttribute(null=True)
    category_sk = UnicodeAttribute(null=True)
    stock = StockAttribute(null=True)
    source = UnicodeAttribute(null=True)
    changed_at = UnicodeAttribute(null=True)
    last_seen_at = UnicodeAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)

    by_brand: ClassVar[BrandIndex] = BrandIndex()
    by_category: ClassVar[CategoryIndex] = CategoryIndex()
    by_due: ClassVar[DueIndex] = DueIndex()


Table = type[CatalogItem]


def product_pk(client_id: ClientId, product_id: str) -> str:
    """Where everything about one product lies."""
    return partition(client_id, "P", product_id)


def code_pk(client_id: ClientId, kind: str, value: str) -> str:
    return partition(client_id, CODE, kind, value)


def batch_pk(client_id: ClientId, import_id: str) -> str:
    return partition(client_id, BATCH, import_id)


def client_of(pk: str) -> ClientId:
    """The client whose item has this partition key: `C#client#…`."""
    return ClientId(pk.split("#", 2)[1])


def entity_of(image: Mapping[str, Any] | None) -> str:
    """The kind of item in a stream image; "" for none."""
    return str(image["entity"]["S"]) if image and "entity" in image else ""


def item_of(image: Mapping[str, Any]) -> CatalogItem:
    """The item in a stream image (DynamoDB JSON, binary as base64)."""
    return CatalogItem.from_raw_data(_with_bytes(image))


def _with_bytes(image: Mapping[str, Any]) -> dict[str, Any]:
    """A stream image with its binary attributes as bytes: Lambda gets them in base64, other readers as they are."""
    return {
        name: {"B": base64.b64decode(value["B"])} if isinstance(value.get("B"), str) else value
        for name, value in image.items()
    }
