"""What became of each batch of fixes: one item, written once; its stream record is the event `ProductFixesApplied`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from skuflow.catalog.store import FIXES, CatalogItem, Table, batch_pk
from skuflow.catalog.store_errors import translated
from skuflow.contracts.catalog import ProductFixesApplied
from skuflow.kernel.errors import VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed, unpacked

KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class AppliedFixes:
    """The answer to a batch of fixes, and when and why it was given."""

    outcome: ProductFixesApplied
    applied_at: datetime
    cause: Cause


@dataclass(frozen=True, slots=True)
class FixStore:
    """Answers to batches of fixes in DynamoDB, for 30 days.

    | access | key |
    |---|---|
    | the answer to a batch | job's partition, `FIXES#<batch>`, written under the condition that there is none |
    """

    table: Table

    def is_answered(self, client_id: ClientId, job_id: str, batch: int) -> bool:
        with translated():
            return any(True for _ in self.table.batch_get([_key(client_id, job_id, batch)], consistent_read=True))

    def record(self, client_id: ClientId, done: AppliedFixes) -> None:
        """Keep the answer, unless there is one: the first word stands, and a twin's second changes nothing."""
        item = self.table(
            *_key(client_id, done.outcome.job_id, done.outcome.batch),
            entity=FIXES,
            **packed(done),
            expires_at=int((done.applied_at + KEPT).timestamp()),
        )
        try:
            with translated():
                item.save(CatalogItem.pk.does_not_exist())
        except VersionConflict:
            return


def _key(client_id: ClientId, job_id: str, batch: int) -> tuple[str, str]:
    return batch_pk(client_id, job_id), f"{FIXES}#{batch:08d}"


def from_item(item: CatalogItem) -> AppliedFixes:
    """The answer in an item of kind FIXES. Raises ValueError if it holds none."""
    return unpacked(AppliedFixes, item.doc, item.doc_z)
