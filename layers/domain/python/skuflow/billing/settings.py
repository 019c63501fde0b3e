"""What each function of this context must be told by its environment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """The environment of billing/api."""

    billing_table: str
    usage_table: str
    document_bucket: str
    planning_queue_url: str
    idempotency_table: str


@dataclass(frozen=True, slots=True)
class OnTableChangeSettings:
    """The environment of billing/on_table_change."""

    event_bus: str
    rejects_queue_url: str


@dataclass(frozen=True, slots=True)
class RecordJobSettings:
    """The environment of billing/record_job."""

    usage_table: str
    dead_letter_queue_url: str


@dataclass(frozen=True, slots=True)
class StartReconciliationSettings:
    """The environment of billing/start_reconciliation."""

    reconcile_queue_url: str


@dataclass(frozen=True, slots=True)
class ReconcileUsageSettings:
    """The environment of billing/reconcile_usage."""

    usage_table: str
    billing_table: str
    inbox_queue_url: str
    dead_letter_queue_url: str


@dataclass(frozen=True, slots=True)
class StartBillingRunsSettings:
    """The environment of billing/start_billing_runs."""

    planning_queue_url: str


@dataclass(frozen=True, slots=True)
class PlanBillingRunSettings:
    """The environment of billing/plan_billing_run."""

    billing_table: str
    inbox_queue_url: str
    billing_queue_url: str
    numbering_queue_url: str
    dead_letter_queue_url: str


@dataclass(frozen=True, slots=True)
class BillSubscriptionsSettings:
    """The environment of billing/bill_subscriptions."""

    billing_table: str
    usage_table: str
    numbering_queue_url: str
    dead_letter_queue_url: str


@dataclass(frozen=True, slots=True)
class NumberInvoicesSettings:
    """The environment of billing/number_invoices."""

    billing_table: str
    dead_letter_queue_url: str
