"""Makes the dependencies of each function from its settings. The only file of this context that names AWS clients.

Each builder imports what its own function uses: what the others need would only lengthen the cold start.
"""

from __future__ import annotations

from typing import Any

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

SETTINGS: dict[str, type[Any]] = {
    "api": ApiSettings,
    "receive_upload": ReceiveUploadSettings,
    "read_import": ReadImportSettings,
    "record_batch_outcome": RecordBatchOutcomeSettings,
    "write_report": WriteReportSettings,
    "on_table_change": OnTableChangeSettings,
}


def build_api() -> ApiDeps:
    from skuflow.platform.table import bind
    from skuflow.sync.bucket import ImportBucket
    from skuflow.sync.import_store import DynamoImports
    from skuflow.sync.mapping_store import DynamoMappings
    from skuflow.sync.progress_store import DynamoProgress
    from skuflow.sync.reading.source import Limits
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
        limits=Limits(),
        clock=utc_now,
        new_id=new_id,
        idempotency_table=settings.idempotency_table,
    )


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
    from skuflow.sync.store import SyncItem
    from skuflow.sync.work import WorkQueue

    settings = from_env(RecordBatchOutcomeSettings)
    table = bind(SyncItem, settings.sync_table)
    return RecordBatchOutcomeDeps(
        imports=DynamoImports(table),
        progress=DynamoProgress(table),
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
