"""What became of each batch: one item, written once; its stream record is the event `ProductBatchApplied`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from skuflow.catalog.store import BATCH, CatalogItem, Table, batch_pk
from skuflow.catalog.store_errors import translated
from skuflow.contracts.catalog import ProductBatchApplied
from skuflow.kernel.errors import VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked

KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class AppliedBatch:
    outcome: ProductBatchApplied
    applied_at: datetime
    cause: Cause


class BatchStore(Protocol):
    """Where outcomes of batches are kept, for 30 days."""

    def is_applied(self, client_id: ClientId, import_id: str, batch: int) -> bool: ...

    def record(self, client_id: ClientId, applied: AppliedBatch) -> None:
        """Keep the outcome, unless there is one: the first word stands, and a twin's second changes nothing."""


@dataclass(frozen=True, slots=True)
class DynamoBatchStore:
    """The BatchStore in DynamoDB."""

    table: Table

    def is_applied(self, client_id: ClientId, import_id: str, batch: int) -> bool:
        keys = [(batch_pk(client_id, import_id), _number(batch))]
        with translated():
            return any(True for _ in self.table.batch_get(keys, consistent_read=True))

    def record(self, client_id: ClientId, applied: AppliedBatch) -> None:
        item = self.table(
            batch_pk(client_id, applied.outcome.import_id),
            _number(applied.outcome.batch),
            entity=BATCH,
            **packed(applied),
            expires_at=int((applied.applied_at + KEPT).timestamp()),
        )
        try:
            with translated():
                item.save(CatalogItem.pk.does_not_exist())
        except VersionConflict:
            return


def _number(batch: int) -> str:
    return f"{batch:08d}"


def from_item(item: CatalogItem) -> AppliedBatch:
    """The outcome in an item of kind BATCH. Raises ValueError if it holds none."""
    return unpacked(AppliedBatch, item.doc, item.doc_z)
