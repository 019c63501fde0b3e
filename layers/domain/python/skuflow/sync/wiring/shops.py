"""The dependencies of what connects shops, and disconnects them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from skuflow.platform.clock import utc_now
from skuflow.platform.settings import from_env
from skuflow.sync.deps import ConnectShopDeps
from skuflow.sync.settings import ConnectShopSettings
from skuflow.sync.wiring.outbound import app_credentials, shop_tokens, shopify_admin, shopify_outbound

if TYPE_CHECKING:
    from collections.abc import Callable

    from skuflow.kernel.tenancy import ClientId
    from skuflow.sync.store import SyncItem


def build_connect_shop() -> ConnectShopDeps:
    from secrets import token_hex

    from skuflow.platform.aws import sqs_client
    from skuflow.platform.table import bind
    from skuflow.sync.runs.work import ShopWork
    from skuflow.sync.shops.complete_installation import Completing
    from skuflow.sync.shops.installations import Installations
    from skuflow.sync.shops.store import DynamoShops
    from skuflow.sync.store import SyncItem

    settings = from_env(ConnectShopSettings)
    table = bind(SyncItem, settings.sync_table)
    credentials = app_credentials(settings)
    outbound = shopify_outbound(settings)
    tokens = shop_tokens(settings, table, outbound, credentials)
    return ConnectShopDeps(
        completing=Completing(
            installations=Installations(table),
            shops=DynamoShops(table),
            endpoint=tokens.endpoint,
            secrets=credentials,
            seal=tokens.seal,
            clock=utc_now,
            ask=ShopWork(sqs_client, settings.shop_queue_url).put,
        ),
        app_id=credentials.client_id,
        base_of=tokens.endpoint.base_of,
        uninstall_app=_uninstaller(settings, table),
        new_secret=lambda: token_hex(32),
        public_url=settings.public_url.rstrip("/"),
    )


def _uninstaller(settings: ConnectShopSettings, table: type[SyncItem]) -> Callable[[ClientId, str], None]:
    """Has Shopify uninstall our app in a shop. What that takes is made when somebody leaves, which few do."""

    admin = cache(lambda: shopify_admin(settings, table))

    def uninstall_app(client_id: ClientId, shop: str) -> None:
        from skuflow.sync.shopify.queries import APP_UNINSTALL
        from skuflow.sync.shopify.refusals import checked

        checked(admin().query(client_id, shop, APP_UNINSTALL), "appUninstall")

    return uninstall_app
