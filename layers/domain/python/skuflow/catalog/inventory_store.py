"""Stock in the catalogue's table: one item per product, written under its version.

| access | key |
|---|---|
| stock of a product, of many | product's partition, `INVENTORY` (BatchGetItem) |
| the same adjustment again | product's partition, `ADJUSTMENT#id` (condition of the write that applies it) |

Reserving is arithmetic on the same item: see reservation_store. Everything that writes here raises `version` by one, so the
events of two states can be told apart and a repeated stream record keeps its events' ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from pynamodb.transactions import TransactWrite

from skuflow.catalog.inventory import ProductStock
from skuflow.catalog.source_counts import NO_WORD, Look, SourceCount, with_source_counts
from skuflow.catalog.store import ADJUSTMENT, INVENTORY, CatalogItem, Table, item_of, product_pk
from skuflow.catalog.store_errors import Pause, no_pause, translated
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import TransientError, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.table import connection_of

ATTEMPTS = 12
"""Times that a write is tried, each after somebody else was faster."""
ADJUSTMENT_KEPT = timedelta(days=30)

Change = Callable[[ProductStock | None], ProductStock | None]
"""From the stock as it is to the stock as it should be, one version on; None if it is right already."""


@dataclass(frozen=True, slots=True)
class Written:
    """When a write is made, by whom and why: what the events of the change will say."""

    at: datetime
    source: str
    cause: Cause


class StockStore(Protocol):
    """Where stock is kept. Reads see every write that was finished before."""

    def get_many(self, client_id: ClientId, product_ids: Iterable[str]) -> dict[str, ProductStock]:
        """Product id -> stock, without the products of which none is kept."""

    def put(self, client_id: ClientId, stock: ProductStock, *, adjustment_id: str = "") -> None:
        """Write `stock`, one version on from what was read. With `adjustment_id`, only if no adjustment of this id was
        written to the product before. Raises VersionConflict if somebody else wrote first (or the adjustment is there)."""

    def has_adjustment(self, client_id: ClientId, product_id: str, adjustment_id: str) -> bool: ...


def rewrite(
    store: StockStore,
    client_id: ClientId,
    product_id: str,
    change: Change,
    written: Written,
    *,
    adjustment_id: str = "",
    pause: Pause = no_pause,
) -> ProductStock | None:
    """The product's stock after `change`, applied to whatever is there when it is written; once per `adjustment_id`.

    Raises what `change` raises, and TransientError if others are faster all the time.
    """
    for attempt in range(1, ATTEMPTS + 1):
        if adjustment_id and store.has_adjustment(client_id, product_id, adjustment_id):
            return store.get_many(client_id, [product_id]).get(product_id)
        old = store.get_many(client_id, [product_id]).get(product_id)
        new = change(old)
        if new is None:
            return old
        stamped = replace(new, changed_at=iso(written.at), source=written.source, cause=written.cause)
        try:
            store.put(client_id, stamped, adjustment_id=adjustment_id)
        except VersionConflict:
            pause(attempt)
            continue
        return stamped
    raise TransientError("the stock of this product is changing too fast; try again in a moment")


@dataclass(frozen=True, slots=True)
class InventoryStore:
    """The StockStore in DynamoDB."""

    table: Table
    pause: Pause = no_pause

    def get(self, client_id: ClientId, product_id: str) -> ProductStock | None:
        return self.get_many(client_id, [product_id]).get(product_id)

    def get_many(self, client_id: ClientId, product_ids: Iterable[str]) -> dict[str, ProductStock]:
        keys = [inventory_key(client_id, product_id) for product_id in product_ids]
        with translated():
            stocks = [from_item(item) for item in self.table.batch_get(keys, consistent_read=True)]
        return {stock.product_id: stock for stock in stocks}

    def put(self, client_id: ClientId, stock: ProductStock, *, adjustment_id: str = "") -> None:
        item = self._item(client_id, stock)
        first = stock.version == 1
        condition = CatalogItem.pk.does_not_exist() if first else CatalogItem.version == stock.version - 1
        with translated():
            if not adjustment_id:
                item.save(condition)
                return
            with TransactWrite(connection=connection_of(self.table)) as transaction:
                transaction.save(item, condition)
                applied = self._applied(client_id, stock, adjustment_id)
                transaction.save(applied, CatalogItem.pk.does_not_exist())

    def has_adjustment(self, client_id: ClientId, product_id: str, adjustment_id: str) -> bool:
        key = (product_pk(client_id, product_id), f"{ADJUSTMENT}#{adjustment_id}")
        with translated():
            return any(True for _ in self.table.batch_get([key], consistent_read=True))

    def apply_source_counts(
        self,
        client_id: ClientId,
        product_id: str,
        counts: Iterable[SourceCount],
        *,
        source: str,
        cause: Cause,
        now: datetime,
        look: Look = NO_WORD,
    ) -> ProductStock | None:
        """Take over what a source counted when it looked; the stock afterwards, None if there is none."""
        said = tuple(counts)

        def change(stock: ProductStock | None) -> ProductStock | None:
            return with_source_counts(stock, product_id, said, look)

        return rewrite(self, client_id, product_id, change, Written(now, source, cause), pause=self.pause)

    def _item(self, client_id: ClientId, stock: ProductStock) -> CatalogItem:
        pk, sk = inventory_key(client_id, stock.product_id)
        return self.table(
            pk,
            sk,
            entity=INVENTORY,
            version=stock.version,
            stock=stock.variants,
            source=stock.source,
            correlation_id=stock.cause.correlation_id,
            causation_id=stock.cause.causation_id,
            changed_at=stock.changed_at,
        )

    def _applied(self, client_id: ClientId, stock: ProductStock, adjustment_id: str) -> CatalogItem:
        kept_until = datetime.fromisoformat(stock.changed_at) + ADJUSTMENT_KEPT
        return self.table(
            product_pk(client_id, stock.product_id),
            f"{ADJUSTMENT}#{adjustment_id}",
            entity=ADJUSTMENT,
            expires_at=int(kept_until.timestamp()),
        )


def inventory_key(client_id: ClientId, product_id: str) -> tuple[str, str]:
    """Partition and sort key of the product's stock; for reading it together with other items."""
    return product_pk(client_id, product_id), INVENTORY


def from_item(item: CatalogItem) -> ProductStock:
    """The stock in an item of kind INVENTORY."""
    return ProductStock(
        product_id=item.pk.rsplit("#", 1)[1],
        version=int(item.version or 0),
        variants=item.stock or (),
        cause=Cause(item.correlation_id or "", item.causation_id or ""),
        source=item.source or "",
        changed_at=item.changed_at or "",
    )


def from_image(image: Any) -> ProductStock:
    """The stock in a stream image."""
    return from_item(item_of(image))
