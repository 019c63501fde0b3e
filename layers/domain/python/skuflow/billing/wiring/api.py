"""The dependencies of the API."""

from __future__ import annotations

from skuflow.billing.deps import ApiDeps
from skuflow.billing.pdf.document_bucket import DocumentBucket
from skuflow.billing.settings import ApiSettings
from skuflow.billing.store import BillingItem
from skuflow.billing.wiring.invoices import invoicing
from skuflow.billing.wiring.metering import metering
from skuflow.billing.wiring.subscriptions import selling
from skuflow.platform.aws import client
from skuflow.platform.clock import new_id, utc_now
from skuflow.platform.settings import from_env
from skuflow.platform.table import bind


def build_api() -> ApiDeps:
    settings = from_env(ApiSettings)
    table = bind(BillingItem, settings.billing_table)
    return ApiDeps(
        clock=utc_now,
        new_id=new_id,
        idempotency_table=settings.idempotency_table,
        metering=metering(settings.usage_table, table),
        selling=selling(table),
        invoicing=invoicing(table, settings.usage_table, settings.planning_queue_url),
        documents=DocumentBucket(lambda: client("s3"), settings.document_bucket),
    )
