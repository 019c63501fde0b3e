"""Bill the subscriptions of one message, each up to where it is due, have their invoices numbered, count what was done.

Who is several periods behind gets an invoice for each, one transaction after the other. A repeat of the message goes on where the
attempt before it died. What that one made it knows by the mark that each invoice bears (run and batch), so it counts, and has
numbered, what is there, whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from skuflow.billing.invoices.model import Invoice, invoice_id_of
from skuflow.billing.runs.bill_subscription import Billing, bill_subscription
from skuflow.billing.runs.model import Failure, Progress, Run, advanced
from skuflow.billing.runs.prepare_bill import Known, Origin, is_due
from skuflow.billing.runs.run_store import DynamoRuns
from skuflow.billing.runs.work import Batch, Drafts, WorkQueue
from skuflow.billing.subscriptions import Subscription
from skuflow.kernel.errors import PermanentError, TransientError, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.platform.observability import logger
from skuflow.platform.rows import ATTEMPTS

_PAGE = 24
"""Invoices of a subscription that are looked through at a time for those of an earlier attempt."""
_SKEW = timedelta(minutes=5)
"""How far the clocks of planner and worker may be apart."""


@dataclass(frozen=True, slots=True)
class BatchWork:
    """What it is done with. `numbering` is the queue of those who number invoices."""

    billing: Billing
    runs: DynamoRuns
    numbering: WorkQueue


@dataclass(frozen=True, slots=True)
class _Done:
    """What becomes of a batch, gathered as it comes. `invoices`: the ids by subscription, those of earlier attempts and of twins
    included. `touched`: subscriptions that somebody else has billed, or an attempt before this, with the cycle they came to.
    `to_repeat`: what may work later."""

    invoices: dict[str, dict[str, None]] = field(default_factory=dict)
    touched: dict[str, int] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    to_repeat: list[TransientError] = field(default_factory=list)

    def add(self, subscription_id: str, invoice_id: str) -> None:
        self.invoices.setdefault(subscription_id, {})[invoice_id] = None

    @property
    def invoice_ids(self) -> tuple[str, ...]:
        return tuple(one for ids in self.invoices.values() for one in ids)

    def progress(self, batch: Batch) -> Progress:
        failed = {one.subscription_id for one in self.failures}
        idle = [one for one in batch.subscription_ids if one not in self.invoices and one not in failed]
        return Progress(1, len(self.invoice_ids), len(idle), len(failed))


def bill_batch(batch: Batch, *, using: BatchWork, has_time: Callable[[], bool]) -> Progress:
    """What became of the batch. Raises NotFound if there is no such run, TransientError if some of it has to be tried again or
    `has_time` no longer says that there is enough to begin another invoice; the rest is done then."""
    run = using.runs.get(batch.client_id, batch.run_id)
    done = _billed(batch, run, using, has_time)
    if done.invoice_ids:
        using.numbering.put(Drafts(batch.client_id, done.invoice_ids))
    if done.to_repeat:
        raise done.to_repeat[0]
    for failure in done.failures:
        using.runs.keep_failure(batch.client_id, run, failure)
    progress = done.progress(batch)
    using.runs.count(batch.client_id, run, batch.batch, progress)
    report_progress(batch, using=using)
    return progress


def _billed(batch: Batch, run: Run, using: BatchWork, has_time: Callable[[], bool]) -> _Done:
    known = using.billing.known
    items = known.subscriptions(batch.client_id, batch.subscription_ids)
    due = [item for item in items if is_due(item, batch.as_of)]
    origin = Origin(Cause(run.cause.correlation_id, run.run_id), run.run_id, batch.batch)
    done = _Done()
    before = [one for one in items if not is_due(one, batch.as_of) or one.billed_by == origin.mark]
    done.touched.update((one.subscription_id, one.cycle) for one in before)
    together = known.known(batch.client_id, due) if due else Known({}, {}, {}, {})
    for item in due:
        try:
            _bill(batch, item, together, done, origin=origin, using=using, has_time=has_time)
        except TransientError as error:
            done.to_repeat.append(error)
        except Exception as error:  # one that cannot be billed must not keep the others, nor the run, from their end
            done.failures.append(_failure(item, error, using.billing.clock()))
    for invoice in _made_before(batch, run, done.touched, using):
        done.add(invoice.subscription_id, invoice.invoice_id)
    return done


def _bill(
    batch: Batch,
    item: Subscription,
    known: Known,
    done: _Done,
    *,
    origin: Origin,
    using: BatchWork,
    has_time: Callable[[], bool],
) -> None:
    """All that `item` is due for, period by period."""
    while is_due(item, batch.as_of):
        if not has_time():
            raise TransientError(f"no time is left for {item.subscription_id}; the message comes again")
        billed = bill_subscription(batch.client_id, item, known, batch.as_of, origin=origin, using=using.billing)
        item, known = billed.item, billed.known
        if billed.met:
            done.touched[item.subscription_id] = item.cycle
        if billed.invoice is not None:
            done.add(item.subscription_id, billed.invoice.invoice_id)


def _made_before(batch: Batch, run: Run, touched: Mapping[str, int], using: BatchWork) -> Iterator[Invoice]:
    """The invoices of `touched` that bear the mark of this very batch. One request shows the last two of each: only who was billed
    more often since the run began is looked through, for a message that came twice must not cost as much as the first time."""
    last = {
        name: [invoice_id_of(name, cycle - back) for back in (1, 2) if cycle >= back] for name, cycle in touched.items()
    }
    found = using.billing.reading.invoices.get_many(batch.client_id, [one for ids in last.values() for one in ids])
    for name, ids in last.items():
        newest = [found[one] for one in ids if one in found]
        if touched[name] <= len(ids) or (newest and newest[-1].issued_at < run.created_at - _SKEW):
            yield from (one for one in newest if _is_of(one, batch))
        else:
            yield from _looked_through(batch, name, using)


def _looked_through(batch: Batch, subscription_id: str, using: BatchWork) -> Iterator[Invoice]:
    """The invoices of a subscription that bear the mark of this very batch, newest first."""
    before: int | None = None
    while True:
        page = using.billing.reading.invoices.newest_of(batch.client_id, subscription_id, _PAGE, before=before)
        yield from (one for one in page if _is_of(one, batch))
        if len(page) < _PAGE or not _is_of(page[-1], batch):
            return
        before = page[-1].cycle


def _is_of(invoice: Invoice, batch: Batch) -> bool:
    return (invoice.run_id, invoice.batch) == (batch.run_id, batch.batch)


def _failure(item: Subscription, error: Exception, at: datetime) -> Failure:
    """Why `item` stays due. Called while `error` is being handled: what nobody foresaw goes to the log with its trace."""
    if isinstance(error, PermanentError):
        detail = "; ".join([error.detail, *(f"{one.field} {one.message}" for one in error.problems)])
        return Failure(item.subscription_id, error.code, detail, at)
    logger().exception("a subscription cannot be reckoned", extra={"subscription_id": item.subscription_id})
    return Failure(item.subscription_id, "unforeseen", f"{type(error).__name__}: it is in the log of this batch", at)


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
