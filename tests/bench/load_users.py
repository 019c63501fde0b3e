"""What a user of the load bench does: a random mix of actions with thinking between them, the same for the same seed."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from random import Random
from typing import Any

THINKING = (5.0, 15.0)
"""Seconds between an answer and the next action, evenly spread."""


class Kind(Enum):
    """What users do. The value is the weight in the mix: people look far more often than shops tell."""

    READ = 4
    SEARCH = 3
    HISTORY = 2
    WEBHOOK = 1


@dataclass(frozen=True, slots=True)
class Targets:
    """What there is to ask for. `filters` are queries of the product list; `shop` is connected, `secret` its app's. The shop has
    `shop_products` products, all of them like `product`, the body of a `products/update`."""

    key: str
    product_ids: tuple[str, ...]
    filters: tuple[tuple[str, str], ...]
    shop: str
    secret: str
    product: Mapping[str, Any]
    shop_products: int = 50


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request, ready to be sent; `path` is below the API's URL."""

    kind: Kind
    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""


def pauses(random: Random, thinking: tuple[float, float] = THINKING) -> Iterator[float]:
    """Seconds to wait before each action, without end. The first is anything up to the longest, so that a thousand users who come
    at once do not act at once."""
    least, most = thinking
    yield random.uniform(0, most)
    while True:
        yield random.uniform(least, most)


def choose(random: Random) -> Kind:
    """The next action, by weight."""
    return random.choices(list(Kind), [kind.value for kind in Kind])[0]


def call(kind: Kind, targets: Targets, random: Random, now: datetime) -> Call:
    """An action of this kind. `now` (aware) is when a webhook says that it happened."""
    if kind is Kind.WEBHOOK:
        return _webhook(targets, random, now)
    bearer = {"Authorization": f"Bearer {targets.key}"}
    if kind is Kind.SEARCH:
        name, wanted = random.choice(targets.filters)
        return Call(kind, "GET", "/v1/products", bearer, {name: wanted, "limit": "20"})
    tail = "/price-history" if kind is Kind.HISTORY else ""
    return Call(kind, "GET", f"/v1/products/{random.choice(targets.product_ids)}{tail}", bearer)


def _webhook(targets: Targets, random: Random, now: datetime) -> Call:
    """One of the shop's products with one of ten prices: some of them change something, some do not."""
    number, cents = random.randrange(targets.shop_products), random.randrange(10)
    content = json.dumps(_numbered(targets.product, number, f"4{cents}.00", now)).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": "products/update",
        "X-Shopify-Shop-Domain": targets.shop,
        "X-Shopify-Webhook-Id": f"{random.getrandbits(128):032x}",
        "X-Shopify-Event-Id": f"{random.getrandbits(128):032x}",
        "X-Shopify-Triggered-At": now.isoformat(),
        "X-Shopify-API-Version": "2026-10",
        "X-Shopify-Hmac-SHA256": signature(content, targets.secret),
    }
    return Call(Kind.WEBHOOK, "POST", "/v1/shopify/webhooks", headers, content=content)


def _numbered(product: Mapping[str, Any], number: int, price: str, now: datetime) -> dict[str, Any]:
    """`product` as the shop's product of this number, whose variants have numbers and SKUs of their own, too."""
    told = {**product, "id": product["id"] + number, "handle": f"{product['handle']}-{number}"}
    told["updated_at"] = now.isoformat()
    told["variants"] = [
        {**each, "id": each["id"] + 100 * number, "product_id": told["id"], "sku": f"{each['sku']}-{number}", "price": price,
         "compare_at_price": None}
        for each in product["variants"]
    ]  # fmt: skip
    return told


def signature(content: bytes, secret: str) -> str:
    """As Shopify signs a webhook: base64 of HMAC-SHA256 over the body as it is sent."""
    return base64.b64encode(hmac.digest(secret.encode(), content, "sha256")).decode()
