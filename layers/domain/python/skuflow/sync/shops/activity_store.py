"""What goes on at a shop, kept apart from the shop itself: counters that are added to without a look, and its latest troubles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from skuflow.kernel.clock import iso, parse_iso
from skuflow.kernel.ids import derived_id
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.table import as_ours, lost_race
from skuflow.sync.shops.model import ShopCounts, Trouble
from skuflow.sync.store import SyncItem, shop_pk

TROUBLES_KEPT = timedelta(days=30)
_COUNTS, _TROUBLE = "COUNTS", "TROUBLE#"


class ActivityStore(Protocol):
    def count(
        self,
        client_id: ClientId,
        shop: str,
        *,
        webhooks_received: int = 0,
        products_created: int = 0,
        products_updated: int = 0,
        products_unchanged: int = 0,
        products_rejected: int = 0,
        last_webhook_at: datetime | None = None,
        last_applied_at: datetime | None = None,
    ) -> None:
        """Add the numbers to the shop's counters; its times move forward only. A repeat counts again: for what people look at."""
        ...

    def counts(self, client_id: ClientId, shop: str) -> ShopCounts:
        """All zeros if nothing was ever counted."""
        ...

    def add_trouble(self, client_id: ClientId, shop: str, trouble: Trouble) -> None:
        """Keep it for 30 days. The same trouble (code, detail and time) is kept once."""
        ...

    def troubles(self, client_id: ClientId, shop: str, limit: int) -> Sequence[Trouble]:
        """At most `limit` of the latest, newest first."""
        ...


class DynamoActivity:
    """ActivityStore on the sync table."""

    def __init__(self, table: type[SyncItem]) -> None:
        self._table = table

    def count(
        self,
        client_id: ClientId,
        shop: str,
        *,
        webhooks_received: int = 0,
        products_created: int = 0,
        products_updated: int = 0,
        products_unchanged: int = 0,
        products_rejected: int = 0,
        last_webhook_at: datetime | None = None,
        last_applied_at: datetime | None = None,
    ) -> None:
        table = self._table
        numbers = (
            (table.webhooks, webhooks_received),
            (table.created, products_created),
            (table.updated, products_updated),
            (table.unchanged, products_unchanged),
            (table.rejected, products_rejected),
        )
        times = ((table.last_webhook_at, last_webhook_at), (table.last_applied_at, last_applied_at))
        added: list[Action] = [attribute.add(number) for attribute, number in numbers if number]
        moved = [(attribute, iso(at)) for attribute, at in times if at is not None]
        forward = [attribute.does_not_exist() | (attribute < at) for attribute, at in moved]
        if self._updated(client_id, shop, [*added, *(attribute.set(at) for attribute, at in moved)], forward):
            return
        self._updated(client_id, shop, added, [])
        for (attribute, at), condition in zip(moved, forward, strict=True):
            self._updated(client_id, shop, [attribute.set(at)], [condition])

    def counts(self, client_id: ClientId, shop: str) -> ShopCounts:
        try:
            found = self._table.get(shop_pk(client_id, shop), _COUNTS)
        except self._table.DoesNotExist:
            return ShopCounts()
        except PynamoDBException as error:
            raise as_ours(error) from error
        return ShopCounts(
            webhooks_received=int(found.webhooks or 0),
            products_created=int(found.created or 0),
            products_updated=int(found.updated or 0),
            products_unchanged=int(found.unchanged or 0),
            products_rejected=int(found.rejected or 0),
            last_webhook_at=parse_iso(found.last_webhook_at) if found.last_webhook_at else None,
            last_applied_at=parse_iso(found.last_applied_at) if found.last_applied_at else None,
        )

    def add_trouble(self, client_id: ClientId, shop: str, trouble: Trouble) -> None:
        at = iso(trouble.at)
        row = self._table(
            shop_pk(client_id, shop),
            f"{_TROUBLE}{at}#{derived_id('trb', trouble.code, trouble.detail)}",
            client_id=client_id,
            expires_at=int((trouble.at + TROUBLES_KEPT).timestamp()),
            **packed(trouble),
        )
        try:
            row.save()
        except PynamoDBException as error:
            raise as_ours(error) from error

    def troubles(self, client_id: ClientId, shop: str, limit: int) -> Sequence[Trouble]:
        begins = self._table.sk.startswith(_TROUBLE)
        try:
            rows = self._table.query(shop_pk(client_id, shop), begins, limit=limit, scan_index_forward=False)
            return [unpacked(Trouble, row.doc, row.doc_z) for row in rows]
        except PynamoDBException as error:
            raise as_ours(error) from error

    def _updated(self, client_id: ClientId, shop: str, actions: list[Action], conditions: list[Condition]) -> bool:
        """False if a condition did not hold; nothing was written then."""
        if not actions:
            return True
        row = self._table(shop_pk(client_id, shop), _COUNTS)
        condition = None
        for one in conditions:
            condition = one if condition is None else condition & one
        try:
            row.update(actions=[self._table.client_id.set(client_id), *actions], condition=condition)
        except PynamoDBException as error:
            if lost_race(error):
                return False
            raise as_ours(error) from error
        return True
