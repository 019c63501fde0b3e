"""Setting a shop up: reading what it is, and making sure that it tells us what happens.

Done before every run, not once: Shopify removes a subscription after eight deliveries in a row that failed. The compliance topics
are part of the app's own configuration at Shopify and cannot be subscribed to per shop.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from skuflow.kernel.clock import Clock
from skuflow.kernel.currency import minor_digits
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import logger
from skuflow.sync.shopify.admin import Questions, next_page, understanding
from skuflow.sync.shopify.queries import SHOP_FACTS, WEBHOOK_CREATE, WEBHOOK_UPDATE, WEBHOOKS
from skuflow.sync.shopify.refusals import ShopifyRefused, checked
from skuflow.sync.shopify.topics import APP_UNINSTALLED, OF_CONNECTED_SHOPS
from skuflow.sync.shops.model import Shop, Trouble
from skuflow.sync.shops.store import ShopStore, change_shop

TOPICS = tuple(sorted(OF_CONNECTED_SHOPS | {APP_UNINSTALLED}))
"""What every shop has to tell us."""

MAX_PAGES = 20

NO_SHOP_LEFT = frozenset({"shop_frozen", "shop_gone", "shop_locked", "token_refused"})
"""Refusals that are about the shop, not about one topic of it."""

_UNTOLD = (
    "what happens there is seen by the nightly reading instead; to hear of it at once, let Shopify reach the API by https, and ask "
    "it for access to protected customer data where orders are concerned"
)


@dataclass(frozen=True, slots=True)
class _Subscription:
    subscription_id: str
    topic: str
    uri: str


def webhooks_url(public_url: str) -> str:
    """Where shops send their webhooks."""
    return f"{public_url.rstrip('/')}/v1/shopify/webhooks"


def set_up_shop(
    client_id: ClientId, shop: str, *, admin: Questions, shops: ShopStore, callback: str, clock: Clock
) -> Shop:
    """The shop with its facts as they are now, subscribed to TOPICS. A topic that Shopify will not tell us of is a trouble of the
    shop's, not the end: its catalogue can be read all the same. Safe to repeat. Raises as `ShopifyAdmin.query` does, and Invalid
    if its currency is none that we know."""
    data = admin.query(client_id, shop, SHOP_FACTS)
    with understanding(SHOP_FACTS):
        facts = data["shop"]
        name, currency, time_zone = (str(facts[key]) for key in ("name", "currencyCode", "ianaTimezone"))
    minor_digits(currency)
    refused = _subscribe(client_id, shop, admin, callback)
    now = clock()
    if refused:
        shops.add_trouble(client_id, shop, _untold(refused, now))

    def with_facts(item: Shop) -> Shop:
        known = replace(item, name=name, currency=currency, time_zone=time_zone)
        return item if known == item and item.set_up_at is not None else replace(known, set_up_at=now, updated_at=now)

    return change_shop(client_id, shop, with_facts, shops=shops)


def _subscribe(client_id: ClientId, shop: str, admin: Questions, url: str) -> dict[str, str]:
    """Have every topic sent to `url`: what is missing is made, what goes elsewhere is turned here. Topic -> Shopify's words, of
    those that it refused."""
    there = list(_subscriptions(client_id, shop, admin))
    refused: dict[str, str] = {}
    for topic in TOPICS:
        name = _name(topic)
        same = [one for one in there if one.topic == name]
        if any(one.uri == url for one in same):
            continue
        logger().info("subscribing", extra={"topic": topic, "moved": bool(same)})
        try:
            _turn(client_id, shop, admin, same=same, name=name, url=url)
        except ShopifyRefused as error:
            if error.code in NO_SHOP_LEFT:
                raise
            refused[topic] = error.detail
    if not refused:
        return refused
    now_there = {(one.topic, one.uri) for one in _subscriptions(client_id, shop, admin)}
    return {
        topic: why for topic, why in refused.items() if (_name(topic), url) not in now_there
    }  # else a twin was faster


def _turn(client_id: ClientId, shop: str, admin: Questions, *, same: list[_Subscription], name: str, url: str) -> None:
    if same:
        variables = {"id": same[0].subscription_id, "uri": url}
        checked(admin.query(client_id, shop, WEBHOOK_UPDATE, variables), "webhookSubscriptionUpdate")
    else:
        variables = {"topic": name, "uri": url}
        checked(admin.query(client_id, shop, WEBHOOK_CREATE, variables), "webhookSubscriptionCreate")


def _name(topic: str) -> str:
    """The topic in GraphQL's words."""
    return topic.upper().replace("/", "_")


def _untold(refused: Mapping[str, str], now: datetime) -> Trouble:
    words = "; ".join(dict.fromkeys(refused.values()))
    return Trouble("webhooks_refused", f"the shop does not tell us of {', '.join(refused)}: {words}", _UNTOLD, now)


def _subscriptions(client_id: ClientId, shop: str, admin: Questions) -> Iterator[_Subscription]:
    """All subscriptions that our app has at the shop."""
    after: str | None = None
    for _ in range(MAX_PAGES):
        data = admin.query(client_id, shop, WEBHOOKS, {"after": after})
        with understanding(WEBHOOKS):
            page = data["webhookSubscriptions"]
            found = [
                _Subscription(str(node["id"]), str(node["topic"]), str(node["uri"] or "")) for node in page["nodes"]
            ]
            after = next_page(page["pageInfo"])
        yield from found
        if after is None:
            return
