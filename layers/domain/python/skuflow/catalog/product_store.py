"""Products in the catalogue's table: one item each, variants included, written under its version.

| access | key |
|---|---|
| a product, many products | product's partition, `PRODUCT` (BatchGetItem) |
| all of a client's, newest first | index `listing` |
| of a brand | index `brand`, prefix `slug#` |
| of a category and everything below it | index `category`, prefix `slug>slug>` |
| with an SKU, GTIN, MPN, ASIN | code's partition |

A write is one conditional PutItem: a transaction would cost double and there is nothing else to agree with, because price
points, look-ups and events are made from the table's stream. None of the index keys changes with a price.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from pynamodb.expressions.condition import Condition

from skuflow.catalog import codes
from skuflow.catalog.model import Product, content_hash
from skuflow.catalog.slug import slug
from skuflow.catalog.store import PRODUCT, CatalogItem, Table, code_pk, item_of, product_pk
from skuflow.catalog.store_errors import translated
from skuflow.kernel.clock import iso
from skuflow.kernel.tenancy import ClientId, partition
from skuflow.platform.packing import packed, unpacked

PAGE = 100
"""Ids read at once: as many as one BatchGetItem takes."""

_MAX_KEY_BYTES = 900
"""Of a sort key's 1024 bytes; the rest is for the product's id."""

Index = Literal["listing", "brand", "category"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a product stands in an index: its sort key there."""

    sort: str
    product_id: str


class ProductStore(Protocol):
    """Where products are kept. `get_many` sees every write that was finished before; the lists follow within moments."""

    def get_many(self, client_id: ClientId, product_ids: Iterable[str]) -> dict[str, Product]:
        """Product id -> product, removed and undescribed ones too, without those that never were."""

    def put(self, client_id: ClientId, product: Product) -> None:
        """Write `product`, one version on from what was read (version 1: there was nothing). Raises VersionConflict if somebody
        else wrote first, TooLarge if it does not fit into an item."""

    def places(
        self, client_id: ClientId, index: Index, prefix: str, after: str | None, page: int = PAGE
    ) -> Iterator[Place]:
        """Products of an index in its order, those whose sort key begins with `prefix`, behind the sort key `after`. Visible ones
        only. Read lazily, `page` at a time."""

    def with_code(self, client_id: ClientId, kind: codes.Kind, code: str) -> list[str]:
        """Ids of the products that bear the code."""


@dataclass(frozen=True, slots=True)
class DynamoProductStore:
    """The ProductStore in DynamoDB."""

    table: Table

    def get_many(self, client_id: ClientId, product_ids: Iterable[str]) -> dict[str, Product]:
        keys = [(product_pk(client_id, product_id), PRODUCT) for product_id in dict.fromkeys(product_ids)]
        with translated():
            products = [from_item(item) for item in self.table.batch_get(keys, consistent_read=True)]
        return {product.product_id: product for product in products}

    def put(self, client_id: ClientId, product: Product) -> None:
        item = self.table(
            product_pk(client_id, product.product_id),
            PRODUCT,
            entity=PRODUCT,
            version=product.version,
            content_hash=content_hash(product),
            **packed(product, sparse=True),
            **index_keys(client_id, product),
        )
        with translated():
            item.save(_follows(product.version))

    def places(
        self, client_id: ClientId, index: Index, prefix: str, after: str | None, page: int = PAGE
    ) -> Iterator[Place]:
        pk, sk = f"{index}_pk", f"{index}_sk"
        partition_key = index_partition(client_id, index)
        start = None
        if after is not None:
            product = {"pk": product_pk(client_id, after.rpartition("#")[2]), "sk": PRODUCT}
            start = {name: {"S": value} for name, value in {**product, pk: partition_key, sk: after}.items()}
        sort_key = getattr(CatalogItem, sk)
        with translated():
            found = self.table.query(
                partition_key,
                sort_key.startswith(prefix) if prefix else None,
                index_name=index,
                scan_index_forward=index != "listing",
                last_evaluated_key=start,
                page_size=page,
            )
            for item in found:
                place = str(getattr(item, sk))
                yield Place(place, place.rpartition("#")[2])

    def with_code(self, client_id: ClientId, kind: codes.Kind, code: str) -> list[str]:
        with translated():
            found = self.table.query(code_pk(client_id, kind, codes.look_up_value(kind, code)))
            return [item.sk for item in found]


def _follows(version: int) -> Condition:
    return CatalogItem.pk.does_not_exist() if version == 1 else CatalogItem.version == version - 1


def index_partition(client_id: ClientId, index: Index) -> str:
    return partition(client_id, index.upper())


def index_keys(client_id: ClientId, product: Product) -> dict[str, Any]:
    """The index attributes of the product's item; none for a product that nobody is shown."""
    if not product.is_visible:
        return {}
    keys = {"listing": f"{iso(product.created_at)}#{product.product_id}"}
    if brand_prefix(product.brand):
        keys["brand"] = f"{brand_prefix(product.brand)}{product.product_id}"
    if product.category and category_prefix(product.category):
        keys["category"] = f"{category_prefix(product.category)}#{product.product_id}"
    pairs = {f"{index}_sk": key for index, key in keys.items()}
    for index in ("listing", "brand", "category"):
        if f"{index}_sk" in pairs:
            pairs[f"{index}_pk"] = partition(client_id, index.upper())
    return pairs


def brand_prefix(brand: str) -> str:
    """What the brand's sort keys begin with; "" for no brand."""
    name = _cut(slug(brand))
    return f"{name}#" if name else ""


def category_prefix(path: Iterable[str]) -> str:
    """What the sort keys of the category and all below it begin with. Each level ends in `>`, so that `apparel>` is no prefix
    of `apparel-care>`."""
    return _cut("".join(f"{part}>" for part in map(slug, path) if part))


def _cut(text: str) -> str:
    return text.encode()[:_MAX_KEY_BYTES].decode(errors="ignore")


def from_item(item: CatalogItem) -> Product:
    """The product in an item of kind PRODUCT. Raises ValueError if it holds none."""
    return unpacked(Product, item.doc, item.doc_z)


def from_image(image: Mapping[str, Any]) -> Product:
    """The product in a stream image. Raises ValueError if it holds none."""
    return from_item(item_of(image))
