"""What the API works on invoices, coupons and billing runs with. What few ask for is made when it is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from skuflow.billing.deps import InvoicingDeps
from skuflow.billing.invoices.invoice_store import DynamoInvoices
from skuflow.platform.aws import sqs_client

if TYPE_CHECKING:
    from skuflow.billing.invoices.coupon_store import DynamoCoupons
    from skuflow.billing.invoices.issue_credit_note import CreditNotes
    from skuflow.billing.runs.dry_run import DryRunning
    from skuflow.billing.runs.run_store import DynamoRuns
    from skuflow.billing.runs.start_run import Starting
    from skuflow.billing.store import BillingItem
    from skuflow.kernel.clock import Clock
    from skuflow.kernel.ids import NewId


def invoicing(table: type[BillingItem], usage_table: str, planning_queue_url: str) -> InvoicingDeps:
    """`table`: the billing table, bound."""
    invoices = DynamoInvoices(table)

    def starting(clock: Clock, new_id: NewId) -> Starting:
        from skuflow.billing.runs.read_known import KnownReader
        from skuflow.billing.runs.start_run import Starting
        from skuflow.billing.runs.work import WorkQueue

        planning = WorkQueue(sqs_client, planning_queue_url)
        return Starting(_runs(table), KnownReader(table), planning, new_id, clock)

    def dry_running(clock: Clock) -> DryRunning:
        from skuflow.billing.runs.dry_run import DryRunning
        from skuflow.billing.runs.read_known import KnownReader
        from skuflow.billing.subscription_store import DynamoSubscriptions
        from skuflow.billing.wiring.runs import reading

        known = KnownReader(table)
        return DryRunning(DynamoSubscriptions(table), known, reading(table, usage_table), clock)

    def credit_notes(clock: Clock) -> CreditNotes:
        from skuflow.billing.collection import ManualCollection
        from skuflow.billing.invoices.issue_credit_note import CreditNotes

        return CreditNotes(table, invoices, ManualCollection(), clock)

    return InvoicingDeps(
        table=table,
        invoices=invoices,
        runs=partial(_runs, table),
        coupons=partial(_coupons, table),
        starting=starting,
        dry_running=dry_running,
        credit_notes=credit_notes,
    )


def _coupons(table: type[BillingItem]) -> DynamoCoupons:
    from skuflow.billing.invoices.coupon_store import DynamoCoupons

    return DynamoCoupons(table)


def _runs(table: type[BillingItem]) -> DynamoRuns:
    from skuflow.billing.runs.run_store import DynamoRuns

    return DynamoRuns(table)
