"""Where runs are kept. Every write of a run is conditional on the version that was read.

    who asks                              key that serves it
    the run (progress, every worker)      pk C#<client>#IMPORT#<run_…>  sk RUN
    a shop's runs, newest first           index listing: listing_pk C#<client>#SHOP#<shop>#RUNS, listing_sk <created>#<run>

Its slices, tallies and outcomes lie beside it and are an import's (see `progress_store`). A run goes after 400 days, so that a
year can be compared with the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from pynamodb.exceptions import PynamoDBException
from pynamodb.transactions import TransactWrite

from skuflow.kernel.clock import iso
from skuflow.kernel.errors import NotFound, VersionConflict
from skuflow.kernel.tenancy import ClientId, partition
from skuflow.platform.packing import packed, unpacked
from skuflow.platform.rows import change, listed, row_at, unchanged_since, write_over
from skuflow.platform.table import as_ours, connection_of, lost_race
from skuflow.sync.runs.model import Run
from skuflow.sync.shops.model import Shop
from skuflow.sync.shops.store import shop_row
from skuflow.sync.store import SyncItem, import_pk

Position = dict[str, Any]
KEPT = timedelta(days=400)


class RunStore(Protocol):
    def get(self, client_id: ClientId, run_id: str) -> Run:
        """The run as it is now, strongly consistent. Raises NotFound."""
        ...

    def save(self, client_id: ClientId, item: Run) -> Run:
        """Write `item` over the version it was read at (0: it must not exist) and return it as stored. Raises VersionConflict."""
        ...

    def save_with_shop(self, client_id: ClientId, item: Run, shop: Shop) -> tuple[Run, Shop]:
        """Write both or neither, each over the version it was read at: how a run begins and how it ends. Raises VersionConflict."""
        ...

    def page(
        self, client_id: ClientId, shop: str, limit: int, position: Position | None
    ) -> tuple[Sequence[Run], Position | None]:
        """At most `limit` runs of the shop, newest first, and where the next page begins."""
        ...


def change_run(client_id: ClientId, run_id: str, transition: Callable[[Run], Run], *, runs: RunStore) -> Run:
    """Apply `transition` to the run as it is; see `rows.change`."""
    return change(
        lambda: runs.get(client_id, run_id), lambda item: runs.save(client_id, item), transition, f"the run {run_id}"
    )


class DynamoRuns:
    """RunStore on the sync table."""

    def __init__(self, table: type[SyncItem]) -> None:
        self._table = table

    def get(self, client_id: ClientId, run_id: str) -> Run:
        found = row_at(self._table, import_pk(client_id, run_id), "RUN")
        if found is None:
            raise NotFound(f"there is no run {run_id}")
        return _run(found)

    def save(self, client_id: ClientId, item: Run) -> Run:
        stored = replace(item, version=item.version + 1)
        write_over(run_row(self._table, client_id, stored), item.version, f"the run {item.run_id}")
        return stored

    def save_with_shop(self, client_id: ClientId, item: Run, shop: Shop) -> tuple[Run, Shop]:
        stored, connected = replace(item, version=item.version + 1), replace(shop, version=shop.version + 1)
        table = self._table
        try:
            with TransactWrite(connection=connection_of(table)) as transaction:
                known = unchanged_since(table, item.version)
                transaction.save(run_row(table, client_id, stored), condition=known)
                transaction.save(shop_row(table, client_id, connected), condition=table.version == shop.version)
        except PynamoDBException as error:
            if lost_race(error):
                raise VersionConflict(f"the run {item.run_id} or its shop has changed meanwhile") from None
            raise as_ours(error) from error
        return stored, connected

    def page(
        self, client_id: ClientId, shop: str, limit: int, position: Position | None
    ) -> tuple[Sequence[Run], Position | None]:
        start = None
        if position is not None:
            pk = import_pk(client_id, str(position["id"]))
            start = {"listing_sk": str(position["at"]), "pk": pk, "sk": "RUN"}
        rows, last = listed(self._table, runs_pk(client_id, shop), limit, start, newest_first=True)
        return [_run(row) for row in rows], _position(last) if last else None


def runs_pk(client_id: ClientId, shop: str) -> str:
    return partition(client_id, "SHOP", shop, "RUNS")


def run_row(table: type[SyncItem], client_id: ClientId, stored: Run) -> SyncItem:
    """The item that holds `stored`."""
    return table(
        import_pk(client_id, stored.run_id),
        "RUN",
        client_id=client_id,
        version=stored.version,
        listing_pk=runs_pk(client_id, stored.shop),
        listing_sk=f"{iso(stored.created_at)}#{stored.run_id}",
        correlation_id=stored.cause.correlation_id,
        causation_id=stored.cause.causation_id,
        expires_at=_expiry(stored.created_at),
        **packed(stored),
    )


def _position(at: str) -> Position:
    return {"at": at, "id": at.partition("#")[2]}


def _run(row: SyncItem) -> Run:
    return unpacked(Run, row.doc, row.doc_z)


def _expiry(created_at: datetime) -> int:
    return int((created_at + KEPT).timestamp())
