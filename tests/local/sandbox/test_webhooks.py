"""Webhooks of the sandbox: what is sent to whom, signed, repeated, and when a subscription ends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.sandbox.control import SandboxControl
from tests.local.sandbox.app_side import SECRET, TOPICS, Inbox, Shopkeeper

LISTED = "{ webhookSubscriptions(first: 50) { nodes { id topic uri format } } }"


@pytest.fixture
def mug(keeper: Shopkeeper, webhooks: Inbox) -> dict[str, Any]:
    """A product of one variant in a shop whose webhooks all go to `webhooks`."""
    made = keeper.shop.create(
        "Mug", variants=[{"sku": "MUG-1", "price": "16.50", "quantity": 8}], tags=["b", "a"], large_id=True
    )
    keeper.subscribe(webhooks.uri)
    return made


def topics(keeper: Shopkeeper, webhooks: Inbox) -> list[str]:
    keeper.shop.settled()
    return [each.topic for each in webhooks.received]


def test_a_price_edited_is_told_with_shopify_s_headers(
    keeper: Shopkeeper, webhooks: Inbox, mug: dict[str, Any]
) -> None:
    keeper.shop.edit(mug["id"], variants=[{"price": "15"}])
    assert topics(keeper, webhooks) == ["products/update"]
    [told] = webhooks.received
    assert told.is_genuine()
    assert told.headers["x-shopify-shop-domain"] == keeper.shop.domain
    assert told.headers["x-shopify-api-version"] == "2026-10"
    assert told.headers["x-shopify-triggered-at"].endswith("Z")
    assert len({told.headers["x-shopify-webhook-id"], told.headers["x-shopify-event-id"]}) == 2


def test_a_product_s_body_is_shaped_as_shopify_s(keeper: Shopkeeper, webhooks: Inbox, mug: dict[str, Any]) -> None:
    keeper.shop.edit(mug["id"], title="Enamel mug", variants=[{"price": "15"}])
    keeper.shop.settled()
    body = json.loads(webhooks.received[0].body)
    assert body["id"] == mug["id"] > 2**53
    assert body["admin_graphql_api_id"] == f"gid://shopify/Product/{mug['id']}"
    assert (body["title"], body["status"], body["tags"]) == ("Enamel mug", "active", "a, b")
    assert body["updated_at"][-6:] in ("-05:00", "-04:00")
    [variant] = body["variants"]
    assert (variant["price"], variant["inventory_quantity"], variant["option1"]) == ("15.00", 8, "Default Title")
    assert [each["admin_graphql_api_id"] for each in body["variant_gids"]] == [variant["admin_graphql_api_id"]]


def test_variants_are_cut_at_a_hundred_and_all_their_ids_listed(keeper: Shopkeeper, webhooks: Inbox) -> None:
    keeper.shop.seed(products=1, variants_per_product=130)
    keeper.subscribe(webhooks.uri, "PRODUCTS_UPDATE")
    keeper.shop.edit(keeper.shop.products()[0]["id"], vendor="Another")
    keeper.shop.settled()
    body = json.loads(webhooks.received[0].body)
    assert (len(body["variants"]), len(body["variant_gids"])) == (100, 130)


def test_stock_is_told_as_inventory(keeper: Shopkeeper, webhooks: Inbox, mug: dict[str, Any]) -> None:
    keeper.shop.edit(mug["id"], variants=[{"quantity": 3}])
    assert topics(keeper, webhooks) == ["inventory_levels/update"]
    body = json.loads(webhooks.received[0].body)
    assert (body["inventory_item_id"], body["available"]) == (mug["variants"][0]["item_id"], 3)


def test_what_one_action_causes_shares_an_event_id(keeper: Shopkeeper, webhooks: Inbox, mug: dict[str, Any]) -> None:
    keeper.shop.order([(mug["variants"][0]["id"], 2)])
    assert sorted(topics(keeper, webhooks)) == ["inventory_levels/update", "orders/create", "products/update"]
    assert len({each.headers["x-shopify-event-id"] for each in webhooks.received}) == 1
    assert len({each.headers["x-shopify-webhook-id"] for each in webhooks.received}) == 3


def test_products_come_and_go_and_orders_change(keeper: Shopkeeper, webhooks: Inbox, mug: dict[str, Any]) -> None:
    keeper.shop.create("Bowl", variants=[{"price": "28"}])
    keeper.shop.settled()
    order = keeper.shop.order([(mug["variants"][0]["id"], 1)])
    keeper.shop.change_order(order["id"], status="REFUNDED", cancelled=True)
    keeper.shop.delete(mug["id"])
    assert set(topics(keeper, webhooks)) >= {"products/create", "orders/create", "orders/updated", "products/delete"}
    assert json.loads(webhooks.of("products/delete")[0].body) == {"id": mug["id"]}
    assert json.loads(webhooks.of("orders/updated")[0].body)["financial_status"] == "refunded"


def test_a_silent_edit_tells_nobody(keeper: Shopkeeper, webhooks: Inbox, mug: dict[str, Any]) -> None:
    keeper.shop.edit(mug["id"], variants=[{"price": "1"}], silent=True)
    assert topics(keeper, webhooks) == []
    assert keeper.shop.products()[0]["variants"][0]["price"] == "1.00"


def test_an_edit_that_changes_nothing_tells_nobody(keeper: Shopkeeper, webhooks: Inbox, mug: dict[str, Any]) -> None:
    keeper.shop.edit(mug["id"], title="Mug", variants=[{"price": "16.50", "quantity": 8}])
    assert topics(keeper, webhooks) == []


def test_subscriptions_are_listed_changed_and_deleted(keeper: Shopkeeper, webhooks: Inbox) -> None:
    first, *_ = keeper.subscribe(webhooks.uri)
    listed = keeper.data(LISTED)["webhookSubscriptions"]["nodes"]
    assert {each["topic"] for each in listed} == set(TOPICS)
    update = """mutation($id: ID!, $uri: String!) { webhookSubscriptionUpdate(id: $id, webhookSubscription: {uri: $uri}) {
      webhookSubscription { uri } userErrors { message } } }"""
    moved = keeper.data(update, id=first, uri=webhooks.uri + "?2")["webhookSubscriptionUpdate"]
    assert moved["webhookSubscription"]["uri"].endswith("?2")
    delete = "mutation($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { message } } }"
    assert keeper.data(delete, id=first)["webhookSubscriptionDelete"]["deletedWebhookSubscriptionId"] == first
    assert len(keeper.data(LISTED)["webhookSubscriptions"]["nodes"]) == len(TOPICS) - 1


@pytest.mark.parametrize("uri", ["https://example.com/hook", "ftp://127.0.0.1/", "nonsense", ""])
def test_webhooks_go_to_this_machine_only(keeper: Shopkeeper, uri: str) -> None:
    text = """mutation($uri: String!) { webhookSubscriptionCreate(topic: ORDERS_CREATE, webhookSubscription: {uri: $uri}) {
      webhookSubscription { id } userErrors { field message } } }"""
    payload = keeper.data(text, uri=uri)["webhookSubscriptionCreate"]
    assert payload["webhookSubscription"] is None
    assert payload["userErrors"][0]["field"] == ["webhookSubscription", "uri"]


def test_an_address_is_taken_once_for_a_topic(keeper: Shopkeeper, webhooks: Inbox) -> None:
    keeper.subscribe(webhooks.uri, "ORDERS_CREATE")
    with pytest.raises(AssertionError, match="already been taken"):
        keeper.subscribe(webhooks.uri, "ORDERS_CREATE")


def test_a_refused_webhook_is_tried_again_with_the_same_ids(
    keeper: Shopkeeper, webhooks: Inbox, mug: dict[str, Any]
) -> None:
    webhooks.answers = [500, 0]
    keeper.shop.edit(mug["id"], title="Cup")
    keeper.shop.settled()
    assert keeper.shop.retry_now() == 1
    assert keeper.shop.retry_now() == 1
    assert keeper.shop.retry_now() == 0
    [delivery] = keeper.shop.deliveries()
    assert delivery["state"] == "delivered"
    assert [each["ok"] for each in delivery["attempts"]] == [False, False, True]
    assert len({each.headers["x-shopify-webhook-id"] for each in webhooks.received}) == 1


def test_a_retry_comes_by_itself_once_it_is_due(
    keeper: Shopkeeper, webhooks: Inbox, mug: dict[str, Any], sandbox: SandboxControl
) -> None:
    webhooks.answers = [503]
    keeper.shop.edit(mug["id"], title="Cup")
    keeper.shop.settled()
    sandbox.advance(11)
    while keeper.shop.deliveries()[0]["state"] != "delivered":
        keeper.shop.settled()
    assert len(webhooks.received) == 2


def test_a_subscription_ends_when_eight_retries_have_failed(
    keeper: Shopkeeper, webhooks: Inbox, mug: dict[str, Any]
) -> None:
    webhooks.status = 500
    keeper.shop.edit(mug["id"], title="Cup")
    keeper.shop.settled()
    for left in range(8, 0, -1):
        subscribed = {each["topic"] for each in keeper.data(LISTED)["webhookSubscriptions"]["nodes"]}
        assert "PRODUCTS_UPDATE" in subscribed, f"gone with {left} retries to come"
        keeper.shop.retry_now()
    subscribed = {each["topic"] for each in keeper.data(LISTED)["webhookSubscriptions"]["nodes"]}
    assert subscribed == set(TOPICS) - {"PRODUCTS_UPDATE"}
    assert keeper.shop.deliveries()[0]["state"] == "failed"
    assert len(webhooks.received) == 9


def test_an_uninstalled_app_is_told_loses_its_token_and_is_to_forget_the_shop_after_two_days(
    keeper: Shopkeeper, webhooks: Inbox, sandbox: SandboxControl
) -> None:
    keeper.subscribe(webhooks.uri)
    sandbox.settings(compliance_url=webhooks.uri)
    keeper.shop.uninstall()
    keeper.shop.settled()
    assert [each.topic for each in webhooks.received] == ["app/uninstalled"]
    assert json.loads(webhooks.received[0].body)["myshopify_domain"] == keeper.shop.domain
    assert keeper.post("{ shop { id } }").status_code == 401
    assert keeper.refresh().status_code == 400
    sandbox.advance(48 * 3600 + 1)
    while keeper.shop.domain not in [json.loads(each.body)["shop_domain"] for each in webhooks.of("shop/redact")]:
        keeper.shop.settled()


@pytest.mark.parametrize("topic", ["customers/data_request", "customers/redact"])
def test_privacy_webhooks_go_to_the_app_without_a_subscription(
    keeper: Shopkeeper, webhooks: Inbox, sandbox: SandboxControl, topic: str
) -> None:
    sandbox.settings(compliance_url=webhooks.uri)
    keeper.shop.emit(topic)
    keeper.shop.settled()
    [told] = webhooks.received
    assert told.topic == topic
    assert told.is_genuine()
    assert set(json.loads(told.body)) >= {"shop_id", "shop_domain", "customer"}


def test_webhooks_are_signed_with_the_old_secret_until_it_is_revoked(
    keeper: Shopkeeper, webhooks: Inbox, sandbox: SandboxControl, mug: dict[str, Any]
) -> None:
    sandbox.add_secret("the-next-secret")
    try:
        keeper.shop.edit(mug["id"], title="Cup")
        keeper.shop.settled()
        sandbox.revoke_old_secret()
        keeper.shop.edit(mug["id"], title="Beaker")
        keeper.shop.settled()
    finally:
        sandbox.add_secret(SECRET)
        sandbox.revoke_old_secret()
    before, after = webhooks.received
    assert before.is_genuine(SECRET)
    assert after.is_genuine("the-next-secret")


def test_a_webhook_can_be_repeated_and_one_s_own_sent(keeper: Shopkeeper, webhooks: Inbox, mug: dict[str, Any]) -> None:
    keeper.shop.emit("products/update", {"id": 1, "title": "made up"})
    keeper.shop.settled()
    keeper.shop.repeat(webhooks.received[0].headers["x-shopify-webhook-id"])
    first, second = webhooks.received
    assert first.body == second.body == b'{"id":1,"title":"made up"}'
    assert first.headers["x-shopify-webhook-id"] == second.headers["x-shopify-webhook-id"]
