"""What the catalogue says goes to whoever handed the products over: an import, a shop's run, or the webhooks of a shop."""

from __future__ import annotations

from skuflow.contracts.catalog import ProductBatchApplied, SourceProductsRemoved
from skuflow.kernel.errors import Malformed
from skuflow.kernel.events import Event
from skuflow.platform.consumer import payload
from skuflow.sync.deps import RecordBatchOutcomeDeps
from skuflow.sync.record_batch_outcome import record_batch_outcome
from skuflow.sync.record_intake_outcome import record_intake_outcome
from skuflow.sync.record_run_outcome import record_removal, record_run_outcome


def record_answer(told: Event, *, using: RecordBatchOutcomeDeps) -> None:
    """Take up one event of the catalogue, once, however often it comes. Raises NotFound if what it answers is not the client's, and
    Malformed if it is no event that this context hears of."""
    if told.name == "SourceProductsRemoved":
        record_removal(told.client_id, payload(told, SourceProductsRemoved), ends=using.ends)
        return
    if told.name != "ProductBatchApplied":
        raise Malformed(f"{told.name} is no answer to what was handed over")
    outcome = payload(told, ProductBatchApplied)
    kind = outcome.import_id.partition("_")[0]
    if kind == "run":
        record_run_outcome(told.client_id, outcome, ends=using.ends)
    elif kind == "itk":
        record_intake_outcome(
            told.client_id,
            outcome,
            told.occurred_at,
            intakes=using.intakes,
            shops=using.ends.shops,
            progress=using.progress,
        )
    else:
        record_batch_outcome(
            told.client_id,
            outcome,
            imports=using.imports,
            progress=using.progress,
            reports=using.reports,
            clock=using.clock,
        )
