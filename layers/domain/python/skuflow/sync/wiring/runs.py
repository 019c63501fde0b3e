"""The dependencies of what plans and watches runs."""

from __future__ import annotations

from skuflow.platform.aws import sqs_client
from skuflow.platform.clock import new_id, utc_now
from skuflow.platform.settings import from_env
from skuflow.sync.deps import RunDueShopsDeps, SyncShopDeps
from skuflow.sync.settings import RunDueShopsSettings, SyncShopSettings
from skuflow.sync.wiring.outbound import shopify_admin


def build_sync_shop() -> SyncShopDeps:
    from skuflow.platform.consumer import DeadLetters, PutBack
    from skuflow.platform.table import bind
    from skuflow.sync.progress_store import DynamoProgress
    from skuflow.sync.runs.advance_run import Advance
    from skuflow.sync.runs.end_run import RunEnds
    from skuflow.sync.runs.set_up_shop import webhooks_url
    from skuflow.sync.runs.store import DynamoRuns
    from skuflow.sync.runs.work import RunWork, ShopWork
    from skuflow.sync.shops.store import DynamoShops
    from skuflow.sync.store import SyncItem

    settings = from_env(SyncShopSettings)
    table = bind(SyncItem, settings.sync_table)
    shops, runs = DynamoShops(table), DynamoRuns(table)
    return SyncShopDeps(
        shops=shops,
        runs=runs,
        advance=Advance(
            ends=RunEnds(runs, shops, DynamoProgress(table), utc_now),
            admin=shopify_admin(settings, table),
            bulk=RunWork(sqs_client, settings.bulk_queue_url),
            webhooks_url=webhooks_url(settings.public_url),
            clock=utc_now,
        ),
        work=ShopWork(sqs_client, settings.inbox_queue_url),
        clock=utc_now,
        new_id=new_id,
        dead_letters=DeadLetters(sqs_client, settings.dead_letter_queue_url),
        put_back=PutBack(sqs_client, settings.inbox_queue_url, utc_now),
    )


def build_run_due_shops() -> RunDueShopsDeps:
    from skuflow.platform.table import bind
    from skuflow.sync.runs.work import ShopWork
    from skuflow.sync.shops.store import DynamoShops
    from skuflow.sync.store import SyncItem

    settings = from_env(RunDueShopsSettings)
    return RunDueShopsDeps(
        shops=DynamoShops(bind(SyncItem, settings.sync_table)),
        work=ShopWork(sqs_client, settings.shop_queue_url),
        clock=utc_now,
    )
