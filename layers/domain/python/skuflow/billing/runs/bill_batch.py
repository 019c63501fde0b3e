"""Bill the subscriptions of one message, have their invoices numbered, count what was done.

A repeat of the message finds most of it done. What an earlier attempt made it knows by the mark that each invoice bears (run and
batch), so it counts, and has numbered, what is there, whoever wrote it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from skuflow.billing.invoices.model import Invoice, invoice_id_of
from skuflow.billing.runs.bill_subscription import Billing, bill_subscription
from skuflow.billing.runs.model import Failure, Progress, Run, advanced
from skuflow.billing.runs.prepare_bill import Known, Origin, is_due
from skuflow.billing.runs.run_store import DynamoRuns
from skuflow.billing.runs.work import Batch, Drafts, WorkQueue
from skuflow.billing.subscriptions import Subscription
from skuflow.kernel.errors import PermanentError, TransientError, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.platform.rows import ATTEMPTS


@dataclass(frozen=True, slots=True)
class BatchWork:
    """What it is done with. `numbering` is the queue of those who number invoices."""

    billing: Billing
    runs: DynamoRuns
    numbering: WorkQueue


@dataclass(frozen=True, slots=True)
class _Done:
    """What becomes of a batch, gathered as it comes. `moved_on`: subscription and cycle of what was found billed, or had nothing to
    invoice; `to_repeat`: what may work later, or what nobody foresaw."""

    moved_on: list[tuple[str, int]] = field(default_factory=list)
    invoices: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    to_repeat: list[Exception] = field(default_factory=list)


def bill_batch(batch: Batch, *, using: BatchWork) -> Progress:
    """What became of the batch. Raises NotFound if there is no such run, TransientError if some of it has to be tried again, and
    whatever else stood in the way of one of them; the rest is done then."""
    run = using.runs.get(batch.client_id, batch.run_id)
    done = _billed(batch, run, using)
    if done.invoices:
        using.numbering.put(Drafts(batch.client_id, tuple(done.invoices)))
    if done.to_repeat:
        raise done.to_repeat[0]
    for failure in done.failures:
        using.runs.keep_failure(batch.client_id, run, failure)
    invoiced, failed = len(done.invoices), len(done.failures)
    progress = Progress(1, invoiced, len(batch.subscription_ids) - invoiced - failed, failed)
    using.runs.count(batch.client_id, run, batch.batch, progress)
    report_progress(batch, using=using)
    return progress


def _billed(batch: Batch, run: Run, using: BatchWork) -> _Done:
    known = using.billing.known
    items = known.subscriptions(batch.client_id, batch.subscription_ids)
    due = [item for item in items if is_due(item, batch.as_of)]
    origin = Origin(Cause(run.cause.correlation_id, run.run_id), run.run_id, batch.batch)
    done = _Done(moved_on=[(item.subscription_id, item.cycle - 1) for item in items if item not in due])
    together = known.known(batch.client_id, due) if due else Known({}, {}, {}, {})
    for item in due:
        _bill(batch, item, together, done, origin=origin, using=using)
    done.invoices.extend(_made_before(batch, done.moved_on, using))
    return done


def _bill(batch: Batch, item: Subscription, together: Known, done: _Done, *, origin: Origin, using: BatchWork) -> None:
    try:
        made = bill_subscription(batch.client_id, item, together, batch.as_of, origin=origin, using=using.billing)
    except PermanentError as error:
        at = using.billing.clock()
        done.failures.append(Failure(item.subscription_id, error.code, _reason(error), at))
    except Exception as error:  # one that cannot be billed must not keep the others of its batch unbilled
        done.to_repeat.append(error)
    else:
        if made is not None:
            done.invoices.append(made.invoice_id)
        else:
            done.moved_on.append((item.subscription_id, item.cycle))


def _made_before(batch: Batch, moved_on: list[tuple[str, int]], using: BatchWork) -> list[str]:
    """Those of the invoices, each of a subscription and a cycle, that an earlier attempt or a twin made of this very batch."""
    ids = [invoice_id_of(subscription_id, cycle) for subscription_id, cycle in moved_on if cycle >= 0]
    if not ids:
        return []
    found = using.billing.reading.invoices.get_many(batch.client_id, ids)
    return [one.invoice_id for one in found.values() if _is_of(one, batch)]


def _is_of(invoice: Invoice, batch: Batch) -> bool:
    return (invoice.run_id, invoice.batch) == (batch.run_id, batch.batch)


def _reason(error: PermanentError) -> str:
    return "; ".join([error.detail, *(f"{one.field} {one.message}" for one in error.problems)])


def report_progress(batch: Batch, *, using: BatchWork) -> None:
    """Write how far the run is, if that is worth telling, and complete it after its last batch."""
    for _ in range(ATTEMPTS):
        run, progress, _counted = using.runs.state(batch.client_id, batch.run_id)
        after = advanced(run, progress, using.billing.clock()) if run.status == "billing" else run
        if after is run:
            return
        try:
            using.runs.save(batch.client_id, after)
        except VersionConflict:
            continue
        return
    raise TransientError(f"the billing run {batch.run_id} is being changed by others; try again")
