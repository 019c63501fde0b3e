"""What the catalogue answered to a batch of a shop's products, added to the shop's counters."""

from __future__ import annotations

from datetime import datetime

from skuflow.contracts.catalog import ProductBatchApplied
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import count_many
from skuflow.sync.progress_store import ProgressStore
from skuflow.sync.shops.store import ShopStore


def count_outcome(
    client_id: ClientId,
    shop: str,
    outcome: ProductBatchApplied,
    at: datetime,
    *,
    shops: ShopStore,
    progress: ProgressStore,
) -> None:
    """Count `outcome`, which came about `at`, once, however often it is told."""
    if not progress.count_outcome(client_id, outcome, at):
        return
    shops.count(
        client_id,
        shop,
        products_created=outcome.products_created,
        products_updated=outcome.products_updated,
        products_unchanged=outcome.products_unchanged,
        products_rejected=sum(len(rows.lines) for rows in outcome.rejected),
        last_applied_at=at,
    )
    count_many(RowsCreated=outcome.created, RowsUpdated=outcome.updated, RowsUnchanged=outcome.unchanged)
