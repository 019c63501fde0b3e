"""A job and its steps. Pure: time, ids and what is stored are arguments.

    queued ──> checking ──> applying ──> finishing ──> completed
       │           │            │
       └───────────┴────────────┴──> cancelled, failed

`applying` is left out by jobs that decide nothing. A job that is finishing can no longer be stopped: its numbers are being written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

from skuflow.kernel.errors import Conflict
from skuflow.kernel.events import Cause

Mode = Literal["score", "preview", "fix", "apply", "revert"]
Status = Literal["queued", "checking", "applying", "finishing", "completed", "cancelled", "failed"]

PRODUCTS = "products"
"""The one collection so far."""
CHECKS: frozenset[Mode] = frozenset({"score", "preview", "fix"})
"""Modes that look through the products themselves. The others go through the chunks of the job that they follow."""
PROPOSES: frozenset[Mode] = frozenset({"preview", "fix"})
DECIDES: frozenset[Mode] = frozenset({"fix", "apply", "revert"})
"""Modes whose fixes the catalogue is asked to apply."""
FINISHED: frozenset[Status] = frozenset({"completed", "cancelled", "failed"})
STOPPABLE: frozenset[Status] = frozenset({"queued", "checking", "applying"})


@dataclass(frozen=True, slots=True)
class Filters:
    """Which products are checked; "" and () stand for all. `category` is the beginning of a path; `source` as in the catalogue, or
    what stands before its colon."""

    source: str = ""
    status: str = ""
    brand: str = ""
    category: tuple[str, ...] = ()
    product_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job stopped."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a job came to. Scores from 0 to 100 with two places. `fixed` are products, `applied` and `skipped` single fixes; the
    rest is explained at the event `JobCompleted`."""

    processed: int
    looked_at: int
    fixed: int
    applied: int
    skipped: int
    before: Decimal
    after: Decimal
    source_type: str
    billable: int
    duration_seconds: int


@dataclass(frozen=True, slots=True)
class Job:
    """`follows`: the job whose fixes are applied or taken back, up to its chunk `follows_until`. `batches` is how many batches
    of fixes were decided, known when all products are checked; `batches` and `result` are None before. `nightly`: nobody asked for
    it but the clock."""

    job_id: str
    mode: Mode
    status: Status
    created_at: datetime
    updated_at: datetime
    cause: Cause
    collection: str = PRODUCTS
    filters: Filters = Filters()
    check_images: bool = False
    follows: str = ""
    follows_until: int = 0
    batches: int | None = None
    completed_at: datetime | None = None
    failure: Failure | None = None
    result: Result | None = None
    as_of: datetime | None = None
    nightly: bool = False
    version: int = 0

    @property
    def judged_at(self) -> datetime:
        """The moment by which products are judged stale or not: a job that follows another judges as that did."""
        return self.as_of or self.created_at

    @property
    def decides(self) -> bool:
        return self.mode in DECIDES

    @property
    def is_billable(self) -> bool:
        """Whether the products that it checks are billed: not those of a preview again when it is applied or taken back, and not
        those of measures that nobody asked for."""
        return self.mode in CHECKS and not (self.nightly and self.mode == "score")

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED


def begun(job: Job, now: datetime) -> Job:
    """The job, being worked on. One that already is stays as it is."""
    return replace(job, status="checking", updated_at=now) if job.status == "queued" else job


def checked(job: Job, batches: int, now: datetime) -> Job:
    """The job, all of whose products are checked: it waits for the answers to its `batches`, or is finishing. Raises Conflict
    unless it is being checked."""
    if job.status != "checking":
        raise Conflict(f"the job is {job.status}")
    waiting = replace(job, status="applying", batches=batches, updated_at=now)
    return waiting if batches else finishing(waiting, now)


def finishing(job: Job, now: datetime) -> Job:
    """The job, answered in full. `completed_at` is settled here: all that its end writes carries that time, however often it is
    written. Raises Conflict unless the job waits for answers."""
    if job.status != "applying":
        raise Conflict(f"the job is {job.status}")
    return replace(job, status="finishing", completed_at=now, updated_at=now)


def completed(job: Job, result: Result) -> Job:
    """The job with its result. Raises Conflict unless it is finishing."""
    if job.status != "finishing" or job.completed_at is None:
        raise Conflict(f"the job is {job.status}")
    return replace(job, status="completed", result=result, updated_at=job.completed_at)


def stopped(job: Job, status: Literal["cancelled", "failed"], why: Failure | None, now: datetime) -> Job:
    """The job, ended before its time. Raises Conflict if it is over, or too late."""
    if job.status not in STOPPABLE:
        raise Conflict(f"the job is {job.status} and cannot be stopped any more")
    return replace(job, status=status, failure=why, completed_at=now, updated_at=now)


def source_type(sources: frozenset[str] | set[str]) -> str:
    """The kind of place that products of these `sources` are from: what stands before the colon; "mixed" if there are several."""
    kinds = {source.partition(":")[0] for source in sources}
    return next(iter(kinds), "") if len(kinds) < 2 else "mixed"
