"""Count a data-quality job that has ended: in the daily record, and its billable items as usage of the client."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from skuflow.billing.metering.event_store import DynamoUsage
from skuflow.billing.metering.jobs import Job, JobFigures, counted, hundredths
from skuflow.billing.metering.model import EARLY, LATE
from skuflow.billing.usage_store import hashed
from skuflow.contracts.quality import JobCompleted
from skuflow.kernel.clock import iso, parse_iso
from skuflow.kernel.errors import Conflict, Invalid, Problem
from skuflow.kernel.events import Event

_UNKNOWN_SOURCE = "unknown"
_LONGEST_SOURCE = 40
_UNUSUAL = re.compile(r"[^a-z0-9_.-]")


def record_job(event: Event, told: JobCompleted, *, usage: DynamoUsage, now: datetime) -> bool:
    """Count the job that `told` tells of, in the day in which it ended; False if it was counted before. Raises Invalid for figures
    that cannot be, or a job that ended more than 35 days ago; Conflict if the job was counted with other figures."""
    job = _job(told)
    if job.at < now - LATE or job.at > now + EARLY:
        fault = Problem(
            "completed_at", f"is {iso(job.at)}, and jobs are counted within {LATE.days} days", "count it by hand"
        )
        raise Invalid(f"job {job.job_id} cannot be counted now", problems=[fault])
    digest = hashed(msgspec.json.encode(job).decode())
    marked = usage.add_job(event.client_id, job, digest, now)
    if marked.digest != digest:
        raise Conflict(f"job {job.job_id} was counted before with other figures")
    return marked.fresh


def _job(told: JobCompleted) -> Job:
    before = hundredths("quality_score_before", told.quality_score_before)
    after = hundredths("quality_score_after", told.quality_score_after)
    items = counted("items_processed", told.items_processed)
    figures = JobFigures(
        items_processed=items,
        items_fixed=counted("items_fixed", told.items_fixed),
        score_before_items=before * items,
        score_after_items=after * items,
        job_count=1,
        job_seconds=counted("duration_seconds", told.duration_seconds),
        source_items=counted("source_items", told.source_items),
        billable_items=counted("billable_items", told.billable_items),
    )
    return Job(told.job_id, _source(told.source_type), _ended(told.completed_at), figures)


def _source(text: str) -> str:
    """A source type as part of a key."""
    return _UNUSUAL.sub("_", text.lower())[:_LONGEST_SOURCE] or _UNKNOWN_SOURCE


def _ended(text: str) -> datetime:
    try:
        return parse_iso(text)
    except ValueError:
        fault = Problem("completed_at", "is not a date and time with a zone", "give RFC 3339")
        raise Invalid("the job is not valid", problems=[fault]) from None
