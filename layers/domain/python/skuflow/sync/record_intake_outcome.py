"""What the catalogue answered to the products of webhooks: added to their shop's counters, what it rejected to its troubles."""

from __future__ import annotations

from datetime import datetime

from skuflow.contracts.catalog import ProductBatchApplied, RejectedRows
from skuflow.kernel.errors import NotFound
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import logger
from skuflow.sync.progress_store import ProgressStore
from skuflow.sync.shops.count_outcome import count_outcome
from skuflow.sync.shops.model import Trouble
from skuflow.sync.shops.store import ShopStore
from skuflow.sync.webhooks.intake import IntakeStore

MAX_TROUBLES = 20
"""Of one batch; the batch's outcome keeps all."""


def record_intake_outcome(
    client_id: ClientId,
    outcome: ProductBatchApplied,
    at: datetime,
    *,
    intakes: IntakeStore,
    shops: ShopStore,
    progress: ProgressStore,
) -> None:
    """Count `outcome`, which came about `at`, once, however often it is told. Raises NotFound if the client has no such intake."""
    intake = intakes.find(client_id, outcome.import_id)
    if intake is None:
        raise NotFound(f"there is no intake {outcome.import_id}")
    for rows in outcome.rejected[:MAX_TROUBLES]:
        shops.add_trouble(client_id, intake.shop, _trouble(rows, at))
    count_outcome(client_id, intake.shop, outcome, at, shops=shops, progress=progress)
    logger().info("outcome recorded", extra={"intake_id": intake.intake_id, "batch": outcome.batch})


def _trouble(rows: RejectedRows, at: datetime) -> Trouble:
    return Trouble("rejected", f"{rows.field} {rows.value!r}: {rows.reason}", rows.hint, at)
