"""Where a shop's token pair is kept, and the lock under which it is renewed.

The pair is encrypted before it comes here. Its item outlives it: when the tokens go, the version still grows, so that a worker
who set out to renew the old pair cannot overwrite a new one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.update import Action

from skuflow.kernel.errors import VersionConflict
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.table import as_ours, lost_race
from skuflow.sync.shops.sealed import Lifetimes, SealedPair, StoredPair
from skuflow.sync.store import SyncItem, shop_pk

_TOKEN = "TOKEN"  # noqa: S105 - the name of an item


class TokenStore(Protocol):
    def get(self, client_id: ClientId, shop: str) -> StoredPair:
        """The pair as it is now, strongly consistent; version 0 and none if there never was one."""
        ...

    def lock(self, client_id: ClientId, shop: str, version: int, now: datetime, until: datetime) -> bool:
        """Whether the pair of this version is ours to renew until `until` (whole seconds): nobody else holds it, and it is still
        the latest."""
        ...

    def replace(self, client_id: ClientId, shop: str, version: int, pair: SealedPair) -> None:
        """Put `pair` in the place of the one of `version`, and give the lock back. Raises VersionConflict if that is no longer
        the latest."""
        ...

    def unlock(self, client_id: ClientId, shop: str, version: int) -> None:
        """Give the lock back, the pair being as it was."""
        ...


class DynamoTokens:
    """TokenStore on the sync table."""

    def __init__(self, table: type[SyncItem]) -> None:
        self._table = table

    def get(self, client_id: ClientId, shop: str) -> StoredPair:
        try:
            found = self._table.get(shop_pk(client_id, shop), _TOKEN, consistent_read=True)
        except self._table.DoesNotExist:
            return StoredPair(0, None)
        except PynamoDBException as error:
            raise as_ours(error) from error
        version = int(found.version or 0)
        if not found.sealed:
            return StoredPair(version, None)
        return StoredPair(version, SealedPair(found.sealed, unpacked(Lifetimes, found.doc, None)))

    def lock(self, client_id: ClientId, shop: str, version: int, now: datetime, until: datetime) -> bool:
        table = self._table
        free = table.lock_until.does_not_exist() | (table.lock_until <= int(now.timestamp()))
        return self._updated(
            client_id,
            shop,
            [table.lock_until.set(int(until.timestamp()))],
            (table.version == version) & table.sealed.exists() & free,
        )

    def replace(self, client_id: ClientId, shop: str, version: int, pair: SealedPair) -> None:
        table = self._table
        latest = (table.version == version) & table.sealed.exists()
        if not self._updated(client_id, shop, replaced(table, client_id, pair), latest):
            raise VersionConflict(f"the tokens of {shop} have changed meanwhile")

    def unlock(self, client_id: ClientId, shop: str, version: int) -> None:
        self._updated(client_id, shop, [self._table.lock_until.remove()], self._table.version == version)

    def _updated(self, client_id: ClientId, shop: str, actions: list[Action], condition: object) -> bool:
        try:
            token_row(self._table, client_id, shop).update(actions=actions, condition=condition)  # type: ignore[arg-type]
        except PynamoDBException as error:
            if lost_race(error):
                return False
            raise as_ours(error) from error
        return True


def token_row(table: type[SyncItem], client_id: ClientId, shop: str) -> SyncItem:
    """The item that holds a shop's tokens; for updates."""
    return table(shop_pk(client_id, shop), _TOKEN)


def replaced(table: type[SyncItem], client_id: ClientId, pair: SealedPair) -> list[Action]:
    """What makes `pair` the latest, whatever was there."""
    return [
        table.client_id.set(client_id),
        table.sealed.set(pair.sealed),
        table.doc.set(packed(pair.lifetimes)["doc"]),
        table.version.add(1),
        table.lock_until.remove(),
    ]


def forgotten(table: type[SyncItem], client_id: ClientId) -> list[Action]:
    """What makes an end of the tokens."""
    return [
        table.client_id.set(client_id),
        table.sealed.remove(),
        table.doc.remove(),
        table.version.add(1),
        table.lock_until.remove(),
    ]
