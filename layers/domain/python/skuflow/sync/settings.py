"""What each function of this context must be told by its environment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """The environment of sync/api."""

    sync_table: str
    upload_bucket: str
    idempotency_table: str
    work_queue_url: str
    shop_queue_url: str
    outbound_table: str


@dataclass(frozen=True, slots=True)
class ReceiveUploadSettings:
    """The environment of sync/receive_upload."""

    sync_table: str
    upload_bucket: str
    work_queue_url: str
    dead_letter_queue_url: str
    flags_application: str
    flags_environment: str
    flags_profile: str


@dataclass(frozen=True, slots=True)
class ReadImportSettings:
    """The environment of sync/read_import."""

    sync_table: str
    upload_bucket: str
    work_queue_url: str
    report_queue_url: str
    dead_letter_queue_url: str


@dataclass(frozen=True, slots=True)
class RecordBatchOutcomeSettings:
    """The environment of sync/record_batch_outcome."""

    sync_table: str
    report_queue_url: str
    dead_letter_queue_url: str


@dataclass(frozen=True, slots=True)
class WriteReportSettings:
    """The environment of sync/write_report."""

    sync_table: str
    upload_bucket: str
    dead_letter_queue_url: str


@dataclass(frozen=True, slots=True)
class OnTableChangeSettings:
    """The environment of sync/on_table_change."""

    event_bus: str
    rejects_queue_url: str


@dataclass(frozen=True, slots=True)
class ReceiveShopifyWebhookSettings:
    """The environment of sync/receive_shopify_webhook."""

    sync_table: str
    shopify_client_secret_secret: str
    webhook_queue_url: str
    upload_bucket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopifySettings:
    """What every function that calls Shopify must be told. `..._secret` name secrets of Secrets Manager; `token_key` is a KMS key.
    `provider_sandbox_url` and `outbound_allow_loopback` are for the local stage."""

    sync_table: str
    outbound_table: str
    shopify_client_id_secret: str
    shopify_client_secret_secret: str
    token_key: str
    public_url: str
    provider_sandbox_url: str = ""
    outbound_allow_loopback: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessShopifyWebhookSettings(ShopifySettings):
    """The environment of sync/process_shopify_webhook."""

    upload_bucket: str
    shop_queue_url: str
    inbox_queue_url: str
    dead_letter_queue_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncShopSettings(ShopifySettings):
    """The environment of sync/sync_shop."""

    inbox_queue_url: str
    dead_letter_queue_url: str
    bulk_queue_url: str


@dataclass(frozen=True, slots=True)
class RunDueShopsSettings:
    """The environment of sync/run_due_shops."""

    sync_table: str
    shop_queue_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBulkResultSettings(ShopifySettings):
    """The environment of sync/read_bulk_result."""

    upload_bucket: str
    inbox_queue_url: str
    dead_letter_queue_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectShopSettings(ShopifySettings):
    """The environment of sync/connect_shop."""

    shop_queue_url: str
