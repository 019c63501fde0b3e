"""Searches for what a source no longer has: how far each is, and what it came to. Kept for 30 days.

| access | key |
|---|---|
| how far a search is | search's partition, `SEARCH` (conditional on its version) |
| what it came to | search's partition, `REMOVAL`, written once; its stream record is the event `SourceProductsRemoved` |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from skuflow.catalog.store import REMOVAL, SEARCH, CatalogItem, Table, batch_pk
from skuflow.catalog.store_errors import translated
from skuflow.contracts.catalog import SourceProductsRemoved
from skuflow.kernel.errors import VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked

KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Search:
    """How far a search is. First it counts the `known` products of the source and those of them that `vanished`, then it removes
    these. `after` is the place in the client's listing that it has come to, `waiting` the products of the page behind it that are
    to be removed: noted first, so that a worker that takes over counts them whoever removed them. `version` counts the writes."""

    run_id: str
    step: Literal["counting", "removing"] = "counting"
    after: str | None = None
    known: int = 0
    vanished: int = 0
    removed: int = 0
    waiting: tuple[str, ...] = ()
    version: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What a search came to, and when and why it was told."""

    outcome: SourceProductsRemoved
    at: datetime
    cause: Cause


@dataclass(frozen=True, slots=True)
class SearchStore:
    """Searches in DynamoDB."""

    table: Table

    def is_told(self, client_id: ClientId, run_id: str) -> bool:
        return self._item(client_id, run_id, REMOVAL) is not None

    def get(self, client_id: ClientId, run_id: str) -> Search:
        """The search as far as it is; a new one if nobody began it. Sees every write that was finished before."""
        item = self._item(client_id, run_id, SEARCH)
        return unpacked(Search, item.doc, item.doc_z) if item is not None else Search(run_id)

    def save(self, client_id: ClientId, search: Search, now: datetime) -> None:
        """Keep `search`, one version on from what was read. Raises VersionConflict if another worker is ahead."""
        first = search.version == 1
        item = self._new(client_id, search.run_id, SEARCH, now, **packed(search), version=search.version)
        with translated():
            item.save(CatalogItem.pk.does_not_exist() if first else CatalogItem.version == search.version - 1)

    def tell(self, client_id: ClientId, told: Told) -> None:
        """Keep what the search came to; the first word stands."""
        item = self._new(client_id, told.outcome.run_id, REMOVAL, told.at, **packed(told))
        try:
            with translated():
                item.save(CatalogItem.pk.does_not_exist())
        except VersionConflict:
            return

    def _item(self, client_id: ClientId, run_id: str, kind: str) -> CatalogItem | None:
        with translated():
            found = self.table.batch_get([(batch_pk(client_id, run_id), kind)], consistent_read=True)
            return next(iter(found), None)

    def _new(self, client_id: ClientId, run_id: str, kind: str, now: datetime, **fields: Any) -> CatalogItem:
        expires_at = int((now + KEPT).timestamp())
        return self.table(batch_pk(client_id, run_id), kind, entity=kind, expires_at=expires_at, **fields)


def told_in(item: CatalogItem) -> Told:
    """What an item of kind REMOVAL tells. Raises ValueError if it holds nothing of the sort."""
    return unpacked(Told, item.doc, item.doc_z)
