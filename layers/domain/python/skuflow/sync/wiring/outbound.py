"""The way to Shopify, shared by whatever calls it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from skuflow.platform.aws import client
from skuflow.platform.clock import utc_now

if TYPE_CHECKING:
    from skuflow.platform.outbound.calls import Outbound
    from skuflow.platform.outbound.state import OutboundItem
    from skuflow.sync.shopify.admin import ShopifyAdmin
    from skuflow.sync.shops.secrets import AppCredentials
    from skuflow.sync.shops.tokens import Tokens
    from skuflow.sync.store import SyncItem

FILES = "shopify_files"
"""Where bulk results lie is another service than the shops: it has a circuit of its own."""


class KnowsOutbound(Protocol):
    """The settings that looking at circuits takes."""

    @property
    def outbound_table(self) -> str: ...


class ReachesShopify(KnowsOutbound, Protocol):
    """The settings that calling Shopify takes."""

    @property
    def shopify_client_id_secret(self) -> str: ...
    @property
    def shopify_client_secret_secret(self) -> str: ...
    @property
    def token_key(self) -> str: ...
    @property
    def provider_sandbox_url(self) -> str: ...
    @property
    def outbound_allow_loopback(self) -> bool: ...


def outbound_table(settings: KnowsOutbound) -> type[OutboundItem]:
    """The table of circuits and rates."""
    from skuflow.platform.outbound.state import OutboundItem
    from skuflow.platform.table import bind

    return bind(OutboundItem, settings.outbound_table)


def outbound_to(name: str, settings: ReachesShopify, table: type[OutboundItem]) -> Outbound:
    """The way to the outside service `name`."""
    from skuflow.platform.outbound.addresses import AddressGuard, loopback_allowed
    from skuflow.platform.outbound.circuits import DynamoCircuits
    from skuflow.platform.outbound.http import HttpOutbound
    from skuflow.platform.outbound.known import service

    guard = AddressGuard(allow_loopback=loopback_allowed(settings.outbound_allow_loopback))
    return HttpOutbound(service(name), DynamoCircuits(table, utc_now), guard)


def shopify_outbound(settings: ReachesShopify) -> Outbound:
    """The way to the shops."""
    return outbound_to("shopify", settings, outbound_table(settings))


def files_outbound(settings: ReachesShopify) -> Outbound:
    """The way to the files that Shopify leaves for us."""
    return outbound_to(FILES, settings, outbound_table(settings))


def app_credentials(settings: ReachesShopify) -> AppCredentials:
    """Who we are at Shopify."""
    from skuflow.platform.secrets import Secrets
    from skuflow.sync.shops.secrets import AppCredentials

    secrets = Secrets(client("secretsmanager"), utc_now)
    return AppCredentials(secrets, settings.shopify_client_id_secret, settings.shopify_client_secret_secret, utc_now)


def address_of(settings: ReachesShopify, credentials: AppCredentials) -> Callable[[str], str]:
    """Below which address a shop is administered; asks for our app's id when it is first needed."""
    from skuflow.sync.shopify.address import admin_base

    return lambda shop: admin_base(shop, credentials.client_id(), settings.provider_sandbox_url)


def shop_tokens(
    settings: ReachesShopify, table: type[SyncItem], outbound: Outbound, credentials: AppCredentials
) -> Tokens:
    """The tokens of all shops."""
    from skuflow.sync.shopify.token_endpoint import TokenEndpoint
    from skuflow.sync.shops.seal import KmsSeal
    from skuflow.sync.shops.store import DynamoShops
    from skuflow.sync.shops.token_store import DynamoTokens
    from skuflow.sync.shops.tokens import Tokens

    return Tokens(
        store=DynamoTokens(table),
        shops=DynamoShops(table),
        seal=KmsSeal(lambda: client("kms"), settings.token_key),
        endpoint=TokenEndpoint(outbound, credentials, address_of(settings, credentials)),
        clock=utc_now,
        pause=time.sleep,
    )


def shopify_admin(settings: ReachesShopify, table: type[SyncItem]) -> ShopifyAdmin:
    """Questions to the shops in `table`."""
    from skuflow.platform.outbound.rates import CostBucket
    from skuflow.sync.shopify.admin import ShopifyAdmin

    shared = outbound_table(settings)
    outbound = outbound_to("shopify", settings, shared)
    credentials = app_credentials(settings)
    return ShopifyAdmin(
        outbound=outbound,
        tokens=shop_tokens(settings, table, outbound, credentials),
        costs=CostBucket(shared, "shopify", utc_now),
        base_of=address_of(settings, credentials),
        clock=utc_now,
        sleep=time.sleep,
    )
