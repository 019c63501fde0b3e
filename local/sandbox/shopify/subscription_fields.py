"""Webhook subscriptions in the GraphQL schema: who is told what, read and changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from local.sandbox.shopify.connections import Connection, View
from local.sandbox.shopify.model import Subscription
from local.sandbox.shopify.oauth import LOOPBACK
from local.sandbox.shopify.shop import Shop, by_gid, gid
from local.sandbox.shopify.world import API_VERSION, World

TOPICS = (
    "app/uninstalled", "bulk_operations/finish", "inventory_items/create", "inventory_items/delete", "inventory_items/update",
    "inventory_levels/connect", "inventory_levels/disconnect", "inventory_levels/update", "orders/cancelled", "orders/create",
    "orders/paid", "orders/updated", "products/create", "products/delete", "products/update", "shop/update",
)  # fmt: skip
"""As deliveries name them; the schema has them in capitals, with an underscore for the slash."""


@dataclass
class SubscriptionFields:
    world: World
    shop: Shop

    def query(self) -> dict[str, Any]:
        return {"webhookSubscriptions": Connection(self._subscriptions, self.view, lambda each, _key: (each.id,))}

    def mutation(self) -> dict[str, Any]:
        return {
            "webhookSubscriptionCreate": self._subscribe,
            "webhookSubscriptionUpdate": self._resubscribe,
            "webhookSubscriptionDelete": self._unsubscribe,
        }

    def _subscriptions(self, given: Any) -> list[Subscription]:
        topics, uri = given.get("topics"), given.get("uri")
        return [
            each
            for each in self.shop.state.subscriptions
            if (not topics or topic_enum(each.topic) in topics) and (not uri or each.uri == uri)
        ]

    def view(self, each: Subscription) -> View:
        return {
            "__typename": "WebhookSubscription",
            "id": gid("WebhookSubscription", each.id),
            "legacyResourceId": str(each.id),
            "topic": topic_enum(each.topic),
            "uri": each.uri,
            "format": "JSON",
            "includeFields": each.include_fields,
            "filter": each.filter,
            "metafieldNamespaces": [],
            "apiVersion": {"displayName": API_VERSION, "handle": API_VERSION, "supported": True},
            "createdAt": each.created_at,
            "updatedAt": each.updated_at,
        }

    def _subscribe(self, _info: Any, **given: Any) -> View:
        wanted, topic = given["webhookSubscription"], topic_name(given["topic"])
        if said := self._uri_refused(topic, wanted.get("uri")):
            return {"webhookSubscription": None, "userErrors": said}
        now = self.world.clock.instant()
        made = Subscription(self.shop.new_id(), topic, wanted["uri"], now, now)
        _apply(made, wanted)
        self.shop.state.subscriptions.append(made)
        return {"webhookSubscription": self.view(made), "userErrors": []}

    def _resubscribe(self, _info: Any, **given: Any) -> View:
        found = by_gid(self.shop.state.subscriptions, given["id"])
        if found is None:
            return {
                "webhookSubscription": None,
                "userErrors": [_user_error(["id"], "Webhook subscription does not exist")],
            }
        wanted = given["webhookSubscription"]
        if wanted.get("uri") not in (None, found.uri) and (said := self._uri_refused(found.topic, wanted["uri"])):
            return {"webhookSubscription": None, "userErrors": said}
        _apply(found, wanted)
        found.updated_at = self.world.clock.instant()
        return {"webhookSubscription": self.view(found), "userErrors": []}

    def _unsubscribe(self, _info: Any, **given: Any) -> View:
        found = by_gid(self.shop.state.subscriptions, given["id"])
        if found is None:
            said = [_user_error(["id"], "Webhook subscription does not exist")]
            return {"deletedWebhookSubscriptionId": None, "userErrors": said}
        self.shop.state.subscriptions.remove(found)
        return {"deletedWebhookSubscriptionId": given["id"], "userErrors": []}

    def _uri_refused(self, topic: str, uri: str | None) -> list[View]:
        """Shopify wants https; the sandbox is on loopback, and delivers to nowhere else but the platform."""
        where = ["webhookSubscription", "uri"]
        target, platform = urlsplit(uri or ""), urlsplit(self.world.state.app.platform)
        if target.scheme not in ("http", "https") or not target.hostname:
            return [_user_error(where, "Address is invalid")]
        if target.hostname not in LOOPBACK and target[:2] != platform[:2]:
            return [_user_error(where, "Address is not on this machine: the sandbox delivers to loopback only")]
        if any(each.topic == topic and each.uri == uri for each in self.shop.state.subscriptions):
            return [_user_error(where, "Address for this topic has already been taken")]
        return []


def topic_enum(topic: str) -> str:
    return topic.upper().replace("/", "_")


def topic_name(enum: str) -> str:
    return next(topic for topic in TOPICS if topic_enum(topic) == enum)


def _apply(subscription: Subscription, wanted: Any) -> None:
    subscription.uri = wanted.get("uri") or subscription.uri
    subscription.include_fields = list(wanted.get("includeFields") or subscription.include_fields)
    subscription.filter = wanted.get("filter", subscription.filter)


def _user_error(field: list[str], message: str) -> View:
    return {"field": field, "message": message}
