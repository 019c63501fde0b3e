"""The top of the GraphQL schema: each field of `QueryRoot` and `Mutation`, for one request in one shop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError

from local.sandbox.shopify.bulk import Bulk
from local.sandbox.shopify.bulk_fields import BulkFields
from local.sandbox.shopify.connections import Connection, View
from local.sandbox.shopify.editing import Editing
from local.sandbox.shopify.order_views import OrderViews, found_orders, order_order
from local.sandbox.shopify.scopes import NEEDED, is_granted
from local.sandbox.shopify.shop import Shop, by_id, gid, split_gid
from local.sandbox.shopify.subscription_fields import SubscriptionFields
from local.sandbox.shopify.views import Views, found_products, found_variants, product_order, variant_order
from local.sandbox.shopify.world import World

LARGEST_INPUT = 250


def catalogue(shop: Shop) -> dict[str, Any]:
    """The connections that can be read in bulk, by field name."""
    views, orders = Views(shop), OrderViews(shop)
    return {
        "products": Connection(lambda given: found_products(shop, given), views.product, product_order),
        "productVariants": Connection(lambda given: found_variants(shop, given), views.variant, variant_order),
        "inventoryItems": Connection(
            lambda _given: shop.variants(), views.inventory_item, lambda pair, _key: (pair[1].item_id,)
        ),
        "orders": Connection(lambda given: found_orders(shop, given), orders.order, order_order),
    }


@dataclass
class Roots:
    """`client_scopes` are those that the token was granted."""

    world: World
    shop: Shop
    bulk: Bulk
    editing: Editing
    client_scopes: list[str]

    @property
    def _subscriptions(self) -> SubscriptionFields:
        return SubscriptionFields(self.world, self.shop)

    @property
    def _operations(self) -> BulkFields:
        return BulkFields(self.world, self.shop, self.bulk)

    def query(self) -> dict[str, Any]:
        fields: dict[str, Any] = {
            **catalogue(self.shop),
            **self._subscriptions.query(),
            **self._operations.query(),
            "shop": self._shop,
            "currentAppInstallation": self._installation,
            "node": lambda _info, **given: self._node(given["id"]),
            "nodes": self._nodes,
            "product": lambda _info, **given: self._node(given["id"], "Product"),
            "productVariant": lambda _info, **given: self._node(given["id"], "ProductVariant"),
            "inventoryItem": lambda _info, **given: self._node(given["id"], "InventoryItem"),
            "order": lambda _info, **given: self._node(given["id"], "Order"),
            "productsCount": lambda _info, **given: {
                "count": len(found_products(self.shop, given)),
                "precision": "EXACT",
            },
            "webhookSubscription": lambda _info, **given: self._node(given["id"], "WebhookSubscription"),
            "bulkOperation": lambda _info, **given: self._node(given["id"], "BulkOperation"),
        }
        return {name: self._guarded(name, value) for name, value in fields.items()}

    def mutation(self) -> dict[str, Any]:
        return {
            "appUninstall": self._uninstall,
            **self._operations.mutation(),
            **self._subscriptions.mutation(),
        }

    def _guarded(self, name: str, field: Any) -> Any:
        """`field`, or what Shopify says to those who were not granted the scope for it."""
        if is_granted(name, self.client_scopes):
            return field
        scope = NEEDED[name]

        def denied(_info: Any, **_given: Any) -> Any:
            raise GraphQLError(
                f"Access denied for {name} field. Required access: `{scope}` access scope.",
                extensions={
                    "code": "ACCESS_DENIED",
                    "documentation": "https://shopify.dev/api/usage/access-scopes",
                    "requiredAccess": f"`{scope}` access scope.",
                },
            )

        return denied

    def _shop(self, _info: Any) -> View:
        state = self.shop.state
        return {
            "__typename": "Shop",
            "id": gid("Shop", state.id),
            "name": state.name,
            "email": state.email,
            "myshopifyDomain": state.domain,
            "currencyCode": state.currency,
            "ianaTimezone": state.time_zone,
            "url": f"https://{state.domain}",
            "createdAt": "2024-05-02T13:00:00Z",
            "plan": {
                "publicDisplayName": state.plan,
                "displayName": state.plan,
                "partnerDevelopment": False,
                "shopifyPlus": False,
            },
        }

    def _installation(self, _info: Any) -> View:
        return {
            "id": gid("AppInstallation", self.shop.state.id),
            "app": self._app(),
            "accessScopes": [{"handle": scope, "description": scope} for scope in self.client_scopes],
        }

    def _app(self) -> View:
        return {
            "__typename": "App",
            "id": gid("App", 580111),
            "title": "Skuflow",
            "handle": "skuflow",
            "apiKey": "sandbox",
        }

    def _nodes(self, _info: Any, **given: Any) -> list[View | None]:
        if len(given["ids"]) > LARGEST_INPUT:
            raise GraphQLError(
                f"The input array size of {len(given['ids'])} is greater than the maximum allowed of {LARGEST_INPUT}.",
                extensions={"code": "MAX_INPUT_SIZE_EXCEEDED"},
            )
        return [self._node(each) for each in given["ids"]]

    def _node(self, text: str, kind: str = "") -> View | None:
        split = split_gid(text)
        if split is None or (kind and split[0] != kind):
            raise GraphQLError(f"Invalid global id '{text}'", extensions={"code": "argumentLiteralsIncompatible"})
        find = self._finders().get(split[0])
        return find(split[1]) if find else None

    def _finders(self) -> dict[str, Callable[[int], View | None]]:
        shop, views = self.shop, Views(self.shop)
        finders: dict[str, tuple[Callable[[int], Any], Callable[[Any], View]]] = {
            "Product": (shop.product, views.product),
            "ProductVariant": (shop.variant, views.variant),
            "InventoryItem": (shop.inventory_item, views.inventory_item),
            "Order": (shop.state.orders.get, OrderViews(shop).order),
            "WebhookSubscription": (lambda number: by_id(shop.state.subscriptions, number), self._subscriptions.view),
            "BulkOperation": (lambda number: by_id(shop.state.operations, number), self._operations.view),
        }
        return {kind: _found(find, view) for kind, (find, view) in finders.items()}

    def _uninstall(self, _info: Any) -> View:
        self.editing.uninstall(self.shop)
        return {"app": self._app(), "userErrors": []}


def _found(find: Callable[[int], Any], view: Callable[[Any], View]) -> Callable[[int], View | None]:
    def finder(number: int) -> View | None:
        thing = find(number)
        return None if thing is None else view(thing)

    return finder
