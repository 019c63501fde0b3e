"""What the dashboards show of each context's own business. A test holds this against what the code counts."""

from __future__ import annotations

from collections.abc import Iterable

from infra.constructs.context_stack import ContextStack
from infra.constructs.dashboard import ContextDashboard, Measures

BUSINESS: dict[str, Measures] = {
    "access": {"Who was let in": ("AuthorizationsRefused", "AuthorizerTroubles")},
    "billing": {
        "Usage": ("UsageEventsAccepted", "UsageEventsDuplicate", "UsageEventsRejected"),
        "Jobs": ("JobsMetered", "JobsMeteredBefore"),
        "Usage reconciled": ("UsageDaysReconciled", "UsageDrifts"),
        "Billing runs": ("BillingRunsPlanned", "SubscriptionsInvoiced", "SubscriptionsNotBilled", "InvoicesNumbered"),
    },
    "catalog": {
        "Products": ("ProductsCreated", "ProductsUpdated", "ProductsUnchanged", "ProductsRemoved"),
        "Fixes": ("FixesApplied", "FixesSkipped"),
        "Reservations": ("ReservationsExpired", "ReservationsStuck"),
    },
    "platform": {},
    "quality": {
        "Products": ("ProductsChecked", "ProductFindings", "ProductsFixed"),
        "Fixes": ("FixesApplied", "FixesSkipped"),
        "Jobs": ("QualityJobsCompleted", "ThresholdsCrossed", "PicturesLookedAt"),
    },
    "shared": {},
    "sync": {
        "Rows": ("RowsRead", "RowsRejected", "RowsCreated", "RowsUpdated", "RowsUnchanged"),
        "Shops": ("ShopsDue", "ShopSyncsCompleted", "ShopSyncsFailed", "ShopSyncsCancelled"),
        "Bulk results": ("LinesRead", "LinesRejected"),
        "Webhooks": ("WebhooksRefused", "WebhooksDropped", "VariantsRejected"),
        "Orders": ("OrdersHealed", "OrdersNotRead", "OrdersRejected"),
    },
}
"""Context -> title of a graph -> its metrics."""


def add(stacks: Iterable[ContextStack], *, api_id: str) -> None:
    """A dashboard into each of `stacks`: one for each context, when all of the context's parts are known."""
    for stack in stacks:
        if stack.context not in BUSINESS:
            raise ValueError(f"infra/dashboards.py does not say what the context {stack.context} counts")
        ContextDashboard(
            stack,
            api_id=api_id,
            business=BUSINESS[stack.context],
            whole_api=stack.context == "shared",
        )
