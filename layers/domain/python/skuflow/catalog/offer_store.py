"""Offers in the catalogue's table, in their product's partition: C#client#P#product, `OFFER#offer`.

| access | how |
|---|---|
| one offer | BatchGetItem, consistent |
| a product's offers by id, a page at a time | Query on the prefix `OFFER#` |
| the same terms seen again | UpdateItem of `last_seen_at` alone |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from skuflow.catalog.offers import Offer
from skuflow.catalog.store import OFFER, CatalogItem, Table, item_of, product_pk
from skuflow.catalog.store_errors import translated
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked


@dataclass(frozen=True, slots=True)
class OfferStore:
    table: Table

    def get(self, client_id: ClientId, product_id: str, offer_id: str) -> Offer | None:
        with translated():
            items = list(self.table.batch_get([_key(client_id, product_id, offer_id)], consistent_read=True))
        return from_item(items[0]) if items else None

    def page(
        self, client_id: ClientId, product_id: str, *, limit: int | None = None, after: str | None = None
    ) -> tuple[list[Offer], str | None]:
        """Offers in order of id behind the offer `after`, and the last one's id if there may be more. `limit` None: all."""
        pk, sk = _key(client_id, product_id, after or "")
        start = {"pk": {"S": pk}, "sk": {"S": sk}} if after else None
        with translated():
            found = self.table.query(pk, CatalogItem.sk.startswith(f"{OFFER}#"), limit=limit, last_evaluated_key=start)
            offers = [from_item(item) for item in found]
        more = limit is not None and found.last_evaluated_key is not None
        return offers, offers[-1].offer_id if more and offers else None

    def put(self, client_id: ClientId, offer: Offer) -> None:
        """Write `offer` with terms that are new. Raises VersionConflict if somebody else wrote first, or saw it later."""
        pk, sk = _key(client_id, offer.product_id, offer.offer_id)
        item = self.table(pk, sk, entity=OFFER, version=offer.version, **packed(offer), last_seen_at=offer.last_seen_at)
        first = CatalogItem.pk.does_not_exist()
        later = (CatalogItem.version == offer.version - 1) & (CatalogItem.last_seen_at < offer.last_seen_at)
        with translated():
            item.save(first if offer.version == 1 else later)

    def seen_again(self, client_id: ClientId, offer: Offer) -> None:
        """Move `last_seen_at` on. Raises VersionConflict if the terms are others by now, or somebody saw it later."""
        same = (CatalogItem.version == offer.version) & (CatalogItem.last_seen_at < offer.last_seen_at)
        with translated():
            self.table(*_key(client_id, offer.product_id, offer.offer_id)).update(
                [CatalogItem.last_seen_at.set(offer.last_seen_at)], same
            )

    def delete(self, client_id: ClientId, product_id: str, offer_id: str, version: int) -> None:
        """Raises VersionConflict unless the offer is there, at `version`."""
        with translated():
            self.table(*_key(client_id, product_id, offer_id)).delete(CatalogItem.version == version)


def _key(client_id: ClientId, product_id: str, offer_id: str) -> tuple[str, str]:
    return product_pk(client_id, product_id), f"{OFFER}#{offer_id}"


def from_item(item: CatalogItem) -> Offer:
    """The offer in an item of kind OFFER. Raises ValueError if it holds none."""
    return replace(unpacked(Offer, item.doc, item.doc_z), last_seen_at=item.last_seen_at or "")


def from_image(image: Mapping[str, Any]) -> Offer:
    """The offer in a stream image."""
    return from_item(item_of(image))
