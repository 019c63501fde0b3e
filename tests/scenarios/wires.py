"""How the functions are wired together, in short. `test_wires.py` holds this against the synthesised templates."""

from __future__ import annotations

from dataclasses import dataclass

MAX_RECEIVES = 5
"""Deliveries of one message before its queue gives up on it and moves it to the dead-letter queue."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Which events of the bus a queue takes."""

    source: str
    names: tuple[str, ...]


QUEUES: dict[str, Pattern | None] = {
    "sync/receive_upload": None,
    "sync/read_import": None,
    "sync/record_batch_outcome": Pattern("skuflow.catalog", ("ProductBatchApplied", "SourceProductsRemoved")),
    "sync/write_report": None,
    "sync/process_shopify_webhook": None,
    "sync/sync_shop": None,
    "sync/read_bulk_result": None,
    "billing/record_job": Pattern("skuflow.quality", ("JobCompleted",)),
    "billing/reconcile_usage": None,
    "billing/plan_billing_run": None,
    "billing/bill_subscriptions": None,
    "billing/number_invoices": None,
    "catalog/apply_product_batch": Pattern("skuflow.sync", ("ProductBatchReady",)),
    "catalog/apply_product_fixes": Pattern("skuflow.quality", ("ProductFixesDecided",)),
    "catalog/remove_vanished_products": Pattern("skuflow.sync", ("SourceProductsGone", "SourceSnapshotRead")),
    "quality/record_fix_outcome": Pattern("skuflow.catalog", ("ProductFixesApplied",)),
    "quality/run_quality_job": None,
    "quality/record_product": Pattern("skuflow.catalog", ("ProductChanged", "ProductRemoved")),
}
"""Function fed by a queue of its own -> what the bus puts there; None: a work queue, or the upload bucket's notifications."""

STREAMS: dict[str, str] = {
    "sync/on_table_change": "sync",
    "catalog/on_table_change": "catalog",
    "catalog/update_projections": "catalog",
    "quality/on_table_change": "quality",
    "billing/on_table_change": "billing",
}
"""Function fed by a table's stream -> the context whose table it is."""

UPLOADS = ("sync/receive_upload", "uploads/")
"""The queue that hears of new objects, and their prefix."""

HTTP = (
    "access/api",
    "sync/api",
    "sync/connect_shop",
    "sync/receive_shopify_webhook",
    "catalog/api",
    "quality/api",
    "billing/api",
)
SCHEDULED = (
    "billing/start_billing_runs",
    "billing/start_reconciliation",
    "catalog/release_expired_reservations",
    "quality/start_nightly_jobs",
    "sync/run_due_shops",
)
