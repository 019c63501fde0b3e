"""The dependencies of what reads results of bulk operations."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from skuflow.platform.aws import client, sqs_client
from skuflow.platform.clock import utc_now
from skuflow.platform.settings import from_env
from skuflow.sync.deps import ReadBulkResultDeps
from skuflow.sync.settings import ReadBulkResultSettings

if TYPE_CHECKING:
    from skuflow.platform.outbound.calls import Outbound
    from skuflow.sync.shopify.admin import Questions
    from skuflow.sync.store import SyncItem


def build_read_bulk_result() -> ReadBulkResultDeps:
    from skuflow.platform.consumer import DeadLetters, PutBack
    from skuflow.platform.table import bind
    from skuflow.sync.bucket import ImportBucket
    from skuflow.sync.progress_store import DynamoProgress
    from skuflow.sync.runs.end_run import RunEnds
    from skuflow.sync.runs.spool import SpoolSizes
    from skuflow.sync.runs.store import DynamoRuns
    from skuflow.sync.runs.work import RunWork
    from skuflow.sync.shops.orders import DynamoOrders
    from skuflow.sync.shops.store import DynamoShops
    from skuflow.sync.store import SyncItem

    settings = from_env(ReadBulkResultSettings)
    table = bind(SyncItem, settings.sync_table)
    runs, progress = DynamoRuns(table), DynamoProgress(table)
    return ReadBulkResultDeps(
        runs=runs,
        ends=RunEnds(runs, DynamoShops(table), progress, utc_now),
        progress=progress,
        orders=DynamoOrders(table),
        bucket=ImportBucket(client("s3"), settings.upload_bucket),
        outbound=cache(lambda: _files(settings)),
        admin=cache(lambda: _admin(settings, table)),
        work=RunWork(sqs_client, settings.inbox_queue_url),
        sizes=SpoolSizes(),
        clock=utc_now,
        dead_letters=DeadLetters(sqs_client, settings.dead_letter_queue_url),
        put_back=PutBack(sqs_client, settings.inbox_queue_url, utc_now),
    )


def _files(settings: ReadBulkResultSettings) -> Outbound:
    from skuflow.sync.wiring.outbound import files_outbound

    return files_outbound(settings)


def _admin(settings: ReadBulkResultSettings, table: type[SyncItem]) -> Questions:
    from skuflow.sync.wiring.outbound import shopify_admin

    return shopify_admin(settings, table)
