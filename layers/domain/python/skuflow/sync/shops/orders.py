"""The orders of a shop as far as the catalogue's side of things needs them: what was bought, how often, for how much.

    who asks                              key that serves it
    whoever learns of a newer state       pk C#<client>#SHOP#<shop>  sk ORDER#<id>

Nothing in an order tells who ordered: what Shopify sends beside this is not kept anywhere. An item's `version` is the moment
of its state in microseconds since 1970, so that an older state never takes the place of a newer one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from skuflow.contracts.sync import OrderLine
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import row_at, saved_if
from skuflow.sync.store import SyncItem, shop_pk

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Order:
    """The state of an order at `observed_at`. Times are RFC 3339 in UTC, "" for none. `total` is (minor units, currency code) as
    the order is now: after refunds and changes."""

    shop: str
    order_id: str
    name: str
    created_at: str
    updated_at: str
    cancelled_at: str
    currency: str
    total: tuple[int, str] | None
    lines: tuple[OrderLine, ...]
    observed_at: datetime


class OrderStore(Protocol):
    def put(self, client_id: ClientId, order: Order, cause: Cause) -> bool:
        """Keep `order` unless its state, or a newer one, is kept already; says whether it was written."""
        ...

    def get(self, client_id: ClientId, shop: str, order_id: str) -> Order | None:
        """The order as it was last seen, strongly consistent."""
        ...


class DynamoOrders:
    """OrderStore on the sync table."""

    def __init__(self, table: type[SyncItem]) -> None:
        self._table = table

    def put(self, client_id: ClientId, order: Order, cause: Cause) -> bool:
        at = (order.observed_at - _EPOCH) // timedelta(microseconds=1)
        row = self._table(
            shop_pk(client_id, order.shop),
            f"ORDER#{order.order_id}",
            client_id=client_id,
            version=at,
            correlation_id=cause.correlation_id,
            causation_id=cause.causation_id,
            **packed(order),
        )
        return saved_if(row, self._table.version.does_not_exist() | (self._table.version < at))

    def get(self, client_id: ClientId, shop: str, order_id: str) -> Order | None:
        found = row_at(self._table, shop_pk(client_id, shop), f"ORDER#{order_id}")
        return unpacked(Order, found.doc, found.doc_z) if found is not None else None
