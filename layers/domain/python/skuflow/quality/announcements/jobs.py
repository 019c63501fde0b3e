"""What jobs tell the others: fixes to apply, and what they came to; what their measures crossed."""

from __future__ import annotations

from skuflow.contracts.quality import (
    SOURCE,
    Fix,
    JobCompleted,
    ProductFixes,
    ProductFixesDecided,
    QualityThresholdCrossed,
)
from skuflow.kernel.clock import iso
from skuflow.platform.event_bus import Announcement, Image
from skuflow.platform.images import NOTHING, record, told
from skuflow.quality.jobs.chunks import DECIDED, Chunk
from skuflow.quality.jobs.model import Job
from skuflow.quality.thresholds import Alert


def of_chunk(old: Image | None, new: Image) -> Announcement:
    """A chunk hands over its fixes, once, if it was decided on them: chunks do not change."""
    if old is not None or new.get("status", {}).get("S") != DECIDED:
        return NOTHING
    chunk, job_id = record(Chunk, new), new["pk"]["S"].rpartition("#")[2]
    products = tuple(
        ProductFixes(one.product_id, tuple(Fix(fix.path, fix.old, fix.new) for fix in one.fixes))
        for one in chunk.decisions
        if one.fixes
    )
    payload = ProductFixesDecided(job_id, chunk.number, products)
    return Announcement(job_id, (told(SOURCE, new, payload, (job_id, str(chunk.number)), chunk.at),))


def of_job(old: Image | None, new: Image) -> Announcement:
    """A job that has come to its end says what it did."""
    job = record(Job, new)
    if old is not None and record(Job, old).status == job.status:
        return NOTHING
    if job.status != "completed" or job.result is None or job.completed_at is None:
        return NOTHING
    result = job.result
    payload = JobCompleted(
        job_id=job.job_id,
        source_type=result.source_type,
        collection=job.collection,
        items_processed=result.processed,
        items_fixed=result.fixed,
        quality_score_before=f"{result.before:.2f}",
        quality_score_after=f"{result.after:.2f}",
        duration_seconds=result.duration_seconds,
        billable_items=result.billable,
        source_items=result.looked_at,
        completed_at=iso(job.completed_at),
    )
    return Announcement(job.job_id, (told(SOURCE, new, payload, (job.job_id,), job.completed_at),))


def of_alert(old: Image | None, new: Image) -> Announcement:
    """A threshold that was crossed: its alert is written with it, once."""
    if old is not None:
        return NOTHING
    alert = record(Alert, new)
    payload = QualityThresholdCrossed(
        threshold_id=alert.threshold_id,
        alert_id=alert.alert_id,
        collection=alert.collection,
        field=alert.field,
        metric=alert.metric,
        direction=alert.direction,
        limit=f"{alert.limit:.2f}",
        value=f"{alert.value:.2f}",
        job_id=alert.job_id,
        crossed_at=iso(alert.at),
    )
    return Announcement(alert.threshold_id, (told(SOURCE, new, payload, (alert.alert_id,), alert.at),))
