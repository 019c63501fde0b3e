"""What the catalogue answered to a run: how its batches fared, and what it removed because the shop no longer has it."""

from __future__ import annotations

from dataclasses import replace

from skuflow.contracts.catalog import ProductBatchApplied, SourceProductsRemoved
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import logger
from skuflow.sync.runs.end_run import RunEnds
from skuflow.sync.runs.model import Run
from skuflow.sync.runs.store import change_run
from skuflow.sync.shops.count_outcome import count_outcome
from skuflow.sync.shops.model import Trouble


def record_run_outcome(client_id: ClientId, outcome: ProductBatchApplied, *, ends: RunEnds) -> None:
    """Count `outcome` once, however often it is told; the last one completes the run. Raises NotFound if the client has no such
    run."""
    run = ends.runs.get(client_id, outcome.import_id)
    count_outcome(client_id, run.shop, outcome, ends.clock(), shops=ends.shops, progress=ends.progress)
    logger().info("outcome recorded", extra={"run_id": run.run_id, "batch": outcome.batch})
    ends.complete_if_done(client_id, ends.runs.get(client_id, run.run_id))


def record_removal(client_id: ClientId, removal: SourceProductsRemoved, *, ends: RunEnds) -> None:
    """The catalogue has compared its list with the run's snapshot. Raises NotFound if the client has no such run."""

    def compared(run: Run) -> Run:
        if run.compared or run.is_finished:
            return run
        totals = replace(run.totals, removed=removal.removed, kept_back=removal.kept_back)
        return replace(run, compared=True, totals=totals)

    run = change_run(client_id, removal.run_id, compared, runs=ends.runs)
    logger().info("removal recorded", extra={"run_id": run.run_id, "removed": removal.removed})
    if removal.kept_back:
        logger().warning("products were kept back", extra={"run_id": run.run_id, "kept_back": removal.kept_back})
        ends.shops.add_trouble(client_id, run.shop, _kept_back(run, removal.kept_back))
    ends.complete_if_done(client_id, run)


def _kept_back(run: Run, products: int) -> Trouble:
    """Told of the run rather than of now, so that a repeat is the same trouble."""
    detail = (
        f"{products} products are not in the shop any more; they were kept, because so many at once look like a mistake"
    )
    return Trouble(
        "kept_back", detail, "if it is none, delete them in the catalogue", run.observed_at or run.created_at
    )
