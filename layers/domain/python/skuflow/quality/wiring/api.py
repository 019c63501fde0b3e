"""The dependencies of the API."""

from __future__ import annotations

from skuflow.platform.aws import sqs_client
from skuflow.platform.clock import new_id, utc_now
from skuflow.platform.settings import from_env
from skuflow.quality.deps import ApiDeps
from skuflow.quality.settings import ApiSettings


def build_api() -> ApiDeps:
    from skuflow.platform.table import bind
    from skuflow.quality.jobs.progress_store import ProgressStore
    from skuflow.quality.jobs.start_job import Starting
    from skuflow.quality.jobs.store import JobStore
    from skuflow.quality.jobs.work import JobWork
    from skuflow.quality.nightly_store import NightlyStore
    from skuflow.quality.report.store import ReportStore
    from skuflow.quality.rule_store import RuleStore
    from skuflow.quality.series_store import SeriesStore
    from skuflow.quality.store import QualityItem
    from skuflow.quality.threshold_store import ThresholdStore

    settings = from_env(ApiSettings)
    table = bind(QualityItem, settings.quality_table)
    jobs, progress, rules = JobStore(table), ProgressStore(table), RuleStore(table)
    return ApiDeps(
        jobs=jobs,
        progress=progress,
        starting=Starting(jobs, progress, rules, JobWork(sqs_client, settings.job_queue_url), utc_now, new_id),
        rules=rules,
        reports=ReportStore(table),
        series=SeriesStore(table),
        thresholds=ThresholdStore(table),
        nightly=NightlyStore(table),
        clock=utc_now,
        new_id=new_id,
        idempotency_table=settings.idempotency_table,
    )
