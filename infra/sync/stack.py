"""Product files and shops in, batches out. Work flows down these lists; a queue stands before each function that has one."""

from __future__ import annotations

from aws_cdk import CfnOutput

from infra.constructs.context_stack import ContextStack, Site
from infra.constructs.event_consumer import Inbox
from infra.shared.stack import SharedStack
from infra.sync import (
    api,
    connect_shop,
    on_table_change,
    process_shopify_webhook,
    read_bulk_result,
    read_import,
    receive_shopify_webhook,
    receive_upload,
    record_batch_outcome,
    run_due_shops,
    sync_shop,
    write_report,
)
from infra.sync.data import SyncData


class SyncStack(ContextStack):
    def __init__(self, site: Site, *, shared: SharedStack, data: SyncData, authorizer_id: str) -> None:
        super().__init__(site, "sync")
        work = Inbox(self, "read_import", timeout_seconds=read_import.TIMEOUT_SECONDS)
        reports = Inbox(self, "write_report", timeout_seconds=write_report.TIMEOUT_SECONDS)
        shops = Inbox(self, "sync_shop", timeout_seconds=sync_shop.TIMEOUT_SECONDS)
        api.add(self, shared=shared, data=data, work=work, shops=shops, authorizer_id=authorizer_id)
        receive_upload.add(self, data=data, flags=shared.flags, work=work)
        read_import.add(self, data=data, work=work, reports=reports)
        on_table_change.add(self, bus=shared.bus, data=data)
        record_batch_outcome.add(self, bus=shared.bus, data=data, reports=reports)
        write_report.add(self, data=data, reports=reports)
        connect_shop.add(self, shared=shared, data=data, shops=shops, authorizer_id=authorizer_id)
        self._read_shops(shared, data, shops)
        self._hear_shops(shared, data, shops)
        CfnOutput(self, "UploadBucketName", value=site.stage.upload_bucket)

    def _read_shops(self, shared: SharedStack, data: SyncData, shops: Inbox) -> None:
        """Whole catalogues, by bulk operation."""
        bulk = Inbox(self, "read_bulk_result", timeout_seconds=read_bulk_result.TIMEOUT_SECONDS)
        run_due_shops.add(self, data=data, shops=shops)
        sync_shop.add(self, shared=shared, data=data, shops=shops, bulk=bulk)
        read_bulk_result.add(self, shared=shared, data=data, bulk=bulk)

    def _hear_shops(self, shared: SharedStack, data: SyncData, shops: Inbox) -> None:
        """Single changes, by webhook."""
        timeout = process_shopify_webhook.TIMEOUT_SECONDS
        webhooks = Inbox(self, "process_shopify_webhook", timeout_seconds=timeout)
        receive_shopify_webhook.add(self, shared=shared, data=data, webhooks=webhooks)
        process_shopify_webhook.add(self, shared=shared, data=data, webhooks=webhooks, shops=shops)
