"""Categories, brands and collections in the catalogue's table; each record is one item, written under its version.

| access | key |
|---|---|
| the categories of a market | C#client#CATEGORIES#market, `TREE` |
| a brand; a client's brands by slug | C#client#BRANDS, slug |
| a collection; a client's collections by id | C#client#COLLECTIONS, id |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from skuflow.catalog.store import BRAND, CATEGORIES, COLLECTION, CatalogItem, Table
from skuflow.catalog.store_errors import translated
from skuflow.catalog.taxonomy import Brand, Collection, Tree
from skuflow.kernel.tenancy import ClientId, partition
from skuflow.platform.packing import packed, unpacked

R = TypeVar("R", Tree, Brand, Collection)


@dataclass(frozen=True, slots=True)
class TaxonomyStore:
    """Reads of one record are consistent. A `put_…` takes the record one version on from what was read, and raises
    VersionConflict if somebody else wrote first; so does a `delete_…` unless the record is there at `version`."""

    table: Table

    def tree(self, client_id: ClientId, market: str) -> Tree:
        """The market's categories; an empty tree if there are none."""
        return self._get(partition(client_id, CATEGORIES, market), "TREE", Tree) or Tree(market)

    def put_tree(self, client_id: ClientId, tree: Tree) -> None:
        """Raises TooLarge too."""
        self._put(partition(client_id, CATEGORIES, tree.market), "TREE", CATEGORIES, tree)

    def brand(self, client_id: ClientId, brand_id: str) -> Brand | None:
        return self._get(_brands(client_id), brand_id, Brand)

    def brands(self, client_id: ClientId, after: str | None) -> Iterator[Brand]:
        """Brands by id behind `after`, read a page at a time."""
        return self._list(_brands(client_id), after, Brand)

    def put_brand(self, client_id: ClientId, brand: Brand) -> None:
        self._put(_brands(client_id), brand.brand_id, BRAND, brand)

    def delete_brand(self, client_id: ClientId, brand_id: str, version: int) -> None:
        self._delete(_brands(client_id), brand_id, version)

    def collection(self, client_id: ClientId, collection_id: str) -> Collection | None:
        return self._get(_collections(client_id), collection_id, Collection)

    def collections(self, client_id: ClientId, after: str | None) -> Iterator[Collection]:
        """Collections by id behind `after`, read a page at a time."""
        return self._list(_collections(client_id), after, Collection)

    def put_collection(self, client_id: ClientId, collection: Collection) -> None:
        self._put(_collections(client_id), collection.collection_id, COLLECTION, collection)

    def delete_collection(self, client_id: ClientId, collection_id: str, version: int) -> None:
        self._delete(_collections(client_id), collection_id, version)

    def _get(self, pk: str, sk: str, kind: type[R]) -> R | None:
        with translated():
            items = list(self.table.batch_get([(pk, sk)], consistent_read=True))
        return unpacked(kind, items[0].doc, items[0].doc_z) if items else None

    def _put(self, pk: str, sk: str, entity: str, record: Tree | Brand | Collection) -> None:
        item = self.table(pk, sk, entity=entity, version=record.version, **packed(record))
        first = record.version == 1
        with translated():
            item.save(CatalogItem.pk.does_not_exist() if first else CatalogItem.version == record.version - 1)

    def _list(self, pk: str, after: str | None, kind: type[R]) -> Iterator[R]:
        start = {"pk": {"S": pk}, "sk": {"S": after}} if after else None
        with translated():
            for item in self.table.query(pk, last_evaluated_key=start, page_size=100):
                yield unpacked(kind, item.doc, item.doc_z)

    def _delete(self, pk: str, sk: str, version: int) -> None:
        with translated():
            self.table(pk, sk).delete(CatalogItem.version == version)


def _brands(client_id: ClientId) -> str:
    return partition(client_id, "BRANDS")


def _collections(client_id: ClientId) -> str:
    return partition(client_id, "COLLECTIONS")
