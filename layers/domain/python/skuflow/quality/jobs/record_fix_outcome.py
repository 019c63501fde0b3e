"""The catalogue has answered to a batch of fixes: keep the answer, measure what it left, add it up."""

from __future__ import annotations

from collections.abc import Sequence

from skuflow.contracts.catalog import ProductFixesApplied
from skuflow.kernel.errors import NotFound
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import count_many, logger
from skuflow.quality.deps import RecordFixOutcomeDeps
from skuflow.quality.images.pictures import addresses
from skuflow.quality.jobs.checking import Checker
from skuflow.quality.jobs.chunks import Chunk, Outcome, Skipped
from skuflow.quality.jobs.model import Job
from skuflow.quality.model import ImageFact, Snapshot
from skuflow.quality.rules.tally import Tally


def record_fix_outcome(client_id: ClientId, told: ProductFixesApplied, *, using: RecordFixOutcomeDeps) -> None:
    """Count `told` once, however often it is told; the last one has the job finished. Raises NotFound if the client has no such
    job, or the job decided on no such fixes."""
    job = using.jobs.get(client_id, told.job_id)
    outcome = using.progress.outcome(client_id, told.job_id, told.batch)
    if outcome is None:
        outcome = using.progress.keep_outcome(client_id, told.job_id, _outcome(client_id, job, told, using))
    if using.progress.count_outcome(client_id, told.job_id, outcome, using.clock()):
        count_many(FixesApplied=outcome.applied_fixes, FixesSkipped=len(outcome.skipped))
    logger().info("answer recorded", extra={"job_id": told.job_id, "batch": told.batch})
    if job.status != "applying":
        job = using.jobs.get(client_id, told.job_id)
    if job.status == "applying" and using.progress.answers(client_id, told.job_id).batches >= (job.batches or 0):
        using.work.put(client_id, told.job_id)


def _outcome(client_id: ClientId, job: Job, told: ProductFixesApplied, using: RecordFixOutcomeDeps) -> Outcome:
    chunk = using.progress.chunk(client_id, told.job_id, told.batch)
    if chunk is None or not chunk.decided:
        raise NotFound(f"the job {told.job_id} decided on no batch {told.batch}")
    applied = applied_paths(chunk, told)
    return Outcome(
        batch=told.batch,
        at=using.clock(),
        applied=applied,
        skipped=tuple(Skipped(one.product_id, one.path, one.reason) for one in told.skipped),
        tally=_tally(client_id, job, chunk, applied, using) if applied else chunk.tally,
    )


def _tally(
    client_id: ClientId, job: Job, chunk: Chunk, applied: dict[str, tuple[str, ...]], using: RecordFixOutcomeDeps
) -> Tally:
    """What the chunk's products come to now. Those that are no longer there do not count."""
    products = list(using.products.get_many(client_id, chunk.product_ids).values())

    def pictures(some: Sequence[Snapshot]) -> dict[str, ImageFact]:
        return using.facts.get_many(client_id, addresses(some))

    checker = Checker(job, using.rules.pinned(client_id, job.job_id), pictures)
    return checker.tally_after(products, chunk.decisions, applied)


def applied_paths(chunk: Chunk, told: ProductFixesApplied) -> dict[str, tuple[str, ...]]:
    """The paths that were changed, by product: all that was decided but what was skipped. Products without any are left out."""
    skipped = {(one.product_id, one.path) for one in told.skipped}
    paths = {
        one.product_id: tuple(fix.path for fix in one.fixes if (one.product_id, fix.path) not in skipped)
        for one in chunk.decisions
    }
    return {product_id: applied for product_id, applied in paths.items() if applied}
