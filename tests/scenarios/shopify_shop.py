"""A shop at Shopify: products that change, the webhooks that tell of it, and the API that answers for its stock, well or badly."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

import httpx

from tests.scenarios.stage import APP_SECRET

DOMAIN = "harbour.myshopify.com"
FIRST_ID = 2**60
"""Ids are beyond 2^53, where a float would round them."""


@dataclass(frozen=True, slots=True)
class Goods:
    """A variant. Prices are in cents; `compare_at` is above the price, or None."""

    number: int
    price: int
    units: int
    compare_at: int | None = None

    @property
    def item(self) -> int:
        """Its inventory item."""
        return self.number + 7


@dataclass(frozen=True, slots=True)
class Article:
    """A product as it is from `at` on."""

    number: int
    title: str
    at: datetime
    goods: tuple[Goods, ...]
    status: str = "active"


@dataclass(frozen=True, slots=True)
class Webhook:
    """What Shopify sends. `about` is the article as it was then: None for a deletion, a stock signal and what is malformed."""

    topic: str
    body: bytes
    webhook_id: str
    triggered_at: datetime
    number: int = 0
    about: Article | None = None

    def headers(self, secret: str = APP_SECRET) -> dict[str, str]:
        signature = base64.b64encode(hmac.new(secret.encode(), self.body, hashlib.sha256).digest()).decode()
        told = {
            "X-Shopify-Hmac-SHA256": signature,
            "X-Shopify-Topic": self.topic,
            "X-Shopify-Shop-Domain": DOMAIN,
            "X-Shopify-API-Version": "2026-10",
            "X-Shopify-Webhook-Id": self.webhook_id,
            "X-Shopify-Triggered-At": self.triggered_at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        }
        return {name: value for name, value in told.items() if value}


@dataclass(slots=True)
class ShopifyShop:
    """`articles` are those that there are now, by number. `trouble` is asked before each answer of the API: it raises what httpx
    raises, or gives another answer instead."""

    clock: Callable[[], datetime]
    articles: dict[int, Article] = field(default_factory=dict)
    trouble: Callable[[], httpx.Response | None] = lambda: None
    asked: int = 0
    _numbers: count[int] = field(default_factory=lambda: count(FIRST_ID, 16))
    _webhooks: count[int] = field(default_factory=count)

    def new_number(self) -> int:
        return next(self._numbers)

    def has(self, article: Article) -> Webhook:
        """The article is as given from now on."""
        topic = "products/update" if article.number in self.articles else "products/create"
        self.articles[article.number] = article
        return self.sends(topic, _product(article), article.number, article)

    def deletes(self, number: int) -> Webhook:
        del self.articles[number]
        return self.sends("products/delete", {"id": number}, number)

    def signals(self, article: Article, goods: Goods) -> Webhook:
        """That something changed about the stock of these goods, at one of two places."""
        level = f"gid://shopify/InventoryLevel/5?inventory_item_id={goods.item}"
        told = {"inventory_item_id": goods.item, "location_id": 5, "available": 1, "admin_graphql_api_id": level}
        return self.sends("inventory_levels/update", told, article.number)

    def sends(self, topic: str, payload: Any, number: int = 0, about: Article | None = None) -> Webhook:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        name = f"wh-{next(self._webhooks):06d}"
        return Webhook(topic, body, name, self.clock(), number, about)

    def answers(self, request: httpx.Request) -> httpx.Response:
        """The Admin API, as far as stock is asked for."""
        self.asked += 1
        trouble = self.trouble()
        if trouble is not None:
            return trouble
        assert request.url.host == DOMAIN
        assert request.headers["x-shopify-access-token"] == "shpat_harbour"
        ids = json.loads(request.content)["variables"]["ids"]
        items = {goods.item: (article, goods) for article in self.articles.values() for goods in article.goods}
        found = [items.get(int(gid.rpartition("/")[2])) for gid in ids]
        return graphql({"nodes": [_stock(*one) if one else None for one in found]})


def graphql(data: Any, **more: Any) -> httpx.Response:
    level = {"maximumAvailable": 2000.0, "currentlyAvailable": 1990, "restoreRate": 100.0}
    cost = {"requestedQueryCost": 30, "actualQueryCost": 12, "throttleStatus": level}
    return httpx.Response(200, json={"data": data, "extensions": {"cost": cost}, **more})


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def _stock(article: Article, goods: Goods) -> dict[str, Any]:
    product = {"id": gid("Product", article.number)}
    variant = {"id": gid("ProductVariant", goods.number), "inventoryQuantity": goods.units, "product": product}
    return {"id": gid("InventoryItem", goods.item), "tracked": True, "variant": variant}


def _product(article: Article) -> dict[str, Any]:
    return {
        "id": article.number,
        "admin_graphql_api_id": gid("Product", article.number),
        "title": article.title,
        "body_html": f"<p>{article.title}</p>",
        "vendor": "Harbour",
        "product_type": "shirt",
        "handle": f"p-{article.number}",
        "tags": "a, b",
        "status": article.status,
        "updated_at": article.at.replace(microsecond=0).isoformat(),
        "options": [{"name": "Size", "position": 1}],
        "images": [],
        "variants": [_variant(goods, place) for place, goods in enumerate(article.goods, start=1)],
        "variant_gids": [{"admin_graphql_api_id": gid("ProductVariant", goods.number)} for goods in article.goods],
    }


def _variant(goods: Goods, place: int) -> dict[str, Any]:
    return {
        "id": goods.number,
        "admin_graphql_api_id": gid("ProductVariant", goods.number),
        "option1": f"size {goods.number}",
        "sku": f"SKU-{goods.number}",
        "price": _decimal(goods.price),
        "compare_at_price": _decimal(goods.compare_at) if goods.compare_at is not None else None,
        "barcode": "",
        "position": place,
        "image_id": None,
        "inventory_policy": "deny",
        "inventory_management": "shopify",
        "inventory_item_id": goods.item,
        "inventory_quantity": goods.units,
    }


def _decimal(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def moved(article: Article, at: datetime, **changes: Any) -> Article:
    """The article with these changes, from `at` on."""
    return replace(article, at=at, **changes)
