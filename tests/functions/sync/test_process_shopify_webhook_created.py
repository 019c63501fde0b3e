"""A new product: its webhook does not say how much of it there is, so that is asked for at once, if it can be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from skuflow.kernel.clock import iso
from skuflow.platform.outbound.calls import CircuitOpen
from skuflow.sync.shopify.refusals import refused_by_status
from skuflow.sync.shops.errors import NeedsReauth
from tests.functions.sync.webhook_world import WebhookWorld
from tests.shopify_samples import sample


def created_stock(variables: Mapping[str, Any]) -> Any:
    """Of the sample's three variants: 1, 2 and 3 pieces, in the order of their items."""
    product = {"id": sample("products/create")["admin_graphql_api_id"]}
    nodes = [
        {
            "id": gid,
            "tracked": True,
            "variant": {"id": one["id"], "inventoryQuantity": n, "inventoryPolicy": "CONTINUE", "product": product},
        }
        for n, (gid, one) in enumerate(
            zip(variables["ids"], sample("products/create")["variants"], strict=True), start=1
        )
    ]
    return {"nodes": nodes}


def test_a_new_product_comes_with_its_stock(webhooks: WebhookWorld) -> None:
    webhooks.shopify.answers["stock"] = created_stock
    webhooks.told(sample("products/create"), topic="products/create")
    webhooks.work()
    batch = webhooks.batches()[0]
    assert set(batch.header.variant_fields) >= {"quantity", "tracked", "backorder", "price"}
    told = [(one.quantity, one.tracked, one.backorder) for one in batch.products[0].variants]
    assert told == [(1, True, True), (2, True, True), (3, True, True)]


@pytest.mark.parametrize("order", [("create", "update"), ("update", "create")])
def test_a_new_product_that_is_changed_at_once_keeps_its_stock(webhooks: WebhookWorld, order: tuple[str, str]) -> None:
    webhooks.shopify.answers["stock"] = created_stock
    created = sample("products/create")
    changed = {**created, "title": "Changed at once", "updated_at": iso(webhooks.clock())}
    told = {"create": created, "update": changed}
    for kind in order:
        webhooks.told(told[kind], topic=f"products/{kind}", webhook_id=f"wh-{kind}")
    webhooks.work()
    [batch] = webhooks.batches()
    [taken] = batch.products
    assert (taken.title, [one.quantity for one in taken.variants]) == ("Changed at once", [1, 2, 3])
    assert "quantity" in batch.header.variant_fields


def test_stock_of_before_a_variant_was_added_is_no_stock_of_the_product(webhooks: WebhookWorld) -> None:
    webhooks.shopify.answers["stock"] = created_stock
    created = sample("products/create")
    added = {**created["variants"][0], "id": 77, "admin_graphql_api_id": "gid://shopify/ProductVariant/77"}
    changed = {**created, "variants": [*created["variants"], added], "updated_at": iso(webhooks.clock())}
    webhooks.told(created, topic="products/create", webhook_id="wh-create")
    webhooks.told(changed, webhook_id="wh-update")
    webhooks.work()
    [batch] = webhooks.batches()
    assert (len(batch.products[0].variants), "quantity" in batch.header.variant_fields) == (4, False)


@pytest.mark.parametrize(
    "error", [CircuitOpen("left alone", retry_after=9), NeedsReauth("again"), refused_by_status(402)]
)
def test_a_new_product_does_not_wait_for_its_stock(webhooks: WebhookWorld, error: Exception) -> None:
    webhooks.shopify.fails("stock", error)
    webhooks.told(sample("products/create"), topic="products/create")
    assert webhooks.work() == set()
    assert "quantity" not in webhooks.batches()[0].header.variant_fields
    assert (webhooks.held_back.messages, webhooks.put_aside()) == ([], [])


def test_stock_of_some_of_a_new_product_s_variants_is_no_stock_of_it(webhooks: WebhookWorld) -> None:
    webhooks.shopify.answers["stock"] = lambda asked: {"nodes": created_stock(asked)["nodes"][:2]}
    webhooks.told(sample("products/create"), topic="products/create")
    webhooks.work()
    assert "quantity" not in webhooks.batches()[0].header.variant_fields
