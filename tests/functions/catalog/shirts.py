"""Products as callers send them."""

from __future__ import annotations

from typing import Any

from tests.functions.catalog.floor import Floor
from tests.http import Answer

MONEY = {"amount_minor": 1999, "currency": "CAD"}
SHIRT: dict[str, Any] = {
    "title": "  Linen shirt ",
    "description_html": "<p onclick='x()'>Soft &amp; light.</p><script>1</script>",
    "brand": "Maison Été",
    "category": ["Apparel", "Shirts"],
    "product_type": "shirt",
    "tags": ["new", "new", "linen"],
    "status": "draft",
    "url": "https://shop.example/shirt",
    "images": [{"url": "https://cdn.example/1.jpg", "alt": "front"}],
    "attributes": {"material": ["linen"]},
    "external_ids": {"asin": "b07xjrq6m2", "erp": "A-17"},
    "variants": [
        {
            "sku": "SH-S",
            "options": [{"name": "Size", "value": "S"}],
            "price": MONEY,
            "compare_at": {"amount_minor": 2499, "currency": "CAD"},
            "cost": {"amount_minor": 800, "currency": "CAD"},
            "gtin": "400-6381333931",
            "mpn": "M-1",
            "weight_grams": 200,
            "image": "https://cdn.example/s.jpg",
        },
        {"sku": "SH-M", "price": {"amount_minor": 2999, "currency": "CAD"}},
    ],
}


def created(floor: Floor, **more: Any) -> Any:
    answer = floor.call("POST", "/v1/products", body={"title": "Hat", **more})
    assert answer.status == 201, answer.body
    floor.clock.advance(seconds=1)
    return answer.body


def path(one: Any) -> str:
    return f"/v1/products/{one['product_id']}"


def titles(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [item["title"] for item in answer.body["items"]]


def listed(floor: Floor, **query: Any) -> list[str]:
    return titles(floor.call("GET", "/v1/products", query=query))
