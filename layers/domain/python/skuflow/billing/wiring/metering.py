"""The dependencies of what counts usage, reads it back, and holds the counters against the events."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from skuflow.platform.aws import sqs_client
from skuflow.platform.clock import utc_now
from skuflow.platform.settings import from_env

if TYPE_CHECKING:
    from skuflow.billing.deps import MeteringDeps, ReconcileUsageDeps, RecordJobDeps, StartReconciliationDeps
    from skuflow.billing.metering.reading import UsageReader
    from skuflow.billing.store import BillingItem

_SHORTEST_PAUSE = 0.01
_LONGEST_PAUSE = 0.4
"""Seconds. A lost race is over in milliseconds, and twelve pauses must fit into a call that somebody waits for."""


def pause(attempt: int) -> None:
    """Exponential backoff with full jitter."""
    time.sleep(random.uniform(0, min(_LONGEST_PAUSE, _SHORTEST_PAUSE * 2**attempt)))  # noqa: S311 - spreads load, keeps no secret


def usage_reader(usage_table: str) -> UsageReader:
    """What billing reads usage with. The function needs Query on the table."""
    from skuflow.billing.metering.counters import DynamoCounters
    from skuflow.billing.metering.metric_store import DynamoMetrics
    from skuflow.billing.metering.reading import UsageReader
    from skuflow.billing.usage_store import UsageItem
    from skuflow.platform.table import bind

    table = bind(UsageItem, usage_table)
    return UsageReader(DynamoCounters(table), DynamoMetrics(table))


def metering(usage_table: str, billing: type[BillingItem]) -> MeteringDeps:
    """What the API meters with."""
    from skuflow.billing.deps import MeteringDeps
    from skuflow.billing.metering.counters import DynamoCounters
    from skuflow.billing.metering.event_store import DynamoUsage
    from skuflow.billing.metering.metric_store import DynamoMetrics
    from skuflow.billing.metering.reading import UsageReader
    from skuflow.billing.metering.reconciliation_store import DynamoReconciliations
    from skuflow.billing.usage_store import UsageItem
    from skuflow.platform.table import bind

    table = bind(UsageItem, usage_table)
    counters, metrics = DynamoCounters(table), DynamoMetrics(table)
    return MeteringDeps(
        usage=DynamoUsage(table, pause),
        counters=counters,
        metrics=metrics,
        reader=UsageReader(counters, metrics),
        reconciliations=DynamoReconciliations(billing),
    )


def build_record_job() -> RecordJobDeps:
    from skuflow.billing.deps import RecordJobDeps
    from skuflow.billing.metering.event_store import DynamoUsage
    from skuflow.billing.settings import RecordJobSettings
    from skuflow.billing.usage_store import UsageItem
    from skuflow.platform.consumer import DeadLetters
    from skuflow.platform.table import bind

    settings = from_env(RecordJobSettings)
    return RecordJobDeps(
        usage=DynamoUsage(bind(UsageItem, settings.usage_table), pause),
        clock=utc_now,
        dead_letters=DeadLetters(sqs_client, settings.dead_letter_queue_url),
    )


def build_start_reconciliation() -> StartReconciliationDeps:
    from skuflow.billing.deps import StartReconciliationDeps
    from skuflow.billing.metering.reconcile_usage import ReconcileQueue
    from skuflow.billing.settings import StartReconciliationSettings

    settings = from_env(StartReconciliationSettings)
    return StartReconciliationDeps(ReconcileQueue(sqs_client, settings.reconcile_queue_url), utc_now)


def build_reconcile_usage() -> ReconcileUsageDeps:
    from skuflow.billing.deps import ReconcileUsageDeps
    from skuflow.billing.metering.counters import DynamoCounters
    from skuflow.billing.metering.metered_days import DynamoMeteredDays
    from skuflow.billing.metering.reconcile_day import Reconciling
    from skuflow.billing.metering.reconcile_usage import ReconcileQueue
    from skuflow.billing.metering.reconciliation_store import DynamoReconciliations
    from skuflow.billing.settings import ReconcileUsageSettings
    from skuflow.billing.store import BillingItem
    from skuflow.billing.usage_store import UsageItem
    from skuflow.platform.consumer import DeadLetters, PutBack
    from skuflow.platform.table import bind

    settings = from_env(ReconcileUsageSettings)
    table = bind(UsageItem, settings.usage_table)
    return ReconcileUsageDeps(
        using=Reconciling(
            counters=DynamoCounters(table),
            days=DynamoMeteredDays(table),
            records=DynamoReconciliations(bind(BillingItem, settings.billing_table)),
            clock=utc_now,
        ),
        queue=ReconcileQueue(sqs_client, settings.inbox_queue_url),
        dead_letters=DeadLetters(sqs_client, settings.dead_letter_queue_url),
        put_back=PutBack(sqs_client, settings.inbox_queue_url, utc_now),
    )
