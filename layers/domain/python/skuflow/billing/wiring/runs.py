"""The dependencies of billing runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skuflow.billing.deps import BillSubscriptionsDeps, NumberInvoicesDeps, PlanBillingRunDeps, StartBillingRunsDeps
from skuflow.billing.runs.work import WorkQueue
from skuflow.billing.settings import (
    BillSubscriptionsSettings,
    NumberInvoicesSettings,
    PlanBillingRunSettings,
    StartBillingRunsSettings,
)
from skuflow.platform.aws import sqs_client
from skuflow.platform.clock import utc_now
from skuflow.platform.settings import from_env

if TYPE_CHECKING:
    from collections.abc import Callable

    from skuflow.billing.runs.plan_run import Planning
    from skuflow.billing.runs.prepare_bill import Reading
    from skuflow.billing.store import BillingItem


def build_start_billing_runs() -> StartBillingRunsDeps:
    settings = from_env(StartBillingRunsSettings)
    return StartBillingRunsDeps(WorkQueue(sqs_client, settings.planning_queue_url), utc_now)


def build_plan_billing_run() -> PlanBillingRunDeps:
    from skuflow.billing.runs.due_store import DueIndex
    from skuflow.billing.runs.plan_run import Planning
    from skuflow.billing.runs.run_store import DynamoRuns
    from skuflow.billing.store import BillingItem
    from skuflow.platform.consumer import DeadLetters
    from skuflow.platform.table import bind

    settings = from_env(PlanBillingRunSettings)
    table = bind(BillingItem, settings.billing_table)
    due, runs = DueIndex(table), DynamoRuns(table)

    def planning(has_time: Callable[[], bool]) -> Planning:
        return Planning(
            due=due,
            runs=runs,
            own=WorkQueue(sqs_client, settings.inbox_queue_url),
            billing=WorkQueue(sqs_client, settings.billing_queue_url),
            numbering=WorkQueue(sqs_client, settings.numbering_queue_url),
            clock=utc_now,
            has_time=has_time,
        )

    return PlanBillingRunDeps(planning, DeadLetters(sqs_client, settings.dead_letter_queue_url))


def build_bill_subscriptions() -> BillSubscriptionsDeps:
    from skuflow.billing.runs.bill_batch import BatchWork
    from skuflow.billing.runs.bill_subscription import Billing
    from skuflow.billing.runs.read_known import KnownReader
    from skuflow.billing.runs.run_store import DynamoRuns
    from skuflow.billing.store import BillingItem
    from skuflow.platform.consumer import DeadLetters
    from skuflow.platform.table import bind

    settings = from_env(BillSubscriptionsSettings)
    table = bind(BillingItem, settings.billing_table)
    return BillSubscriptionsDeps(
        work=BatchWork(
            billing=Billing(table, KnownReader(table), reading(table, settings.usage_table), utc_now),
            runs=DynamoRuns(table),
            numbering=WorkQueue(sqs_client, settings.numbering_queue_url),
        ),
        dead_letters=DeadLetters(sqs_client, settings.dead_letter_queue_url),
    )


def build_number_invoices() -> NumberInvoicesDeps:
    from skuflow.billing.collection import ManualCollection
    from skuflow.billing.invoices.invoice_store import DynamoInvoices
    from skuflow.billing.runs.number_invoices import Numbering
    from skuflow.billing.store import BillingItem
    from skuflow.platform.consumer import DeadLetters
    from skuflow.platform.table import bind

    settings = from_env(NumberInvoicesSettings)
    table = bind(BillingItem, settings.billing_table)
    return NumberInvoicesDeps(
        numbering=Numbering(table, DynamoInvoices(table), ManualCollection(), utc_now),
        dead_letters=DeadLetters(sqs_client, settings.dead_letter_queue_url),
    )


def reading(table: type[BillingItem], usage_table: str) -> Reading:
    """Where bills read usage and earlier invoices. The function needs Query on both tables."""
    from skuflow.billing.invoices.invoice_store import DynamoInvoices
    from skuflow.billing.metering.counters import DynamoCounters
    from skuflow.billing.metering.metric_store import DynamoMetrics
    from skuflow.billing.metering.reading import UsageReader
    from skuflow.billing.runs.prepare_bill import Reading
    from skuflow.billing.runs.read_usage import UsageSource
    from skuflow.billing.usage_store import UsageItem
    from skuflow.platform.table import bind

    usage = bind(UsageItem, usage_table)
    counters, metrics = DynamoCounters(usage), DynamoMetrics(usage)
    return Reading(UsageSource(UsageReader(counters, metrics), counters, metrics), DynamoInvoices(table))
