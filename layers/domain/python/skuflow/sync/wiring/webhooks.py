"""The dependencies of what receives webhooks and works through them."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from skuflow.platform.aws import client, sqs_client
from skuflow.platform.clock import utc_now
from skuflow.platform.settings import from_env
from skuflow.sync.deps import ProcessShopifyWebhookDeps, ReceiveShopifyWebhookDeps
from skuflow.sync.settings import ProcessShopifyWebhookSettings, ReceiveShopifyWebhookSettings
from skuflow.sync.wiring.outbound import shopify_admin

if TYPE_CHECKING:
    from skuflow.kernel.tenancy import ClientId
    from skuflow.sync.store import SyncItem


def build_receive_shopify_webhook() -> ReceiveShopifyWebhookDeps:
    from skuflow.platform.secrets import Secrets
    from skuflow.platform.table import bind
    from skuflow.sync.shops.secrets import AppCredentials
    from skuflow.sync.shops.store import DynamoShops
    from skuflow.sync.store import SyncItem
    from skuflow.sync.webhooks.inbox import WebhookInbox
    from skuflow.sync.webhooks.known_shops import KnownShops
    from skuflow.sync.webhooks.receive_webhook import Receiving

    settings = from_env(ReceiveShopifyWebhookSettings)
    shops = DynamoShops(bind(SyncItem, settings.sync_table))
    secrets = Secrets(client("secretsmanager"), utc_now)
    credentials = AppCredentials(secrets, "", settings.shopify_client_secret_secret, utc_now)
    return ReceiveShopifyWebhookDeps(
        Receiving(
            secrets=credentials.accepted_secrets,
            shops=KnownShops(shops.owner_of, utc_now),
            inbox=WebhookInbox(client("sqs"), settings.webhook_queue_url, lambda: client("s3"), settings.upload_bucket),
            clock=utc_now,
        )
    )


def build_process_shopify_webhook() -> ProcessShopifyWebhookDeps:
    from skuflow.platform.consumer import DeadLetters, PutBack
    from skuflow.platform.table import bind
    from skuflow.sync.bucket import ImportBucket
    from skuflow.sync.shops.orders import DynamoOrders
    from skuflow.sync.shops.privacy_requests import DynamoPrivacyRequests
    from skuflow.sync.shops.store import DynamoShops
    from skuflow.sync.shops.uninstall import uninstall
    from skuflow.sync.store import SyncItem
    from skuflow.sync.webhooks.hand_over import HandingOver
    from skuflow.sync.webhooks.intake import DynamoIntakes
    from skuflow.sync.webhooks.process_webhooks import Processing, WhenAsked
    from skuflow.sync.webhooks.read_webhook import Reading

    settings = from_env(ProcessShopifyWebhookSettings)
    table = bind(SyncItem, settings.sync_table)
    shops, bucket = DynamoShops(table), ImportBucket(client("s3"), settings.upload_bucket)
    reading = Reading(
        shops=shops,
        orders=DynamoOrders(table),
        privacy=DynamoPrivacyRequests(table),
        bodies=bucket,
        admin=WhenAsked(cache(lambda: shopify_admin(settings, table))),
        uninstall=partial(uninstall, shops=shops, clock=utc_now),
        operation_finished=partial(_operation_finished, settings, table),
        clock=utc_now,
    )
    return ProcessShopifyWebhookDeps(
        processing=Processing(reading, HandingOver(bucket, DynamoIntakes(table), shops, utc_now)),
        dead_letters=DeadLetters(sqs_client, settings.dead_letter_queue_url),
        put_back=PutBack(sqs_client, settings.inbox_queue_url, utc_now),
    )


def _operation_finished(
    settings: ProcessShopifyWebhookSettings, table: type[SyncItem], client_id: ClientId, shop: str, operation_id: str
) -> None:
    """Once a night and shop: what it takes is loaded then."""
    from skuflow.sync.runs.finish import operation_finished
    from skuflow.sync.runs.store import DynamoRuns
    from skuflow.sync.runs.work import ShopWork
    from skuflow.sync.shops.store import DynamoShops

    work = ShopWork(sqs_client, settings.shop_queue_url)
    shops, runs = DynamoShops(table), DynamoRuns(table)
    operation_finished(client_id, shop, operation_id, shops=shops, runs=runs, work=work, clock=utc_now)
