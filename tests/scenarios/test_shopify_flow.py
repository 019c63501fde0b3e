"""A shop's life with us: connected, read whole, followed by webhooks, healed where one was missed, uninstalled."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.http import http_event
from tests.scenarios.provider import provided
from tests.scenarios.pump import Pump
from tests.scenarios.seller import Seller
from tests.scenarios.shopify_admin import ShopifyAdmin
from tests.scenarios.shopify_shop import DOMAIN, Article, Goods, ShopifyShop, Webhook, moved
from tests.scenarios.stage import PUBLIC_URL, Stage, staged
from tests.scenarios.stage_time import StageTime
from tests.scenarios.wires import QUEUES

DOOR = "sync/connect_shop"
SCOPES = ("catalog:read", "catalog:write", "shops:read", "shops:write")


@dataclass(slots=True)
class Life:
    stage: Stage
    seller: Seller
    shop: ShopifyShop
    admin: ShopifyAdmin
    pump: Pump

    def connects(self) -> None:
        """As a browser goes: our link, Shopify's page, and back."""
        link = self.seller.call(DOOR, "GET", "/v1/shopify/install", query={"shop": DOMAIN})
        ticket = urlsplit(link.headers["location"]).query
        sent_off = self.stage.call(DOOR, "GET", "/v1/shopify/authorize", query=ticket, client_id=None)
        assert sent_off.status == 302, sent_off.body
        cookie = sent_off.cookies[0].partition(";")[0]
        query = self.admin.agrees(sent_off.headers["location"])
        answer = self.stage.call(DOOR, "GET", "/v1/shopify/callback", query=query, cookies=[cookie], client_id=None)
        assert answer.status == 200, answer.body

    def passes(self, hours: float) -> None:
        """Time, with the schedule going off every minute or so."""
        until = self.stage.time.monotonic() + hours * 3600
        while self.stage.time.monotonic() < until:
            self.stage.invoke("sync/run_due_shops", {})
            self.pump.run()
            self.stage.time.advance(1800 if hours > 1 else 60)

    def tells(self, webhook: Webhook) -> None:
        event = http_event("POST", "/v1/shopify/webhooks", client_id=None, body="", headers=webhook.headers())
        body = {"body": base64.b64encode(webhook.body).decode(), "isBase64Encoded": True}
        answer = self.stage.invoke("sync/receive_shopify_webhook", {**event, **body})
        assert answer["statusCode"] == 200
        self.stage.time.advance(1)
        self.pump.run()

    def changes(self, article: Article, **changes: Any) -> Webhook:
        self.stage.time.advance(10)
        return self.shop.has(moved(article, self.stage.time(), **changes))

    def prices(self) -> dict[str, list[int]]:
        items = self.seller.call("catalog/api", "GET", "/v1/products").body["items"]
        return {one["title"]: [v["price"]["amount_minor"] for v in one["variants"]] for one in items}

    def told(self, name: str) -> list[dict[str, Any]]:
        found = {event["id"]: event["detail"]["data"] for event in self.stage.told if event["detail-type"] == name}
        return list(found.values())


@pytest.fixture
def life() -> Iterator[Life]:
    time = StageTime(standing=datetime(2026, 11, 2, 15, tzinfo=UTC))
    shop = ShopifyShop(time)
    admin = ShopifyAdmin(shop)
    with staged(time) as stage, provided(admin, time):
        seller = Seller.joins(stage, "Harbour & Field", scopes=SCOPES)
        for number, title in enumerate(("Shirt", "Hat", "Scarf")):
            goods = (Goods(shop.new_number(), 1000 + number, 3), Goods(shop.new_number(), 2000 + number, 0))
            shop.has(Article(shop.new_number(), title, time(), goods))
        time.advance(3600)
        yield Life(stage, seller, shop, admin, Pump(stage))


def test_a_shop_is_connected_read_followed_healed_and_uninstalled(life: Life) -> None:
    life.connects()
    life.passes(hours=0.1)
    assert life.prices() == {"Shirt": [1000, 2000], "Hat": [1001, 2001], "Scarf": [1002, 2002]}
    (first,) = life.told("ShopSyncCompleted")
    assert (first["kind"], first["products"], first["variants"], first["created"]) == ("first", 3, 6, 3)
    assert set(life.admin.topics.values()) == {f"{PUBLIC_URL}/v1/shopify/webhooks"}
    assert {"PRODUCTS_UPDATE", "INVENTORY_LEVELS_UPDATE", "APP_UNINSTALLED"} <= life.admin.topics.keys()

    shirt, hat, scarf = life.shop.articles.values()
    life.tells(life.changes(shirt, goods=(replace(shirt.goods[0], price=900), shirt.goods[1])))
    assert life.prices()["Shirt"] == [900, 2000]
    assert [(one["new_price"]["amount_minor"], one["drop_percent"]) for one in life.told("PriceDropped")] == [
        (900, "10.00")
    ]

    life.changes(hat, title="Cap", goods=(replace(hat.goods[0], price=700),))
    life.shop.deletes(scarf.number)
    life.pump.run()
    assert life.prices() == {"Shirt": [900, 2000], "Hat": [1001, 2001], "Scarf": [1002, 2002]}
    life.passes(hours=24)
    assert life.prices() == {"Shirt": [900, 2000], "Cap": [700]}
    second = life.told("ShopSyncCompleted")[1]
    assert (second["kind"], second["updated"], second["unchanged"], second["removed"]) == ("reconciliation", 1, 1, 1)

    life.tells(life.shop.sends("app/uninstalled", {"id": 1, "domain": DOMAIN}))
    assert [one["reason"] for one in life.told("ShopDisconnected")] == ["uninstalled"]
    life.tells(life.changes(shirt, title="Too late"))
    assert life.prices() == {"Shirt": [900, 2000], "Cap": [700]}
    assert not any(life.stage.dead_letters(door) for door in QUEUES)
    assert not life.stage.take("rejects")
