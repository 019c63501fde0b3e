"""The catalogue has applied a batch: add up what became of its rows."""

from __future__ import annotations

from skuflow.contracts.catalog import ProductBatchApplied
from skuflow.kernel.clock import Clock
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import count_many, logger
from skuflow.sync.ask_for_report import ask_for_report
from skuflow.sync.import_store import ImportStore
from skuflow.sync.progress_store import ProgressStore
from skuflow.sync.work import WorkQueue


def record_batch_outcome(
    client_id: ClientId,
    outcome: ProductBatchApplied,
    *,
    imports: ImportStore,
    progress: ProgressStore,
    reports: WorkQueue,
    clock: Clock,
) -> None:
    """Count `outcome` once, however often it is told. Raises NotFound if the client has no such import."""
    item = imports.get(client_id, outcome.import_id)
    if progress.count_outcome(client_id, outcome, clock()):
        count_many(RowsCreated=outcome.created, RowsUpdated=outcome.updated, RowsUnchanged=outcome.unchanged)
    logger().info("outcome recorded", extra={"import_id": outcome.import_id, "batch": outcome.batch})
    if item.status != "applying":
        item = imports.get(client_id, outcome.import_id)
    ask_for_report(client_id, item, progress=progress, reports=reports)
