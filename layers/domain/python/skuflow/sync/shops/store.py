"""Where shops are kept. Every write of a shop is conditional on the version that was read.

A shop is connected in one transaction with its tokens and with the look-up that says whose it is, and stopped in one with their
end: there is no shop without an owner, no connected one without tokens, and no tokens of one that is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol, get_args

from pynamodb.exceptions import PynamoDBException
from pynamodb.transactions import TransactWrite

from skuflow.kernel.clock import iso
from skuflow.kernel.errors import Conflict, NotFound, VersionConflict
from skuflow.kernel.tenancy import ClientId
from skuflow.kernel.tenancy import client_id as checked_client
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import change, listed, row_at, unchanged_since, write_over
from skuflow.platform.table import as_ours, connection_of, lost_race
from skuflow.sync.shops.activity_store import ActivityStore, DynamoActivity
from skuflow.sync.shops.due import due_keys, due_pk, shop_in
from skuflow.sync.shops.model import Shop, ShopStatus
from skuflow.sync.shops.sealed import SealedPair
from skuflow.sync.shops.token_store import forgotten, replaced, token_row
from skuflow.sync.store import SyncItem, shop_lookup_pk, shop_pk, shops_pk

Position = dict[str, Any]
_SHOP, _LOOKUP = "SHOP", "LOOKUP"


class ShopStore(ActivityStore, Protocol):
    """What is kept of shops: themselves, here, and what goes on at them."""

    def get(self, client_id: ClientId, shop: str) -> Shop:
        """The shop as it is now, strongly consistent. Raises NotFound."""
        ...

    def save(self, client_id: ClientId, item: Shop) -> Shop:
        """Write `item` over the version it was read at and return it as stored. Its status is changed by `connect` and `stop`
        alone. Raises VersionConflict."""
        ...

    def connect(self, client_id: ClientId, item: Shop, pair: SealedPair) -> Shop:
        """Write a shop that is connected (again) over the version it was read at (0: it must not exist), together with its
        tokens. Raises Conflict if it is another client's, VersionConflict."""
        ...

    def stop(self, client_id: ClientId, item: Shop, *, refused: int | None = None) -> Shop:
        """Write a shop that is no longer connected over the version it was read at, and forget its tokens. `refused`: only if
        its tokens are still those of this version. Raises VersionConflict."""
        ...

    def owner_of(self, shop: str) -> tuple[ClientId, ShopStatus] | None:
        """Whose shop it is, or was at last, strongly consistent; None if nobody ever connected it."""
        ...

    def page(
        self, client_id: ClientId, limit: int, position: Position | None
    ) -> tuple[Sequence[Shop], Position | None]:
        """At most `limit` shops in order of their domains, and where the next page begins."""
        ...

    def due(self, shard: int, until: datetime, limit: int) -> Sequence[tuple[ClientId, str]]:
        """At most `limit` shops of this shard (0 to `due.SHARDS` - 1) with `due_at` no later than `until`, the longest due first.
        May lag behind the writes: whoever takes one up looks at it again."""
        ...


def change_shop(client_id: ClientId, shop: str, transition: Callable[[Shop], Shop], *, shops: ShopStore) -> Shop:
    """Apply `transition` to the shop as it is; see `rows.change`. Raises NotFound."""
    return change(
        lambda: shops.get(client_id, shop), lambda item: shops.save(client_id, item), transition, f"the shop {shop}"
    )


class DynamoShops(DynamoActivity):
    """ShopStore on the sync table."""

    def get(self, client_id: ClientId, shop: str) -> Shop:
        found = row_at(self._table, shop_pk(client_id, shop), _SHOP)
        if found is None:
            raise NotFound(f"there is no shop {shop}")
        return _shop(found)

    def save(self, client_id: ClientId, item: Shop) -> Shop:
        if item.version == 0:
            raise ValueError(f"{item.shop} was never connected")
        stored = replace(item, version=item.version + 1)
        write_over(self._row(client_id, stored), item.version, f"the shop {item.shop}")
        return stored

    def connect(self, client_id: ClientId, item: Shop, pair: SealedPair) -> Shop:
        stored = replace(item, version=item.version + 1)
        unowned = self._table.pk.does_not_exist() | (self._table.client_id == client_id)
        try:
            with TransactWrite(connection=connection_of(self._table)) as transaction:
                known = unchanged_since(self._table, item.version)
                transaction.save(self._row(client_id, stored), condition=known)
                transaction.save(self._lookup(client_id, stored), condition=unowned)
                transaction.update(token_row(self._table, client_id, item.shop), replaced(self._table, client_id, pair))
        except PynamoDBException as error:
            owner = self.owner_of(item.shop) if lost_race(error) else None
            if owner is not None and owner[0] != client_id:
                raise Conflict(f"{item.shop} belongs to another account") from None
            raise _failed(error, item) from error
        return stored

    def stop(self, client_id: ClientId, item: Shop, *, refused: int | None = None) -> Shop:
        stored = replace(item, version=item.version + 1)
        still = None if refused is None else self._table.version == refused
        own = self._table.client_id == client_id
        try:
            with TransactWrite(connection=connection_of(self._table)) as transaction:
                transaction.save(self._row(client_id, stored), condition=self._table.version == item.version)
                transaction.save(self._lookup(client_id, stored), condition=own)
                row = token_row(self._table, client_id, item.shop)
                transaction.update(row, forgotten(self._table, client_id), condition=still)
        except PynamoDBException as error:
            raise _failed(error, item) from error
        return stored

    def owner_of(self, shop: str) -> tuple[ClientId, ShopStatus] | None:
        found = row_at(self._table, shop_lookup_pk(shop), _LOOKUP)
        return (checked_client(str(found.client_id)), _status(str(found.status))) if found is not None else None

    def page(
        self, client_id: ClientId, limit: int, position: Position | None
    ) -> tuple[Sequence[Shop], Position | None]:
        start = None
        if position is not None:
            shop = str(position["shop"])
            start = {"listing_sk": shop, "pk": shop_pk(client_id, shop), "sk": _SHOP}
        rows, last = listed(self._table, shops_pk(client_id), limit, start)
        return [_shop(row) for row in rows], {"shop": last} if last else None

    def due(self, shard: int, until: datetime, limit: int) -> Sequence[tuple[ClientId, str]]:
        until_then = self._table.due_sk < f"{iso(until)}$"  # `$` follows `#`, which follows the time in a key
        try:
            return [shop_in(str(row.due_sk)) for row in self._table.due.query(due_pk(shard), until_then, limit=limit)]
        except PynamoDBException as error:
            raise as_ours(error) from error

    def _row(self, client_id: ClientId, stored: Shop) -> SyncItem:
        return shop_row(self._table, client_id, stored)

    def _lookup(self, client_id: ClientId, stored: Shop) -> SyncItem:
        return self._table(shop_lookup_pk(stored.shop), _LOOKUP, client_id=client_id, status=stored.status)


def shop_row(table: type[SyncItem], client_id: ClientId, stored: Shop) -> SyncItem:
    """The item that holds `stored`, for whoever writes it together with something else."""
    return table(
        shop_pk(client_id, stored.shop),
        _SHOP,
        client_id=client_id,
        version=stored.version,
        status=stored.status,
        listing_pk=shops_pk(client_id),
        listing_sk=stored.shop,
        correlation_id=stored.cause.correlation_id,
        causation_id=stored.cause.causation_id,
        **due_keys(client_id, stored.shop, stored.due_at),
        **packed(stored),
    )


def _shop(row: SyncItem) -> Shop:
    return unpacked(Shop, row.doc, row.doc_z)


def _status(text: str) -> ShopStatus:
    found: ShopStatus = next(status for status in get_args(ShopStatus) if status == text)
    return found


def _failed(error: PynamoDBException, item: Shop) -> Exception:
    return VersionConflict(f"the shop {item.shop} has changed meanwhile") if lost_race(error) else as_ours(error)
