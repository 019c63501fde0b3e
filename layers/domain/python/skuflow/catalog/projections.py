"""What is made from changes of products, stock and offers: price points, and look-ups by code.

Each is a function of one change alone and is written under a key of its own, so a change that is delivered again writes the
same again. Changes of one product come in order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from pynamodb.exceptions import PynamoDBException

from skuflow.catalog import inventory_store, offer_store, price_store, product_store
from skuflow.catalog.codes import Kind, codes_of
from skuflow.catalog.model import visible
from skuflow.catalog.price_history import PricePoint, offer_point, product_point, stock_point
from skuflow.catalog.store import CODE, INVENTORY, OFFER, PRODUCT, CatalogItem, Table, client_of, code_pk, entity_of
from skuflow.kernel.errors import Malformed
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.event_bus import Change
from skuflow.platform.table import as_ours

Code = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class Projection:
    """What one change of a product's partition comes to: a point for its history, codes that find it, codes that no longer do."""

    client_id: ClientId
    product_id: str
    point: PricePoint | None = None
    found_by: frozenset[Code] = frozenset()
    lost: frozenset[Code] = frozenset()


def projection(change: Change) -> Projection | None:
    """The projection of `change`; None if it comes to nothing. Raises Malformed for an item that is not as this context writes."""
    entity = entity_of(change.new)
    if change.new is None or entity not in {PRODUCT, INVENTORY, OFFER}:
        return None
    try:
        made = _projection(change, entity)
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed(f"not a {entity} of the catalogue: {type(error).__name__} {error}") from None
    return made if made.point or made.found_by or made.lost else None


def _projection(change: Change, entity: str) -> Projection:
    old, new = change.old, change.new
    assert new is not None
    client_id, product_id = client_of(new["pk"]["S"]), new["pk"]["S"].rsplit("#", 1)[1]
    if entity == INVENTORY:
        stock = inventory_store.from_image(old) if old else None
        return Projection(client_id, product_id, stock_point(stock, inventory_store.from_image(new)))
    if entity == OFFER:
        offer = offer_store.from_image(old) if old else None
        return Projection(client_id, product_id, offer_point(offer, offer_store.from_image(new)))
    before = product_store.from_image(old) if old else None
    after = product_store.from_image(new)
    codes_before, codes_after = codes_of(visible(before)), codes_of(visible(after))
    point = product_point(before, after)
    return Projection(client_id, product_id, point, codes_after - codes_before, codes_before - codes_after)


class ProjectionStore(Protocol):
    def write(self, projections: Iterable[Projection]) -> None:
        """Write all of them, in order. May be done again. Raises TransientError."""


@dataclass(frozen=True, slots=True)
class DynamoProjections:
    """Projections in the catalogue's table, written in batches: none of them depends on what is there."""

    table: Table

    def write(self, projections: Iterable[Projection]) -> None:
        puts: dict[tuple[str, str], CatalogItem] = {}
        gone: dict[tuple[str, str], CatalogItem] = {}
        for made in projections:
            for item in self._items(made):
                gone.pop((item.pk, item.sk), None)
                puts[item.pk, item.sk] = item
            for kind, code in made.lost:
                item = self._code(made, kind, code)
                puts.pop((item.pk, item.sk), None)
                gone[item.pk, item.sk] = item
        try:
            with self.table.batch_write() as batch:
                for item in puts.values():
                    batch.save(item)
                for item in gone.values():
                    batch.delete(item)
        except PynamoDBException as error:
            raise as_ours(error) from error

    def _items(self, made: Projection) -> list[CatalogItem]:
        items = [self._code(made, kind, code) for kind, code in sorted(made.found_by)]
        if made.point is not None:
            items.append(price_store.item(self.table, made.client_id, made.product_id, made.point))
        return items

    def _code(self, made: Projection, kind: Kind, code: str) -> CatalogItem:
        return self.table(code_pk(made.client_id, kind, code), made.product_id, entity=CODE)
