"""What the application sends to Shopify is understood by the sandbox, whose schema is part of the real one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import parse, validate

from local.sandbox.shopify.bulk_query import read
from local.sandbox.shopify.graphql import admin_schema
from skuflow.sync.shopify import queries
from skuflow.sync.shopify.fields import Taken
from skuflow.sync.shopify.payload import payload_of
from skuflow.sync.shopify.product import product_from_graphql
from skuflow.sync.shopify.version import API_VERSION
from skuflow.sync.shopify.webhook_order import order_from_webhook
from skuflow.sync.shopify.webhook_product import product_from_webhook
from tests.local.sandbox.app_side import VERSION, Inbox, Shopkeeper

SCHEMA = admin_schema()
ASKED = [each for each in vars(queries).values() if isinstance(each, queries.Query)]


@pytest.mark.parametrize("query", ASKED, ids=lambda query: query.name)
def test_each_of_our_queries_is_valid(query: queries.Query) -> None:
    assert validate(SCHEMA, parse(query.text)) == []


def test_our_bulk_query_may_be_run() -> None:
    assert read(SCHEMA, queries.catalogue_text("run_1")).root.name.value == "products"


def test_our_version_is_the_sandbox_s() -> None:
    assert API_VERSION == VERSION


PICTURES = ["https://cdn.shopify.com/s/files/1/a.jpg", "https://cdn.shopify.com/s/files/1/b.jpg"]
RICH: dict[str, Any] = {
    "vendor": "Lunen Knits", "product_type": "Shirts", "tags": ["summer", "linen"], "status": "DRAFT",
    "description_html": "<p>Washed <b>linen</b>.</p>", "option_names": ["Size", "Colour"], "images": PICTURES, "large_id": True,
}  # fmt: skip
VARIANTS = [
    {
        "options": ["S", "Sand"],
        "sku": "LS-1",
        "price": "74.5",
        "compare_at_price": "89",
        "barcode": "0657742114207",
        "quantity": 3,
    },
    {"options": ["M", "Sand"], "sku": "LS-2", "price": "74.50", "quantity": 0, "policy": "CONTINUE", "tracked": True},
    {"options": ["L", "Ink"], "sku": "", "price": "0", "quantity": -2, "barcode": "no code"},
]


def test_a_product_is_the_same_by_bulk_operation_by_query_and_by_webhook(keeper: Shopkeeper, webhooks: Inbox) -> None:
    keeper.subscribe(webhooks.uri, "PRODUCTS_CREATE")
    made = keeper.shop.create("Linen Shirt", variants=VARIANTS, **RICH)
    keeper.shop.settled()
    [told] = webhooks.received
    now = datetime.now(UTC)
    by_webhook = product_from_webhook(payload_of(told.body), currency="CAD", triggered_at=now)

    node = keeper.data(queries.PRODUCT.text, id=f"gid://shopify/Product/{made['id']}")["product"]
    numbered = list(enumerate(node["variants"]["nodes"], 1))
    by_query = product_from_graphql((1, node), numbered, node["media"]["nodes"], currency="CAD", seen_at=now)

    done = keeper.finished(keeper.run_bulk(queries.catalogue_text("run_1"))["bulkOperation"]["id"])
    lines = [json.loads(line) for line in keeper.client.get(done["url"]).text.splitlines()]
    [root] = [line for line in lines if "__parentId" not in line]
    variants = [(number, line) for number, line in enumerate(lines) if "/ProductVariant/" in line["id"]]
    media = sorted((line for line in lines if "/MediaImage/" in line["id"]), key=lambda line: str(line["id"]))
    by_bulk = product_from_graphql((1, root), variants, media, currency="CAD", seen_at=now)

    for other in (by_query, by_bulk):
        assert_same(by_webhook, other)


def assert_same(one: Taken, other: Taken) -> None:
    """In everything that both ways tell of."""
    assert one.product is not None
    assert other.product is not None
    shared = set(one.product_fields) & set(other.product_fields)
    assert shared >= {"title", "description_html", "brand", "tags", "status", "images", "external_ids"}
    assert {name: getattr(one.product, name) for name in shared} == {
        name: getattr(other.product, name) for name in shared
    }
    shared = set(one.variant_fields) & set(other.variant_fields)
    assert shared >= {"sku", "options", "price", "compare_at"}
    for left, right in zip(one.product.variants, other.product.variants, strict=True):
        assert {name: getattr(left, name) for name in shared} == {name: getattr(right, name) for name in shared}


def test_an_order_of_the_sandbox_is_understood(keeper: Shopkeeper, webhooks: Inbox) -> None:
    keeper.subscribe(webhooks.uri, "ORDERS_CREATE")
    made = keeper.shop.create("Mug", variants=[{"sku": "MUG-1", "price": "16.50", "quantity": 8}])
    placed = keeper.shop.order([(made["variants"][0]["id"], 2)])
    keeper.shop.settled()
    order = order_from_webhook(
        payload_of(webhooks.received[0].body), shop=keeper.shop.domain, triggered_at=datetime.now(UTC)
    )
    assert (order.order_id, order.currency, len(order.lines)) == (str(placed["id"]), "CAD", 1)
