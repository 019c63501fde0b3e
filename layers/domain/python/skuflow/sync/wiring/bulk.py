"""The dependencies of what reads results of bulk operations."""

from __future__ import annotations

from functools import cache

from skuflow.platform.aws import client, sqs_client
from skuflow.platform.clock import utc_now
from skuflow.platform.settings import from_env
from skuflow.sync.deps import ReadBulkResultDeps
from skuflow.sync.settings import ReadBulkResultSettings
from skuflow.sync.wiring.outbound import files_outbound, shopify_admin


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
        outbound=cache(lambda: files_outbound(settings)),
        admin=cache(lambda: shopify_admin(settings, table)),
        work=RunWork(sqs_client, settings.inbox_queue_url),
        sizes=SpoolSizes(),
        clock=utc_now,
        dead_letters=DeadLetters(sqs_client, settings.dead_letter_queue_url),
        put_back=PutBack(sqs_client, settings.inbox_queue_url, utc_now),
    )
