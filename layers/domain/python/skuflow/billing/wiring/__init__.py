"""Makes the dependencies of each function from its settings. The only files of this context that name AWS clients.

This is the door. What stands behind it, and what a builder uses, is loaded for the function that is being started alone: what the
others need would only lengthen its cold start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skuflow.billing import settings

if TYPE_CHECKING:
    from skuflow.billing import deps


def build_api() -> deps.ApiDeps:
    from skuflow.billing.wiring import api

    return api.build_api()


def build_on_table_change() -> deps.OnTableChangeDeps:
    from skuflow.billing.wiring import announcing

    return announcing.build_on_table_change()


def build_reconcile_usage() -> deps.ReconcileUsageDeps:
    from skuflow.billing.wiring import metering

    return metering.build_reconcile_usage()


def build_record_job() -> deps.RecordJobDeps:
    from skuflow.billing.wiring import metering

    return metering.build_record_job()


def build_start_reconciliation() -> deps.StartReconciliationDeps:
    from skuflow.billing.wiring import metering

    return metering.build_start_reconciliation()


def build_bill_subscriptions() -> deps.BillSubscriptionsDeps:
    from skuflow.billing.wiring import runs

    return runs.build_bill_subscriptions()


def build_number_invoices() -> deps.NumberInvoicesDeps:
    from skuflow.billing.wiring import runs

    return runs.build_number_invoices()


def build_plan_billing_run() -> deps.PlanBillingRunDeps:
    from skuflow.billing.wiring import runs

    return runs.build_plan_billing_run()


def build_start_billing_runs() -> deps.StartBillingRunsDeps:
    from skuflow.billing.wiring import runs

    return runs.build_start_billing_runs()


SETTINGS: dict[str, type[Any]] = {
    "api": settings.ApiSettings,
    "bill_subscriptions": settings.BillSubscriptionsSettings,
    "number_invoices": settings.NumberInvoicesSettings,
    "plan_billing_run": settings.PlanBillingRunSettings,
    "start_billing_runs": settings.StartBillingRunsSettings,
    "on_table_change": settings.OnTableChangeSettings,
    "reconcile_usage": settings.ReconcileUsageSettings,
    "record_job": settings.RecordJobSettings,
    "start_reconciliation": settings.StartReconciliationSettings,
}
