"""Webhooks for which Shopify has to be asked: stock, products of more than a hundred variants; and what happens when it does not
answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from skuflow.kernel.clock import iso, parse_iso
from skuflow.kernel.errors import Throttled
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.outbound.calls import CircuitOpen, ProviderFailed
from skuflow.sync.shopify.refusals import refused_by_status
from skuflow.sync.shops.errors import NeedsReauth
from tests.functions.sync.webhook_events import SHOP
from tests.functions.sync.webhook_world import Batch, WebhookWorld
from tests.http import CLIENT
from tests.interleaving import interleaved
from tests.shopify_samples import sample

OWNER = ClientId(CLIENT)


def signal(world: WebhookWorld, item: int, *, webhook_id: str = "", shop: str = SHOP) -> None:
    level = {"inventory_item_id": item, "location_id": 1, "available": 3}
    world.told(level, topic="inventory_levels/update", webhook_id=webhook_id or f"wh-{item}", shop=shop)


def stock(variables: Mapping[str, Any]) -> Any:
    """Item n is of variant n + 1, of product n + 2 for odd n, and has n pieces."""

    def node(number: int) -> dict[str, Any]:
        product = {"id": f"gid://shopify/Product/{number + 2 if number % 2 else number + 3}"}
        variant = {
            "id": f"gid://shopify/ProductVariant/{number + 1}",
            "inventoryQuantity": number,
            "inventoryPolicy": "DENY",
            "product": product,
        }
        return {"id": f"gid://shopify/InventoryItem/{number}", "tracked": True, "variant": variant}

    return {"nodes": [node(int(gid.rpartition("/")[2])) for gid in variables["ids"]]}


def large(number: int = 5, *, variants: int = 101) -> dict[str, Any]:
    """A product's webhook that had to leave variants out."""
    gids = [{"admin_graphql_api_id": f"gid://shopify/ProductVariant/{n}"} for n in range(1, variants + 1)]
    return {
        "id": number,
        "title": "Cut",
        "variants": [{"id": n, "price": "1.00"} for n in range(1, 101)],
        "variant_gids": gids,
    }


def pages(variants: int, size: int = 100) -> dict[str, Any]:
    """The answers to reading product 5 with so many variants, by the name of the query."""

    def page(start: int) -> dict[str, Any]:
        numbers = range(start, min(start + size, variants + 1))
        nodes = [{"id": f"gid://shopify/ProductVariant/{n}", "price": "2.00"} for n in numbers]
        end = start + len(nodes)
        return {"nodes": nodes, "pageInfo": {"hasNextPage": end <= variants, "endCursor": str(end)}}

    facts = {"id": "gid://shopify/Product/5", "title": "Whole", "updatedAt": "2026-03-14T09:00:00Z"}
    return {
        "product": lambda _: {"product": {**facts, "media": {"nodes": []}, "variants": page(1)}},
        "product_variants": lambda asked: {"product": {"variants": page(int(asked["after"]))}},
    }


def handed_over(world: WebhookWorld) -> Batch:
    [batch] = world.batches()
    return batch


def test_stock_signals_of_a_shop_make_one_question_and_one_batch_of_stock_alone(webhooks: WebhookWorld) -> None:
    webhooks.shopify.answers["stock"] = stock
    for item in (11, 12, 13, 11):
        signal(webhooks, item)
    webhooks.work()
    assert webhooks.shopify.asked == [("stock", {"ids": [f"gid://shopify/InventoryItem/{n}" for n in (11, 12, 13)]})]
    batch = handed_over(webhooks)
    assert (batch.header.product_fields, batch.header.variant_fields) == ((), ("quantity", "tracked", "backorder"))
    assert batch.header.complete is False
    told = [(one.key, [(v.key, v.quantity, v.tracked) for v in one.variants]) for one in batch.products]
    assert told == [("13", [("12", 11, True)]), ("15", [("13", 12, True), ("14", 13, True)])]
    assert {parse_iso(one.observed_at) for one in batch.products} == {webhooks.clock()}
    assert webhooks.shops.counts(OWNER, SHOP).webhooks_received == 4


def test_an_item_that_belongs_to_nothing_any_more_is_left_out(webhooks: WebhookWorld) -> None:
    gone = {"id": "gid://shopify/InventoryItem/12", "tracked": True, "variant": None}
    webhooks.shopify.answers["stock"] = lambda asked: {
        "nodes": [*stock({"ids": asked["ids"][:1]})["nodes"], None, gone]
    }
    for item in (11, 12, 13):
        signal(webhooks, item)
    webhooks.work()
    assert [one.key for one in handed_over(webhooks).products] == ["13"]


def test_signals_about_nothing_hand_nothing_over(webhooks: WebhookWorld) -> None:
    webhooks.shopify.answers["stock"] = lambda _: {"nodes": [None]}
    signal(webhooks, 11)
    assert webhooks.work() == set()
    assert (webhooks.intakes(), webhooks.put_aside()) == ([], [])


def test_the_same_signals_delivered_again_hand_nothing_over(webhooks: WebhookWorld) -> None:
    webhooks.shopify.answers["stock"] = stock
    signal(webhooks, 11)
    waiting = webhooks.waiting("webhooks")
    for _ in range(2):
        webhooks.work_once(waiting)
        webhooks.clock.advance(minutes=1)
    assert len(webhooks.intakes()) == 1


@pytest.mark.parametrize("seed", range(6))
def test_two_workers_on_the_same_messages_hand_over_once(webhooks: WebhookWorld, seed: int) -> None:
    webhooks.shopify.answers["stock"] = stock
    webhooks.told(sample("products/update"), webhook_id="wh-product")
    webhooks.told(sample("orders/create"), topic="orders/create", webhook_id="wh-order")
    webhooks.told(sample("customers/redact"), topic="customers/redact", webhook_id="wh-privacy")
    signal(webhooks, 11)
    waiting = webhooks.waiting("webhooks")
    assert interleaved(seed, [partial(webhooks.work_once, waiting)] * 2) == [set(), set()]
    assert [len(one.files) for one in webhooks.intakes()] == [1, 1]
    assert len(webhooks.privacy.page(OWNER, 10, None)[0]) == 1
    assert webhooks.orders.get(OWNER, SHOP, "820982911946154508") is not None
    assert (webhooks.put_aside(), webhooks.held_back.messages) == ([], [])


TROUBLES = {
    "circuit": (CircuitOpen("Shopify is left alone", retry_after=240), 240),
    "points": (Throttled("no points are left", retry_after=7), 7),
    "failure": (ProviderFailed("Shopify broke off"), 60),
}


@pytest.mark.parametrize(("error", "wait"), TROUBLES.values(), ids=TROUBLES)
def test_while_shopify_does_not_answer_only_what_needs_it_waits(
    webhooks: WebhookWorld, error: Exception, wait: int
) -> None:
    webhooks.shopify.fails("stock", error)
    webhooks.shopify.fails("product", error)
    signal(webhooks, 11)
    webhooks.told(large(), webhook_id="wh-large")
    webhooks.told(sample("products/update"), webhook_id="wh-plain")
    webhooks.told(sample("orders/create"), topic="orders/create", webhook_id="wh-order")
    assert webhooks.work_once(webhooks.waiting("webhooks")) == set()
    back = {json.loads(one["MessageBody"])["webhook_id"]: one["DelaySeconds"] for one in webhooks.held_back.messages}
    assert back == {"wh-11": wait, "wh-large": wait}
    assert [one.key for one in handed_over(webhooks).products] == ["9123456789012345678"]
    assert webhooks.orders.get(OWNER, SHOP, "820982911946154508") is not None
    assert webhooks.put_aside() == []


def test_what_waited_is_done_when_shopify_answers_again(webhooks: WebhookWorld) -> None:
    webhooks.shopify.fails("stock", CircuitOpen("Shopify is left alone", retry_after=300))
    signal(webhooks, 11)
    webhooks.work()
    webhooks.clock.advance(minutes=5)
    webhooks.shopify.answers["stock"] = stock
    assert webhooks.work(webhooks.held_back.take()) == set()
    assert [one.key for one in handed_over(webhooks).products] == ["13"]


def test_what_has_waited_a_day_is_put_aside_with_the_reason(webhooks: WebhookWorld) -> None:
    webhooks.shopify.fails("stock", CircuitOpen("Shopify is left alone", retry_after=300))
    signal(webhooks, 11)
    webhooks.work()
    webhooks.clock.advance(hours=25)
    webhooks.work(webhooks.held_back.take())
    [(envelope, reason)] = webhooks.put_aside()
    assert (envelope["webhook_id"], "circuit_open" in reason) == ("wh-11", True)


def test_one_shop_that_does_not_answer_does_not_hold_up_another_s_signals(webhooks: WebhookWorld) -> None:
    webhooks.shopify.fails("stock", CircuitOpen("Shopify is left alone", retry_after=300))
    webhooks.connect("gone.myshopify.com")
    signal(webhooks, 11)
    signal(webhooks, 21, shop="gone.myshopify.com")
    webhooks.stop("uninstalled", "gone.myshopify.com")
    assert webhooks.work_once(webhooks.waiting("webhooks")) == set()
    assert [json.loads(one["MessageBody"])["shop"] for one in webhooks.held_back.messages] == [SHOP]


def test_nobody_is_asked_when_the_time_of_the_run_is_nearly_up(webhooks: WebhookWorld) -> None:
    webhooks.context.remaining_ms = 20_000
    signal(webhooks, 11)
    webhooks.work()
    assert (webhooks.shopify.asked, len(webhooks.held_back.messages)) == ([], 1)


def test_what_a_shop_without_credentials_cannot_be_asked_is_dropped(webhooks: WebhookWorld) -> None:
    """When its owner has come back, everything is read anew."""
    webhooks.shopify.fails("stock", NeedsReauth("connect the shop again"))
    webhooks.shopify.fails("product", NeedsReauth("connect the shop again"))
    signal(webhooks, 11)
    webhooks.told(large(), webhook_id="wh-large")
    assert webhooks.work() == set()
    assert (webhooks.intakes(), webhooks.put_aside(), webhooks.held_back.messages) == ([], [], [])


def test_what_shopify_refuses_is_put_aside_with_its_words(webhooks: WebhookWorld) -> None:
    webhooks.shopify.fails("stock", refused_by_status(402))
    for item in (11, 12):
        signal(webhooks, item)
    webhooks.work()
    assert sorted(reason for _, reason in webhooks.put_aside()) == ["shop_frozen: the shop is frozen"] * 2


@pytest.mark.parametrize("variants", [101, 250, 2_048])
def test_a_product_too_large_for_a_webhook_is_read_page_by_page(webhooks: WebhookWorld, variants: int) -> None:
    webhooks.shopify.answers |= pages(variants)
    webhooks.told(large(variants=variants))
    webhooks.work()
    batch = handed_over(webhooks)
    [taken] = batch.products
    assert (taken.title, len(taken.variants), batch.header.complete) == ("Whole", variants, True)
    assert taken.lines == tuple(range(1, variants + 1))
    assert len(webhooks.shopify.asked) == -(-variants // 100)


def test_a_hundred_variants_without_a_list_of_all_may_be_a_part(webhooks: WebhookWorld) -> None:
    webhooks.shopify.answers |= pages(120)
    told = large()
    del told["variant_gids"]
    webhooks.told(told)
    webhooks.work()
    assert len(handed_over(webhooks).products[0].variants) == 120


def test_a_large_product_that_is_gone_when_it_is_asked_for_is_left_to_its_deletion(webhooks: WebhookWorld) -> None:
    webhooks.shopify.answers["product"] = lambda _: {"product": None}
    webhooks.told(large())
    assert webhooks.work() == set()
    assert (webhooks.intakes(), webhooks.put_aside()) == ([], [])


def test_a_state_that_was_read_is_newer_than_the_webhook_s_own(webhooks: WebhookWorld) -> None:
    webhooks.shopify.answers |= pages(101)
    triggered = webhooks.clock() - timedelta(seconds=20)
    webhooks.told({**large(), "updated_at": "2026-03-14T09:00:00Z"}, triggered_at=iso(triggered))
    webhooks.work()
    [taken] = handed_over(webhooks).products
    assert parse_iso("2026-03-14T09:00:00Z") < parse_iso(taken.observed_at) < parse_iso("2026-03-14T09:00:01Z")


@pytest.mark.parametrize(
    "page",
    [
        {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": None}},
        {"nodes": [], "pageInfo": None},
        {"nodes": []},
        {"nodes": None, "pageInfo": {"hasNextPage": False}},
        {"nodes": [None], "pageInfo": {"hasNextPage": False}},
        None,
    ],
)
def test_a_page_that_does_not_tell_of_the_rest_is_not_taken_for_the_last(webhooks: WebhookWorld, page: Any) -> None:
    webhooks.shopify.answers |= pages(2_048)
    webhooks.shopify.answers["product_variants"] = lambda _: {"product": {"variants": page}}
    webhooks.told(large())
    assert webhooks.work() == set()
    assert (webhooks.intakes(), webhooks.put_aside(), len(webhooks.held_back.messages)) == ([], [], 1)


def test_pages_without_an_end_are_not_turned_for_ever(webhooks: WebhookWorld) -> None:
    webhooks.shopify.answers |= pages(10**6)
    webhooks.told(large())
    webhooks.work()
    assert (len(webhooks.shopify.asked), len(webhooks.held_back.messages)) == (61, 1)
