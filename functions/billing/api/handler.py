"""HTTP: usage, plans, subscriptions, billing runs, invoices, taxes. Each topic's routes stand in a file of their own."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from functions.billing.api import (
    analytics_usage,
    billing_runs,
    coupons,
    credit_notes,
    customers,
    entitlements,
    invoice_pdf,
    invoices,
    metrics,
    plans,
    sellers,
    subscription_changes,
    subscriptions,
    tax,
    usage,
)
from skuflow.billing.deps import ApiDeps
from skuflow.billing.wiring import build_api
from skuflow.platform.http_api import Routes
from skuflow.platform.http_serving import serve

ROUTES = Routes("billing")
ROUTES.include(usage.ROUTES)
ROUTES.include(analytics_usage.ROUTES)
ROUTES.include(metrics.ROUTES)
ROUTES.include(plans.ROUTES)
ROUTES.include(sellers.ROUTES)
ROUTES.include(customers.ROUTES)
ROUTES.include(subscriptions.ROUTES)
ROUTES.include(subscription_changes.ROUTES)
ROUTES.include(entitlements.ROUTES)
ROUTES.include(billing_runs.ROUTES)
ROUTES.include(invoices.ROUTES)
ROUTES.include(invoice_pdf.ROUTES)
ROUTES.include(credit_notes.ROUTES)
ROUTES.include(coupons.ROUTES)
ROUTES.include(tax.ROUTES)


def handle(event: Any, context: LambdaContext, deps: ApiDeps) -> Any:
    return serve(ROUTES, event, context, deps)


lambda_handler = entrypoint(handle, build_api)
