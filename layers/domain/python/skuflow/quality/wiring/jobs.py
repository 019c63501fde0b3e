"""The dependencies of what works on jobs."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from skuflow.platform.aws import sqs_client
from skuflow.platform.clock import utc_now
from skuflow.platform.settings import from_env
from skuflow.quality.deps import RecordFixOutcomeDeps, RunQualityJobDeps, StartNightlyJobsDeps
from skuflow.quality.settings import RecordFixOutcomeSettings, RunQualityJobSettings, StartNightlyJobsSettings

if TYPE_CHECKING:
    from skuflow.quality.images.pictures import Pictures
    from skuflow.quality.jobs.finish_job import Ending
    from skuflow.quality.store import QualityItem


def build_run_quality_job() -> RunQualityJobDeps:
    from skuflow.platform.consumer import DeadLetters
    from skuflow.platform.table import bind
    from skuflow.quality.jobs.progress_store import ProgressStore
    from skuflow.quality.jobs.store import JobStore
    from skuflow.quality.jobs.work import JobWork
    from skuflow.quality.nightly_store import NightlyStore
    from skuflow.quality.products_store import ProductsStore
    from skuflow.quality.rule_store import RuleStore
    from skuflow.quality.store import QualityItem

    settings = from_env(RunQualityJobSettings)
    table = bind(QualityItem, settings.quality_table)
    return RunQualityJobDeps(
        jobs=JobStore(table),
        progress=ProgressStore(table),
        products=ProductsStore(table),
        rules=RuleStore(table),
        nightly=NightlyStore(table),
        ending=cache(partial(_ending, table)),
        pictures=cache(partial(_pictures, table, settings)),
        work=JobWork(sqs_client, settings.job_queue_url),
        clock=utc_now,
        dead_letters=DeadLetters(sqs_client, settings.dead_letter_queue_url),
    )


def _ending(table: type[QualityItem]) -> Ending:
    """Loaded when a job comes to its end, which is once."""
    from skuflow.quality.jobs.finish_job import Ending
    from skuflow.quality.report.store import ReportStore
    from skuflow.quality.series_store import SeriesStore
    from skuflow.quality.threshold_store import ThresholdStore

    return Ending(ReportStore(table), SeriesStore(table), ThresholdStore(table))


def _pictures(table: type[QualityItem], settings: RunQualityJobSettings) -> Pictures:
    """Few jobs look at pictures, and the way out is a lot to load."""
    from skuflow.platform.outbound.addresses import AddressGuard, loopback_allowed
    from skuflow.platform.outbound.circuits import DynamoCircuits
    from skuflow.platform.outbound.http import HttpOutbound
    from skuflow.platform.outbound.known import service
    from skuflow.platform.outbound.state import OutboundItem
    from skuflow.platform.table import bind
    from skuflow.quality.images.facts_store import ImageFactsStore
    from skuflow.quality.images.looking import look
    from skuflow.quality.images.pictures import Pictures

    guard = AddressGuard(allow_loopback=loopback_allowed(settings.outbound_allow_loopback))
    circuits = DynamoCircuits(bind(OutboundItem, settings.outbound_table), utc_now)
    outbound = HttpOutbound(service("pictures"), circuits, guard)
    return Pictures(
        facts=ImageFactsStore(table),
        look=lambda url: look(url, outbound, utc_now(), deadline_seconds=5.0),
        clock=utc_now,
    )


def build_record_fix_outcome() -> RecordFixOutcomeDeps:
    from skuflow.platform.consumer import DeadLetters
    from skuflow.platform.table import bind
    from skuflow.quality.images.facts_store import ImageFactsStore
    from skuflow.quality.jobs.progress_store import ProgressStore
    from skuflow.quality.jobs.store import JobStore
    from skuflow.quality.jobs.work import JobWork
    from skuflow.quality.products_store import ProductsStore
    from skuflow.quality.rule_store import RuleStore
    from skuflow.quality.store import QualityItem

    settings = from_env(RecordFixOutcomeSettings)
    table = bind(QualityItem, settings.quality_table)
    return RecordFixOutcomeDeps(
        jobs=JobStore(table),
        progress=ProgressStore(table),
        products=ProductsStore(table),
        rules=RuleStore(table),
        facts=ImageFactsStore(table),
        work=JobWork(sqs_client, settings.job_queue_url),
        clock=utc_now,
        dead_letters=DeadLetters(sqs_client, settings.dead_letter_queue_url),
    )


def build_start_nightly_jobs() -> StartNightlyJobsDeps:
    from skuflow.quality.jobs.work import JobWork

    settings = from_env(StartNightlyJobsSettings)
    return StartNightlyJobsDeps(JobWork(sqs_client, settings.job_queue_url), utc_now)
