"""The dependencies of what imports files, and of the API and the stream."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from skuflow.platform.aws import client, sqs_client
from skuflow.platform.clock import new_id, utc_now
from skuflow.platform.settings import from_env
from skuflow.sync.deps import (
    ApiDeps,
    OnTableChangeDeps,
    ReadImportDeps,
    ReceiveUploadDeps,
    RecordBatchOutcomeDeps,
    WriteReportDeps,
)
from skuflow.sync.settings import (
    ApiSettings,
    OnTableChangeSettings,
    ReadImportSettings,
    ReceiveUploadSettings,
    RecordBatchOutcomeSettings,
    WriteReportSettings,
)

if TYPE_CHECKING:
    from skuflow.platform.outbound.circuits import CircuitStates


def build_api() -> ApiDeps:
    from skuflow.platform.table import bind
    from skuflow.sync.bucket import ImportBucket
    from skuflow.sync.import_store import DynamoImports
    from skuflow.sync.mapping_store import DynamoMappings
    from skuflow.sync.progress_store import DynamoProgress
    from skuflow.sync.reading.source import Limits
    from skuflow.sync.runs.store import DynamoRuns
    from skuflow.sync.runs.work import ShopWork
    from skuflow.sync.shops.privacy_requests import DynamoPrivacyRequests
    from skuflow.sync.shops.store import DynamoShops
    from skuflow.sync.store import SyncItem
    from skuflow.sync.work import WorkQueue

    settings = from_env(ApiSettings)
    table = bind(SyncItem, settings.sync_table)
    return ApiDeps(
        imports=DynamoImports(table),
        progress=DynamoProgress(table),
        mappings=DynamoMappings(table),
        bucket=ImportBucket(client("s3"), settings.upload_bucket),
        work=WorkQueue(sqs_client, settings.work_queue_url),
        runs=DynamoRuns(table),
        shop_work=ShopWork(sqs_client, settings.shop_queue_url),
        circuits=cache(partial(_circuits, settings.outbound_table)),
        limits=Limits(),
        clock=utc_now,
        new_id=new_id,
        idempotency_table=settings.idempotency_table,
        shops=DynamoShops(table),
        privacy_requests=DynamoPrivacyRequests(table),
    )


def _circuits(table_name: str) -> CircuitStates:
    """A table of its own, which takes a connection of its own."""
    from skuflow.platform.outbound.circuits import DynamoCircuits
    from skuflow.platform.outbound.state import OutboundItem
    from skuflow.platform.table import bind

    return DynamoCircuits(bind(OutboundItem, table_name), utc_now)


def build_receive_upload() -> ReceiveUploadDeps:
    from skuflow.platform.consumer import DeadLetters
    from skuflow.platform.feature_flags import Flags
    from skuflow.platform.table import bind
    from skuflow.sync.bucket import ImportBucket
    from skuflow.sync.import_store import DynamoImports
    from skuflow.sync.mapping_store import DynamoMappings
    from skuflow.sync.reading.source import Limits
    from skuflow.sync.store import SyncItem
    from skuflow.sync.work import WorkQueue

    settings = from_env(ReceiveUploadSettings)
    table = bind(SyncItem, settings.sync_table)
    flags = Flags(settings.flags_application, settings.flags_environment, settings.flags_profile)
    return ReceiveUploadDeps(
        imports=DynamoImports(table),
        mappings=DynamoMappings(table),
        bucket=ImportBucket(client("s3"), settings.upload_bucket),
        work=WorkQueue(sqs_client, settings.work_queue_url),
        accepts_suggestion=lambda owner: flags.is_on(owner, "import_accept_suggested_mapping", default=True),
        limits=Limits(),
        clock=utc_now,
        dead_letters=DeadLetters(sqs_client, settings.dead_letter_queue_url),
    )


def build_read_import() -> ReadImportDeps:
    from skuflow.platform.consumer import DeadLetters
    from skuflow.platform.table import bind
    from skuflow.sync.bucket import ImportBucket
    from skuflow.sync.import_store import DynamoImports
    from skuflow.sync.mapping_store import DynamoMappings
    from skuflow.sync.progress_store import DynamoProgress
    from skuflow.sync.reading.source import Limits
    from skuflow.sync.store import SyncItem
    from skuflow.sync.work import WorkQueue

    settings = from_env(ReadImportSettings)
    table = bind(SyncItem, settings.sync_table)
    return ReadImportDeps(
        imports=DynamoImports(table),
        progress=DynamoProgress(table),
        mappings=DynamoMappings(table),
        bucket=ImportBucket(client("s3"), settings.upload_bucket),
        work=WorkQueue(sqs_client, settings.work_queue_url),
        reports=WorkQueue(sqs_client, settings.report_queue_url),
        limits=Limits(),
        clock=utc_now,
        dead_letters=DeadLetters(sqs_client, settings.dead_letter_queue_url),
    )


def build_record_batch_outcome() -> RecordBatchOutcomeDeps:
    from skuflow.platform.consumer import DeadLetters
    from skuflow.platform.table import bind
    from skuflow.sync.import_store import DynamoImports
    from skuflow.sync.progress_store import DynamoProgress
    from skuflow.sync.runs.end_run import RunEnds
    from skuflow.sync.runs.store import DynamoRuns
    from skuflow.sync.shops.store import DynamoShops
    from skuflow.sync.store import SyncItem
    from skuflow.sync.webhooks.intake import DynamoIntakes
    from skuflow.sync.work import WorkQueue

    settings = from_env(RecordBatchOutcomeSettings)
    table = bind(SyncItem, settings.sync_table)
    progress = DynamoProgress(table)
    return RecordBatchOutcomeDeps(
        imports=DynamoImports(table),
        intakes=DynamoIntakes(table),
        ends=RunEnds(DynamoRuns(table), DynamoShops(table), progress, utc_now),
        progress=progress,
        reports=WorkQueue(sqs_client, settings.report_queue_url),
        clock=utc_now,
        dead_letters=DeadLetters(sqs_client, settings.dead_letter_queue_url),
    )


def build_write_report() -> WriteReportDeps:
    from skuflow.platform.consumer import DeadLetters
    from skuflow.platform.table import bind
    from skuflow.sync.bucket import ImportBucket
    from skuflow.sync.import_store import DynamoImports
    from skuflow.sync.progress_store import DynamoProgress
    from skuflow.sync.store import SyncItem

    settings = from_env(WriteReportSettings)
    table = bind(SyncItem, settings.sync_table)
    return WriteReportDeps(
        imports=DynamoImports(table),
        progress=DynamoProgress(table),
        bucket=ImportBucket(client("s3"), settings.upload_bucket),
        clock=utc_now,
        dead_letters=DeadLetters(sqs_client, settings.dead_letter_queue_url),
    )


def build_on_table_change() -> OnTableChangeDeps:
    from skuflow.platform.consumer import DeadLetters
    from skuflow.platform.event_bus import EventBus

    settings = from_env(OnTableChangeSettings)
    return OnTableChangeDeps(
        bus=EventBus(client("events"), settings.event_bus),
        rejects=DeadLetters(sqs_client, settings.rejects_queue_url),
    )
