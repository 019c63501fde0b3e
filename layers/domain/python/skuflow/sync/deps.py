"""What each function of this context is given to work with; `wiring` makes it. Types only: a function loads what it uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from skuflow.kernel.clock import Clock
    from skuflow.kernel.ids import NewId
    from skuflow.kernel.tenancy import ClientId
    from skuflow.platform.consumer import DeadLetters, PutBack
    from skuflow.platform.event_bus import EventBus
    from skuflow.platform.outbound.calls import Outbound
    from skuflow.platform.outbound.circuits import CircuitStates
    from skuflow.sync.bucket import ImportBucket
    from skuflow.sync.import_store import ImportStore
    from skuflow.sync.mapping_store import MappingStore
    from skuflow.sync.progress_store import ProgressStore
    from skuflow.sync.reading.source import Limits
    from skuflow.sync.runs.advance_run import Advance
    from skuflow.sync.runs.end_run import RunEnds
    from skuflow.sync.runs.spool import SpoolSizes
    from skuflow.sync.runs.store import RunStore
    from skuflow.sync.runs.work import RunWork, ShopWork
    from skuflow.sync.shopify.admin import Questions
    from skuflow.sync.shops.complete_installation import Completing
    from skuflow.sync.shops.orders import OrderStore
    from skuflow.sync.shops.privacy_requests import PrivacyRequestStore
    from skuflow.sync.shops.store import ShopStore
    from skuflow.sync.webhooks.intake import IntakeStore
    from skuflow.sync.webhooks.process_webhooks import Processing
    from skuflow.sync.webhooks.receive_webhook import Receiving
    from skuflow.sync.work import WorkQueue


@dataclass(frozen=True, slots=True)
class ApiDeps:
    """What sync/api works with. `circuits` are made when somebody asks for them, which few do."""

    imports: ImportStore
    progress: ProgressStore
    mappings: MappingStore
    bucket: ImportBucket
    work: WorkQueue
    runs: RunStore
    shop_work: ShopWork
    circuits: Callable[[], CircuitStates]
    limits: Limits
    clock: Clock
    new_id: NewId
    idempotency_table: str
    shops: ShopStore
    privacy_requests: PrivacyRequestStore


@dataclass(frozen=True, slots=True)
class ReceiveUploadDeps:
    """What sync/receive_upload works with."""

    imports: ImportStore
    mappings: MappingStore
    bucket: ImportBucket
    work: WorkQueue
    accepts_suggestion: Callable[[ClientId], bool]
    limits: Limits
    clock: Clock
    dead_letters: DeadLetters


@dataclass(frozen=True, slots=True)
class ReadImportDeps:
    """What sync/read_import works with."""

    imports: ImportStore
    progress: ProgressStore
    mappings: MappingStore
    bucket: ImportBucket
    work: WorkQueue
    reports: WorkQueue
    limits: Limits
    clock: Clock
    dead_letters: DeadLetters


@dataclass(frozen=True, slots=True)
class RecordBatchOutcomeDeps:
    """What sync/record_batch_outcome works with."""

    imports: ImportStore
    intakes: IntakeStore
    ends: RunEnds
    progress: ProgressStore
    reports: WorkQueue
    clock: Clock
    dead_letters: DeadLetters


@dataclass(frozen=True, slots=True)
class WriteReportDeps:
    """What sync/write_report works with."""

    imports: ImportStore
    progress: ProgressStore
    bucket: ImportBucket
    clock: Clock
    dead_letters: DeadLetters


@dataclass(frozen=True, slots=True)
class OnTableChangeDeps:
    """What sync/on_table_change works with."""

    bus: EventBus
    rejects: DeadLetters


@dataclass(frozen=True, slots=True)
class ReceiveShopifyWebhookDeps:
    """What sync/receive_shopify_webhook works with."""

    receiving: Receiving


@dataclass(frozen=True, slots=True)
class ReadBulkResultDeps:
    """What sync/read_bulk_result works with. `outbound` leads to where results lie; it and `admin` are made on the first use."""

    runs: RunStore
    ends: RunEnds
    progress: ProgressStore
    orders: OrderStore
    bucket: ImportBucket
    outbound: Callable[[], Outbound]
    admin: Callable[[], Questions]
    work: RunWork
    sizes: SpoolSizes
    clock: Clock
    dead_letters: DeadLetters
    put_back: PutBack


@dataclass(frozen=True, slots=True)
class SyncShopDeps:
    """What sync/sync_shop works with. `work` is its own queue."""

    shops: ShopStore
    runs: RunStore
    advance: Advance
    work: ShopWork
    clock: Clock
    new_id: NewId
    dead_letters: DeadLetters
    put_back: PutBack


@dataclass(frozen=True, slots=True)
class RunDueShopsDeps:
    """What sync/run_due_shops works with."""

    shops: ShopStore
    work: ShopWork
    clock: Clock


@dataclass(frozen=True, slots=True)
class ProcessShopifyWebhookDeps:
    """What sync/process_shopify_webhook works with."""

    processing: Processing
    dead_letters: DeadLetters
    put_back: PutBack


@dataclass(frozen=True, slots=True)
class ConnectShopDeps:
    """What sync/connect_shop works with. `public_url` is the API's own address, without a slash at the end. `app_id` is our app's
    id at Shopify; `base_of` gives the address below which a shop is administered; `uninstall_app` has Shopify uninstall our app;
    `new_secret` makes up 128 bits or more, in letters and digits."""

    completing: Completing
    app_id: Callable[[], str]
    base_of: Callable[[str], str]
    uninstall_app: Callable[[ClientId, str], None]
    new_secret: Callable[[], str]
    public_url: str
