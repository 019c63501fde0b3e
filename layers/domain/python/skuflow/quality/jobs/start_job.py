"""The beginning of a job: a record, and a message that asks for work on it.

The id of a job that was asked for with an `Idempotency-Key`, or follows another, is derived: whoever asks again after a crash
between record and message meets the record and sends the message.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import Conflict, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.ids import NewId, derived_id
from skuflow.kernel.tenancy import ClientId
from skuflow.quality.deps import RunQualityJobDeps
from skuflow.quality.jobs.model import Filters, Job
from skuflow.quality.jobs.progress_store import ProgressStore
from skuflow.quality.jobs.store import JobStore
from skuflow.quality.jobs.work import JobWork
from skuflow.quality.rule_store import RuleStore, Wishes

KEY_KEPT = timedelta(days=1)
MOST_ATTEMPTS = 20
"""How often the same fixes may be applied, or taken back, after attempts that did not end well."""


@dataclass(frozen=True, slots=True)
class Starting:
    """What it takes to start jobs."""

    jobs: JobStore
    progress: ProgressStore
    rules: RuleStore
    work: JobWork
    clock: Clock
    new_id: NewId


def start_job(
    client_id: ClientId,
    mode: Literal["score", "preview", "fix"],
    *,
    filters: Filters,
    check_images: bool,
    key: str | None,
    cause: Cause,
    using: Starting,
) -> Job:
    """Start a job, or go on starting it: `key` is the request's `Idempotency-Key`, which names it for a day."""
    now = using.clock()
    job_id = using.new_id("qjb")
    if key is not None:
        named = derived_id("qjb", client_id, "key", key)
        known = using.jobs.find(client_id, named)
        job_id = named if known is None or now - known.created_at < KEY_KEPT else job_id
    wanted = Job(job_id, mode, "queued", now, now, cause, filters=filters, check_images=check_images)
    return begin(client_id, wanted, using.rules.wishes(client_id), using)


def follow_job(
    client_id: ClientId, job_id: str, mode: Literal["apply", "revert"], *, cause: Cause, using: Starting
) -> Job:
    """Start a job that applies the fixes of the preview `job_id`, or takes those of a job back that were applied. Raises NotFound,
    Conflict if there is nothing to follow, or it has been done or is being done."""
    followed = using.jobs.get(client_id, job_id)
    until = _last_to_follow(client_id, followed, mode, using.progress)
    now = using.clock()
    wanted = Job(
        "",
        mode,
        "queued",
        now,
        now,
        cause,
        filters=followed.filters,
        check_images=followed.check_images,
        follows=job_id,
        follows_until=until,
        as_of=followed.judged_at,
    )
    for attempt in range(1, MOST_ATTEMPTS + 1):
        follower_id = derived_id("qjb", client_id, job_id, mode, str(attempt))
        known = using.jobs.find(client_id, follower_id)
        if known is None or known.status == "queued":
            rules = using.rules.pinned(client_id, job_id)
            return begin(client_id, replace(wanted, job_id=follower_id), rules, using)
        if known.status not in {"cancelled", "failed"}:
            raise Conflict(f"the job {follower_id} already does that; it is {known.status}")
    raise Conflict("this was tried too often; start another job")


def begin(client_id: ClientId, wanted: Job, rules: Wishes, using: Starting | RunQualityJobDeps) -> Job:
    """Write the rules that the job goes by, then the job, then the message; each may be there from an attempt before. Returns the
    job as it is stored."""
    using.rules.pin(client_id, wanted.job_id, rules, using.clock())
    try:
        job = using.jobs.save(client_id, wanted)
    except VersionConflict:
        job = using.jobs.get(client_id, wanted.job_id)
    if not job.is_finished:
        using.work.put(client_id, job.job_id)
    return job


def _last_to_follow(client_id: ClientId, job: Job, mode: str, progress: ProgressStore) -> int:
    """The number of the last chunk. Raises Conflict if this job's fixes cannot be applied, or taken back."""
    if mode == "apply" and (job.mode != "preview" or job.status != "completed"):
        raise Conflict(f"only a completed preview can be applied; this is a {job.mode}, {job.status}")
    if mode == "revert" and not (job.decides and job.is_finished):
        raise Conflict(
            f"only a job that applied fixes and is over can be taken back; this is a {job.mode}, {job.status}"
        )
    last = progress.last_chunk(client_id, job.job_id)
    if last is None:
        raise Conflict("the fixes of this job are no longer kept")
    if not last.sums.batches:
        raise Conflict("this job has no fixes")
    if mode == "revert":
        answers = progress.answers(client_id, job.job_id)
        if answers.batches < last.sums.batches:
            raise Conflict("some of this job's fixes have not been answered yet; try again in a while")
        if not answers.applied:
            raise Conflict("none of this job's fixes was applied")
    return last.number
