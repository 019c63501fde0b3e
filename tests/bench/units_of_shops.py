"""What a connected shop asks of AWS: its connection, its products by bulk operation, its webhooks, its nightly reconciliation."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import httpx

from local.costs.ledger import Function, Unit
from tests.bench.bulk_result import lines_of
from tests.bench.units_of_work import BEGIN, Measuring, measuring
from tests.http import http_event
from tests.scenarios.provider import provided
from tests.scenarios.shopify_admin import ShopifyAdmin
from tests.scenarios.shopify_shop import DOMAIN, Article, Goods, ShopifyShop, Webhook, moved
from tests.scenarios.stage import queue_name
from tests.scenarios.stage_time import StageTime

PRODUCTS, VARIANTS = 40, 4
DOOR, CLOCK = "sync/connect_shop", "sync/run_due_shops"
SCOPES = ("catalog:read", "catalog:write", "shops:read", "shops:write")
_DAY = 86_400
_STEP = 1800


@dataclass(slots=True)
class FullAdmin(ShopifyAdmin):
    """A shop whose products are as large as real ones."""

    def _lines(self) -> Iterator[dict[str, Any]]:
        for number in range(PRODUCTS):
            yield from lines_of(number, VARIANTS, random.Random(number))


@dataclass(slots=True)
class ShopWork:
    work: Measuring
    shop: ShopifyShop
    admin: ShopifyAdmin

    def connects(self) -> None:
        """As a browser goes: our link, Shopify's page, and back."""
        ask = self.work.recorder.ask
        link = self.work.ask(DOOR, "GET", "/v1/shopify/install", query={"shop": DOMAIN})
        event = http_event("GET", "/v1/shopify/authorize", client_id=None, query=urlsplit(link["url"]).query)
        sent_off = self.work.recorder.invoke(DOOR, event)
        cookie = sent_off["cookies"][0].partition(";")[0]
        query = self.admin.agrees(sent_off["headers"]["Location"])
        ask(DOOR, "GET", "/v1/shopify/callback", client_id=None, query=query, cookies=[cookie])
        self.work.recorder.use(DOOR).counts["gateway_requests"] += 1  # the one in the middle
        self.work.stage.take(
            queue_name("sync/sync_shop")
        )  # the first reading is a unit of its own: the schedule begins it

    def lives(self, seconds: float, step: float) -> None:
        """Time passes, the schedule going off at each step. Steps at which no shop is due are no part of what is measured: they are
        counted by the minute."""
        recorder = self.work.recorder
        for _ in range(int(seconds // step)):
            with recorder.apart() as minute:
                recorder.invoke(CLOCK, {})
            if due := minute[CLOCK].counts["queue_requests"]:
                recorder.use(CLOCK).counts["queue_requests"] += due
            self.work.pump()
            self.work.passes(step)

    def tells(self, webhook: Webhook) -> None:
        told = http_event("POST", "/v1/shopify/webhooks", client_id=None, body="", headers=webhook.headers())
        body = {"body": base64.b64encode(webhook.body).decode(), "isBase64Encoded": True}
        door = "sync/receive_shopify_webhook"
        answer = self.work.recorder.invoke(door, {**told, **body})
        if answer["statusCode"] != 200:
            raise RuntimeError(f"the webhook was answered with {answer}")
        self.work.recorder.use(door).counts["gateway_requests"] += 1
        self.work.passes(1)
        self.work.pump()


def shop_units(functions: Mapping[str, Function]) -> tuple[dict[str, Unit], set[tuple[str, str]]]:
    """The units by name, and the metrics of our own that were written."""
    with _shop(functions) as shop:
        work = shop.work
        with work.unit("shop_connected", "A shop is connected: OAuth, facts, webhooks"):
            shop.connects()
        with work.unit(
            "bulk_product_created",
            f"A product of {VARIANTS} variants comes in by bulk operation; by a shop of {PRODUCTS}",
            per=PRODUCTS,
        ):
            shop.lives(600, 60)
        _webhooks(shop)
        with work.unit(
            "bulk_product_unchanged",
            f"A product is found unchanged by the nightly reconciliation; by a shop of {PRODUCTS}",
            per=PRODUCTS,
        ):
            shop.lives(_DAY, _STEP)
        return work.units, set(work.recorder.metrics)


def _webhooks(shop: ShopWork) -> None:
    work, time = shop.work, shop.work.stage.time
    goods = tuple(Goods(shop.shop.new_number(), 1000 + place, 3) for place in range(VARIANTS))
    article = Article(shop.shop.new_number(), "Arc desk lamp", time(), goods)
    shop.tells(shop.shop.has(article))
    work.passes(60)
    cheaper = moved(article, time(), goods=(replace(goods[0], price=900), *goods[1:]))
    with work.unit("webhook_changed", "A product webhook arrives and changes a price"):
        shop.tells(shop.shop.has(cheaper))
    work.passes(60)
    with work.unit("webhook_unchanged", "A product webhook arrives and changes nothing"):
        shop.tells(shop.shop.has(moved(cheaper, time())))
    sold = moved(cheaper, time(), goods=(replace(cheaper.goods[0], units=2), *goods[1:]))
    shop.shop.articles[sold.number] = sold
    shop.tells(shop.shop.signals(sold, sold.goods[1]))
    work.passes(60)
    fewer = moved(sold, time(), goods=(replace(sold.goods[0], units=1), *goods[1:]))
    shop.shop.articles[fewer.number] = fewer
    with work.unit("webhook_stock", "A stock webhook arrives; the shop is asked for its total"):
        shop.tells(shop.shop.signals(fewer, fewer.goods[0]))


@contextmanager
def _shop(functions: Mapping[str, Function]) -> Iterator[ShopWork]:
    time = StageTime(standing=BEGIN)
    shop = ShopifyShop(time)
    admin = FullAdmin(shop)
    with measuring(functions, "Harbour & Field", SCOPES, time) as work:

        def wire(request: httpx.Request) -> httpx.Response:
            work.recorder.outbound()
            return admin(request)

        with provided(wire, time):
            yield ShopWork(work, shop, admin)
