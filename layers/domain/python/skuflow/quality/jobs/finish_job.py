"""The end of a job: chunks and answers are added up to a report, measures are kept, thresholds judged, and the job is completed.

Only the last write, of the job, makes it known; what is written before is derived from what is stored, carries the time that was
settled when the end began, and so is the same each time.
"""

from __future__ import annotations

from dataclasses import dataclass

from skuflow.kernel.errors import TransientError, VersionConflict
from skuflow.kernel.ids import derived_id
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import count_many
from skuflow.quality.deps import RunQualityJobDeps
from skuflow.quality.jobs.checking import Checker
from skuflow.quality.jobs.chunks import InStep, Sums
from skuflow.quality.jobs.model import CHECKS, Filters, Job, Result, completed, source_type
from skuflow.quality.jobs.totals import Totals
from skuflow.quality.measures import WHOLE
from skuflow.quality.report.model import Report
from skuflow.quality.report.store import ReportStore
from skuflow.quality.series_store import SeriesStore
from skuflow.quality.threshold_store import ThresholdStore
from skuflow.quality.thresholds import Alert, Threshold, measured


@dataclass(frozen=True, slots=True)
class Ending:
    """Where the end of a job is written, beside the job."""

    reports: ReportStore
    series: SeriesStore
    thresholds: ThresholdStore


def finish_job(client_id: ClientId, job: Job, *, using: RunQualityJobDeps) -> Job:
    """Complete the job. Safe to repeat. Raises Conflict if it is not finishing."""
    ending = using.ending()
    totals = _totals(client_id, job, using)
    report = totals.report()
    ending.reports.put(client_id, job.job_id, report)
    if job.filters == Filters():
        _keep_measures(client_id, job, report, ending.series)
        _judge(client_id, job, report, ending.thresholds)
    result = _result(client_id, job, totals.sums, report, using)
    stored = using.jobs.change(
        client_id, job.job_id, lambda now: now if now.status == "completed" else completed(now, result)
    )
    count_many(QualityJobsCompleted=1, ProductsFixed=result.fixed)
    return stored


def _totals(client_id: ClientId, job: Job, using: RunQualityJobDeps) -> Totals:
    """The chunks added up, each with the catalogue's answer to its fixes, and with what is repeated in it."""
    progress = using.progress
    totals = Totals(Checker(job, using.rules.pinned(client_id, job.job_id)).rules)
    outcomes = InStep(progress.outcomes(client_id, job.job_id) if job.decides else (), lambda one: one.batch)
    repeats = InStep(progress.repeats(client_id, job.job_id) if job.mode in CHECKS else (), lambda one: one.number)
    for chunk in progress.chunks(client_id, job.job_id):
        totals.add(chunk, outcomes.of(chunk.number), repeats.of(chunk.number))
    return totals


def _result(client_id: ClientId, job: Job, sums: Sums, report: Report, using: RunQualityJobDeps) -> Result:
    answers = using.progress.answers(client_id, job.job_id)
    ended = job.completed_at or job.updated_at
    return Result(
        processed=sums.processed,
        looked_at=sums.looked_at,
        fixed=answers.fixed,
        applied=answers.applied,
        skipped=answers.skipped,
        before=report.before[WHOLE].score,
        after=report.after[WHOLE].score,
        source_type=source_type(set(sums.sources)),
        billable=sums.processed if job.is_billable else 0,
        duration_seconds=int((ended - job.created_at).total_seconds()),
    )


def _keep_measures(client_id: ClientId, job: Job, report: Report, series: SeriesStore) -> None:
    """Of jobs that looked at the whole collection: the others would make the series jump. A job that changes products has two
    points, one for its beginning and one for its end."""
    ended = job.completed_at or job.updated_at
    if job.mode == "fix" and job.created_at < ended:
        series.add(client_id, job.collection, job.job_id, job.created_at, report.before)
    series.add(client_id, job.collection, job.job_id, ended, report.after)


def _judge(client_id: ClientId, job: Job, report: Report, thresholds: ThresholdStore) -> None:
    """Hold the client's thresholds against what was measured at last."""
    for threshold in thresholds.all(client_id):
        if threshold.collection == job.collection and threshold.field in report.after:
            _judge_one(client_id, job, threshold, report, thresholds)


def _judge_one(client_id: ClientId, job: Job, threshold: Threshold, report: Report, thresholds: ThresholdStore) -> None:
    ended = job.completed_at or job.updated_at
    now = measured(threshold, report.after[threshold.field].of(threshold.metric), ended)
    if now == threshold:
        return
    try:
        if now.crossings == threshold.crossings:
            thresholds.save(client_id, now)
            return
        thresholds.save_crossed(client_id, now, alert_of(now, job), job.cause)
        count_many(ThresholdsCrossed=1)
    except VersionConflict:
        raise TransientError(f"the threshold {threshold.threshold_id} is being changed by others") from None


def alert_of(threshold: Threshold, job: Job) -> Alert:
    """The alert of a crossing that was just found."""
    assert threshold.value is not None
    return Alert(
        alert_id=derived_id("qal", threshold.threshold_id, str(threshold.crossings), job.job_id),
        threshold_id=threshold.threshold_id,
        collection=threshold.collection,
        field=threshold.field,
        metric=threshold.metric,
        direction=threshold.direction,
        limit=threshold.limit,
        value=threshold.value,
        job_id=job.job_id,
        at=job.completed_at or job.updated_at,
    )
