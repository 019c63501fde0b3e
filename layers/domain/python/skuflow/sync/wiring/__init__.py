"""Makes the dependencies of each function from its settings. The only files of this context that name AWS clients.

This is the door. What stands behind it, and what a builder uses, is loaded for the function that is being started alone: what the
others need would only lengthen its cold start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skuflow.sync import settings

if TYPE_CHECKING:
    from skuflow.sync import deps


def build_api() -> deps.ApiDeps:
    from skuflow.sync.wiring import imports

    return imports.build_api()


def build_connect_shop() -> deps.ConnectShopDeps:
    from skuflow.sync.wiring import shops

    return shops.build_connect_shop()


def build_on_table_change() -> deps.OnTableChangeDeps:
    from skuflow.sync.wiring import imports

    return imports.build_on_table_change()


def build_process_shopify_webhook() -> deps.ProcessShopifyWebhookDeps:
    from skuflow.sync.wiring import webhooks

    return webhooks.build_process_shopify_webhook()


def build_read_bulk_result() -> deps.ReadBulkResultDeps:
    from skuflow.sync.wiring import bulk

    return bulk.build_read_bulk_result()


def build_read_import() -> deps.ReadImportDeps:
    from skuflow.sync.wiring import imports

    return imports.build_read_import()


def build_receive_shopify_webhook() -> deps.ReceiveShopifyWebhookDeps:
    from skuflow.sync.wiring import webhooks

    return webhooks.build_receive_shopify_webhook()


def build_receive_upload() -> deps.ReceiveUploadDeps:
    from skuflow.sync.wiring import imports

    return imports.build_receive_upload()


def build_record_batch_outcome() -> deps.RecordBatchOutcomeDeps:
    from skuflow.sync.wiring import imports

    return imports.build_record_batch_outcome()


def build_run_due_shops() -> deps.RunDueShopsDeps:
    from skuflow.sync.wiring import runs

    return runs.build_run_due_shops()


def build_sync_shop() -> deps.SyncShopDeps:
    from skuflow.sync.wiring import runs

    return runs.build_sync_shop()


def build_write_report() -> deps.WriteReportDeps:
    from skuflow.sync.wiring import imports

    return imports.build_write_report()


SETTINGS: dict[str, type[Any]] = {
    "api": settings.ApiSettings,
    "connect_shop": settings.ConnectShopSettings,
    "process_shopify_webhook": settings.ProcessShopifyWebhookSettings,
    "receive_shopify_webhook": settings.ReceiveShopifyWebhookSettings,
    "receive_upload": settings.ReceiveUploadSettings,
    "read_bulk_result": settings.ReadBulkResultSettings,
    "read_import": settings.ReadImportSettings,
    "record_batch_outcome": settings.RecordBatchOutcomeSettings,
    "run_due_shops": settings.RunDueShopsSettings,
    "sync_shop": settings.SyncShopSettings,
    "write_report": settings.WriteReportSettings,
    "on_table_change": settings.OnTableChangeSettings,
}
