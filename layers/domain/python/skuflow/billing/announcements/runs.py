"""What billing runs tell the others: how far they are, and that they are over."""

from __future__ import annotations

from skuflow.billing.runs.model import Run
from skuflow.contracts.billing import SOURCE, BillingRunCompleted, BillingRunProgressed
from skuflow.kernel.clock import iso
from skuflow.platform.event_bus import Announcement, Image
from skuflow.platform.images import NOTHING, record, told


def of_run(old: Image | None, new: Image) -> Announcement:
    """A run that has come further says how far, one that is completed that it is, once."""
    run = record(Run, new)
    before = record(Run, old) if old is not None else None
    payload: BillingRunCompleted | BillingRunProgressed
    parts: tuple[str, ...]
    if run.status == "completed" and (before is None or before.status != "completed"):
        payload, parts = _completed(run), (run.run_id,)
    elif run.status == "billing" and (before is None or (before.status, before.progress) != (run.status, run.progress)):
        payload, parts = _progressed(run), (run.run_id, str(run.progress.batches))
    else:
        return NOTHING
    return Announcement(run.run_id, (told(SOURCE, new, payload, parts, run.updated_at),))


def _completed(run: Run) -> BillingRunCompleted:
    return BillingRunCompleted(
        run_id=run.run_id,
        kind=run.kind,
        as_of=iso(run.as_of),
        completed_at=iso(run.completed_at or run.updated_at),
        subscriptions=run.subscriptions,
        invoices=run.progress.invoices,
        without_invoice=run.progress.without_invoice,
        failed=run.progress.failed,
    )


def _progressed(run: Run) -> BillingRunProgressed:
    return BillingRunProgressed(
        run_id=run.run_id,
        subscriptions=run.subscriptions,
        batches=run.batches,
        batches_done=run.progress.batches,
        invoices=run.progress.invoices,
        without_invoice=run.progress.without_invoice,
        failed=run.progress.failed,
    )
