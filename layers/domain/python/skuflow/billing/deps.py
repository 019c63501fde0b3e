"""What each function of this context is given to work with; `wiring` makes it. Types only: a function loads what it uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from skuflow.billing.entitlements import EntitlementReader
    from skuflow.billing.invoices.coupon_store import DynamoCoupons
    from skuflow.billing.invoices.invoice_store import DynamoInvoices
    from skuflow.billing.invoices.issue_credit_note import CreditNotes
    from skuflow.billing.metering.counters import DynamoCounters
    from skuflow.billing.metering.event_store import DynamoUsage
    from skuflow.billing.metering.metric_store import DynamoMetrics
    from skuflow.billing.metering.reading import UsageReader
    from skuflow.billing.metering.reconcile_day import Reconciling
    from skuflow.billing.metering.reconcile_usage import ReconcileQueue
    from skuflow.billing.metering.reconciliation_store import DynamoReconciliations
    from skuflow.billing.party_store import DynamoCustomers, DynamoSellers
    from skuflow.billing.pdf.document_bucket import DocumentBucket
    from skuflow.billing.plan_store import DynamoPlans
    from skuflow.billing.runs.bill_batch import BatchWork
    from skuflow.billing.runs.dry_run import DryRunning
    from skuflow.billing.runs.number_invoices import Numbering
    from skuflow.billing.runs.plan_run import Planning
    from skuflow.billing.runs.run_store import DynamoRuns
    from skuflow.billing.runs.start_run import Starting
    from skuflow.billing.runs.work import WorkQueue
    from skuflow.billing.store import BillingItem
    from skuflow.billing.subscription_store import DynamoSubscriptions
    from skuflow.kernel.clock import Clock
    from skuflow.kernel.ids import NewId
    from skuflow.platform.consumer import DeadLetters, PutBack
    from skuflow.platform.event_bus import EventBus


@dataclass(frozen=True, slots=True)
class MeteringDeps:
    """What the API meters with."""

    usage: DynamoUsage
    counters: DynamoCounters
    metrics: DynamoMetrics
    reader: UsageReader
    reconciliations: DynamoReconciliations


@dataclass(frozen=True, slots=True)
class SellingDeps:
    """What the API sells plans with."""

    plans: DynamoPlans
    sellers: DynamoSellers
    customers: DynamoCustomers
    subscriptions: DynamoSubscriptions
    entitlements: EntitlementReader


@dataclass(frozen=True, slots=True)
class InvoicingDeps:
    """What the API works on invoices, coupons and billing runs with; the callables make what few ask for."""

    table: type[BillingItem]
    invoices: DynamoInvoices
    runs: Callable[[], DynamoRuns]
    coupons: Callable[[], DynamoCoupons]
    starting: Callable[[Clock, NewId], Starting]
    dry_running: Callable[[Clock], DryRunning]
    credit_notes: Callable[[Clock], CreditNotes]


@dataclass(frozen=True, slots=True)
class ApiDeps:
    """What billing/api works with."""

    clock: Clock
    new_id: NewId
    idempotency_table: str
    metering: MeteringDeps
    selling: SellingDeps
    invoicing: InvoicingDeps
    documents: DocumentBucket


@dataclass(frozen=True, slots=True)
class OnTableChangeDeps:
    """What billing/on_table_change works with."""

    bus: EventBus
    rejects: DeadLetters


@dataclass(frozen=True, slots=True)
class RecordJobDeps:
    """What billing/record_job works with."""

    usage: DynamoUsage
    clock: Clock
    dead_letters: DeadLetters


@dataclass(frozen=True, slots=True)
class StartReconciliationDeps:
    """What billing/start_reconciliation works with."""

    queue: ReconcileQueue
    clock: Clock


@dataclass(frozen=True, slots=True)
class ReconcileUsageDeps:
    """What billing/reconcile_usage works with. `queue` is its own."""

    using: Reconciling
    queue: ReconcileQueue
    dead_letters: DeadLetters
    put_back: PutBack


@dataclass(frozen=True, slots=True)
class StartBillingRunsDeps:
    """What billing/start_billing_runs works with."""

    planning: WorkQueue
    clock: Clock


@dataclass(frozen=True, slots=True)
class PlanBillingRunDeps:
    """What billing/plan_billing_run works with. `planning` is told how to find out whether time is left."""

    planning: Callable[[Callable[[], bool]], Planning]
    dead_letters: DeadLetters


@dataclass(frozen=True, slots=True)
class BillSubscriptionsDeps:
    """What billing/bill_subscriptions works with."""

    work: BatchWork
    dead_letters: DeadLetters


@dataclass(frozen=True, slots=True)
class NumberInvoicesDeps:
    """What billing/number_invoices works with."""

    numbering: Numbering
    dead_letters: DeadLetters
