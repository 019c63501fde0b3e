"""Working on a job for as long as one function run lasts; another run goes on from there.

Each chunk is one conditional write, so a crash repeats a chunk at most, and of two workers on one job the one that loses the write
stops: the other is ahead. What the end of a job writes is derived from the chunks and answers alone, and carries the time that was
settled when the end began: whoever repeats it writes the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from skuflow.kernel.errors import Conflict, PermanentError, VersionConflict
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import count_many, logger, tell_apart
from skuflow.quality.deps import RunQualityJobDeps
from skuflow.quality.jobs.checking import Checker
from skuflow.quality.jobs.chunks import Chunk
from skuflow.quality.jobs.make_chunk import next_chunk
from skuflow.quality.jobs.model import CHECKS, Failure, Job, begun, checked, finishing, stopped
from skuflow.quality.model import ImageFact, Snapshot

RESERVE_MS = 20_000
"""A run begins no chunk with less time than this left; a chunk takes a fraction of it."""


def run_job(client_id: ClientId, job_id: str, *, remaining_ms: Callable[[], int], using: RunQualityJobDeps) -> None:
    """Bring the job as far as time allows. Safe to repeat, and safe to run twice at once. Raises NotFound."""
    job = using.jobs.get(client_id, job_id)
    tell_apart(client_id=client_id, cause=job.cause)
    try:
        job = _worked_on(client_id, job, remaining_ms, using)
    except Conflict:
        job = using.jobs.get(client_id, job_id)
    except PermanentError as error:
        logger().error("the job failed", extra={"job_id": job_id, "reason": f"{error.code}: {error.detail}"})
        job = _failed(client_id, job_id, error, using)
    logger().info("job worked on", extra={"job_id": job_id, "status": job.status})


def _worked_on(client_id: ClientId, job: Job, remaining_ms: Callable[[], int], using: RunQualityJobDeps) -> Job:
    if job.status == "queued":
        job = using.jobs.change(client_id, job.job_id, lambda now: begun(now, using.clock()))
    if job.status == "checking":
        last = _checked_to_the_end(client_id, job, remaining_ms, using)
        if last is None:
            return job
        batches = last.sums.batches if job.decides else 0
        job = using.jobs.change(client_id, job.job_id, lambda now: _past_checking(now, batches, using))
    if job.status == "applying" and _is_answered(client_id, job, using):
        job = using.jobs.change(client_id, job.job_id, lambda now: _past_applying(now, using))
    if job.status == "finishing":
        if remaining_ms() < RESERVE_MS:
            using.work.put(client_id, job.job_id)
            return job
        from skuflow.quality.jobs.finish_job import finish_job  # once per job: no start waits for it

        job = finish_job(client_id, job, using=using)
    return job


def _past_checking(job: Job, batches: int, using: RunQualityJobDeps) -> Job:
    return job if job.status in {"applying", "finishing", "completed"} else checked(job, batches, using.clock())


def _past_applying(job: Job, using: RunQualityJobDeps) -> Job:
    return job if job.status in {"finishing", "completed"} else finishing(job, using.clock())


def _is_answered(client_id: ClientId, job: Job, using: RunQualityJobDeps) -> bool:
    return using.progress.answers(client_id, job.job_id).batches >= (job.batches or 0)


def _checked_to_the_end(
    client_id: ClientId, job: Job, remaining_ms: Callable[[], int], using: RunQualityJobDeps
) -> Chunk | None:
    """The last chunk, if the job has come to it and all that is repeated is told; None if another worker is ahead, or another
    run will go on."""
    last = using.progress.last_chunk(client_id, job.job_id)

    def pictures(products: Sequence[Snapshot]) -> Mapping[str, ImageFact]:
        return using.pictures().known(client_id, products, remaining_ms)

    wishes = using.rules.pinned(client_id, job.job_id)
    checker = Checker(job, wishes, pictures)
    while last is None or not last.done:
        if remaining_ms() < RESERVE_MS:
            using.work.put(client_id, job.job_id)
            return None
        chunk = next_chunk(client_id, job, last, checker, using=using)
        try:
            using.progress.add_chunk(client_id, job.job_id, chunk, job.cause)
        except VersionConflict:
            logger().info("another worker is ahead", extra={"job_id": job.job_id, "chunk": chunk.number})
            return None
        count_many(ProductsChecked=len(chunk.product_ids), ProductFindings=len(chunk.findings))
        last = chunk
    if job.mode not in CHECKS:
        return last
    from skuflow.quality.jobs.look_again import looked_again  # once per job: no start waits for it

    if not looked_again(client_id, job, wishes, lambda: remaining_ms() < RESERVE_MS, using=using):
        using.work.put(client_id, job.job_id)
        return None
    return last


def _failed(client_id: ClientId, job_id: str, error: PermanentError, using: RunQualityJobDeps) -> Job:
    """Say why the job stops. Once its end is being written it cannot, and `error` goes where somebody looks at it."""
    why = Failure(error.code, error.detail)
    try:
        return using.jobs.change(client_id, job_id, lambda now: stopped(now, "failed", why, using.clock()))
    except Conflict:
        job = using.jobs.get(client_id, job_id)
        if not job.is_finished:
            raise error from None
        return job
