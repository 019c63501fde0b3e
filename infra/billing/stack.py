"""From usage to invoices. Work flows down this list."""

from __future__ import annotations

from infra.billing import (
    api,
    bill_subscriptions,
    number_invoices,
    on_table_change,
    plan_billing_run,
    reconcile_usage,
    record_job,
    start_billing_runs,
    start_reconciliation,
)
from infra.billing.data import BillingData
from infra.constructs.context_stack import ContextStack, Site
from infra.constructs.event_consumer import Inbox
from infra.shared.stack import SharedStack


class BillingStack(ContextStack):
    def __init__(self, site: Site, *, shared: SharedStack, data: BillingData, authorizer_id: str) -> None:
        super().__init__(site, "billing")
        planning = Inbox(self, "plan_billing_run", timeout_seconds=plan_billing_run.TIMEOUT_SECONDS)
        api.add(self, shared=shared, data=data, planning=planning, authorizer_id=authorizer_id)
        on_table_change.add(self, bus=shared.bus, data=data)
        self._meter(shared, data)
        self._bill(data, planning)

    def _meter(self, shared: SharedStack, data: BillingData) -> None:
        """Usage counted, and the counters held against the events."""
        days = Inbox(self, "reconcile_usage", timeout_seconds=reconcile_usage.TIMEOUT_SECONDS, oldest_minutes=360)
        record_job.add(self, bus=shared.bus, data=data)
        start_reconciliation.add(self, days=days)
        reconcile_usage.add(self, data=data, days=days)

    def _bill(self, data: BillingData, planning: Inbox) -> None:
        """What is due, planned, billed and numbered."""
        billing = Inbox(
            self, "bill_subscriptions", timeout_seconds=bill_subscriptions.TIMEOUT_SECONDS, oldest_minutes=120
        )
        numbering = Inbox(self, "number_invoices", timeout_seconds=number_invoices.TIMEOUT_SECONDS)
        start_billing_runs.add(self, planning=planning)
        plan_billing_run.add(self, data=data, planning=planning, billing=billing, numbering=numbering)
        bill_subscriptions.add(self, data=data, billing=billing, numbering=numbering)
        number_invoices.add(self, data=data, numbering=numbering)
