"""The rest of a shop at Shopify, as an app meets it: the OAuth pages, facts, subscriptions, bulk operations and their files."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx

from tests.scenarios.shopify_shop import DOMAIN, Article, Goods, ShopifyShop, gid, graphql
from tests.scenarios.stage import APP_ID, APP_SECRET

FILES = "storage.example.com"
_NAMED = re.compile(r"(?:query|mutation) (\w+)")


@dataclass(slots=True)
class ShopifyAdmin:
    """The wire to one shop. `topics` are the webhooks that it was told to send; an operation is done when it is asked about."""

    shop: ShopifyShop
    topics: dict[str, str] = field(default_factory=dict)
    _operations: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)
    _codes: set[str] = field(default_factory=set)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == FILES:
            return httpx.Response(200, content=self._operations[gid("BulkOperation", int(request.url.path[1:]))][2])
        assert request.url.host == DOMAIN
        if request.url.path == "/admin/oauth/access_token":
            return self._exchanged(request)
        asked = json.loads(request.content)
        named = _NAMED.match(asked["query"])
        assert named is not None
        if named[1] == "Stock":
            return self.shop.answers(request)
        assert request.headers["x-shopify-access-token"] == "shpat_harbour"
        return graphql(getattr(self, f"_{_snake(named[1])}")(asked["variables"]))

    def agrees(self, location: str) -> str:
        """The owner of the shop says yes to what the browser was sent here with; the query that it is sent back with."""
        asked = dict(parse_qsl(urlsplit(location).query))
        assert (urlsplit(location).netloc, asked["client_id"]) == (DOMAIN, APP_ID)
        code = f"code-{len(self._codes)}"
        self._codes.add(code)
        at = str(int(self.shop.clock().timestamp()))
        told = {"code": code, "host": "aGFyYm91cg", "shop": DOMAIN, "state": asked["state"], "timestamp": at}
        message = "&".join(f"{name}={told[name]}" for name in sorted(told))
        return urlencode({**told, "hmac": hmac.new(APP_SECRET.encode(), message.encode(), hashlib.sha256).hexdigest()})

    def _exchanged(self, request: httpx.Request) -> httpx.Response:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        if form["client_secret"] != APP_SECRET or form.get("code") not in self._codes:
            return httpx.Response(400, json={"error": "invalid_request"})
        self._codes.discard(form["code"])
        granted = "read_products,read_inventory,read_locations,read_orders,read_discounts"
        pair = {"access_token": "shpat_harbour", "refresh_token": "shprt_harbour", "scope": granted}
        return httpx.Response(200, json={**pair, "expires_in": 86_400, "refresh_token_expires_in": 7_776_000})

    def _shop_facts(self, _variables: Any) -> Any:
        zone = "America/Toronto"
        return {"shop": {"name": "Harbour", "currencyCode": "CAD", "ianaTimezone": zone, "myshopifyDomain": DOMAIN}}

    def _webhooks(self, _variables: Any) -> Any:
        nodes = [
            {"id": gid("WebhookSubscription", n), "topic": t, "uri": u} for n, (t, u) in enumerate(self.topics.items())
        ]
        return {"webhookSubscriptions": {"nodes": nodes, "pageInfo": {"hasNextPage": False, "endCursor": None}}}

    def _webhook_create(self, variables: Any) -> Any:
        self.topics[variables["topic"]] = variables["uri"]
        made = {
            "id": gid("WebhookSubscription", len(self.topics)),
            "topic": variables["topic"],
            "uri": variables["uri"],
        }
        return {"webhookSubscriptionCreate": {"webhookSubscription": made, "userErrors": []}}

    def _orders_changed(self, _variables: Any) -> Any:
        return {"orders": {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}}

    def _bulk_start(self, variables: Any) -> Any:
        name = gid("BulkOperation", 1 + len(self._operations))
        at = self.shop.clock().replace(microsecond=0).isoformat().replace("+00:00", "Z")
        lines = [json.dumps(line) for line in self._lines()]
        self._operations[name] = (at, variables["query"], "\n".join([*lines, ""]).encode())
        return {"bulkOperationRunQuery": {"bulkOperation": self._operation(name, "CREATED"), "userErrors": []}}

    def _bulk_state(self, variables: Any) -> Any:
        return {"bulkOperation": self._operation(variables["id"], "COMPLETED")}

    def _bulk_latest(self, _variables: Any) -> Any:
        found = [self._operation(name, "COMPLETED") for name in reversed(self._operations)]
        return {"bulkOperations": {"nodes": found}}

    def _operation(self, name: str, status: str) -> dict[str, Any]:
        at, query, content = self._operations[name]
        url = f"https://{FILES}/{name.rpartition('/')[2]}" if status == "COMPLETED" and content else None
        told = {"id": name, "status": status, "createdAt": at, "completedAt": at, "query": query, "errorCode": None}
        size = {"objectCount": str(content.count(b"\n")), "fileSize": str(len(content)), "partialDataUrl": None}
        return {**told, **size, "url": url}

    def _lines(self) -> Iterator[dict[str, Any]]:
        """Variants first: children may stand anywhere."""
        for article in self.shop.articles.values():
            for place, goods in enumerate(article.goods, start=1):
                yield {**_variant(goods, place), "__parentId": gid("Product", article.number)}
        yield from map(_product, self.shop.articles.values())


def _product(article: Article) -> dict[str, Any]:
    return {
        "id": gid("Product", article.number),
        "title": article.title,
        "handle": f"p-{article.number}",
        "descriptionHtml": f"<p>{article.title}</p>",
        "vendor": "Harbour",
        "productType": "shirt",
        "category": None,
        "tags": ["a", "b"],
        "status": article.status.upper(),
        "updatedAt": article.at.replace(microsecond=0).isoformat(),
        "featuredMedia": None,
    }


def _variant(goods: Goods, place: int) -> dict[str, Any]:
    def decimal(cents: int | None) -> str | None:
        return f"{cents // 100}.{cents % 100:02d}" if cents is not None else None

    return {
        "id": gid("ProductVariant", goods.number),
        "position": place,
        "sku": f"SKU-{goods.number}",
        "barcode": "",
        "price": decimal(goods.price),
        "compareAtPrice": decimal(goods.compare_at),
        "inventoryPolicy": "DENY",
        "inventoryQuantity": goods.units,
        "selectedOptions": [{"name": "Size", "value": f"size {goods.number}"}],
        "image": None,
        "inventoryItem": {
            "id": gid("InventoryItem", goods.item),
            "tracked": True,
            "unitCost": None,
            "measurement": None,
        },
    }


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
