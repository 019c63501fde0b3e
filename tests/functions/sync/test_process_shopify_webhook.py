"""What becomes of webhooks: products, deletions, orders, privacy requests, the end of an installation or of a bulk operation."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from skuflow.kernel.clock import iso, parse_iso
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import metrics
from skuflow.sync.runs.model import Run
from skuflow.sync.runs.store import DynamoRuns
from skuflow.sync.shopify import topics
from skuflow.sync.shops.store import change_shop
from tests.calls import Killer, Tally, WorkerKilled, watched
from tests.functions.sync.webhook_events import SHOP
from tests.functions.sync.webhook_world import WebhookWorld
from tests.http import CLIENT, OTHER_CLIENT
from tests.shopify_samples import raw_sample, sample

OWNER = ClientId(CLIENT)
PRODUCT = "9123456789012345678"
SEEN = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)


def product(number: int = 1, *, price: str = "10.00", second: int = 0, **changes: Any) -> dict[str, Any]:
    """A product of one variant as its webhook shows it, of second `second` of a minute."""
    gid = f"gid://shopify/Product/{number}"
    variant = {"id": number * 10, "option1": "Default Title", "price": price, "sku": f"L-{number}", "position": 1}
    updated = iso(SEEN.replace(second=second))
    return {
        "admin_graphql_api_id": gid,
        "title": f"Lamp {number}",
        "updated_at": updated,
        "variants": [variant],
        **changes,
    }


@pytest.mark.parametrize("topic", sorted(topics.KNOWN))
def test_every_sample_is_received_and_worked_through(webhooks: WebhookWorld, topic: str) -> None:
    webhooks.shopify.answers["stock"] = lambda _: {"nodes": []}
    assert webhooks.post(raw_sample(topic), topic=topic)["statusCode"] == 200
    assert webhooks.work() == set()
    assert (webhooks.put_aside(), webhooks.held_back.messages) == ([], [])
    assert webhooks.shops.counts(OWNER, SHOP).webhooks_received == 1


def test_a_product_is_handed_over_whole(webhooks: WebhookWorld) -> None:
    webhooks.told(sample("products/update"), topic="products/update", webhook_id="wh-1")
    assert webhooks.work() == set()
    [batch] = webhooks.batches()
    [taken] = batch.products
    assert (batch.header.source, batch.header.complete, batch.header.currency) == (f"shopify:{SHOP}", True, "CAD")
    assert (taken.key, taken.title, len(taken.variants)) == (PRODUCT, "Arc desk lamp", 3)
    assert taken.variants[0].price == (4500, "CAD")
    assert parse_iso(taken.observed_at).replace(microsecond=0) == SEEN.replace(second=52)
    assert webhooks.shops.counts(OWNER, SHOP).webhooks_received == 1
    assert webhooks.put_aside() == []


def test_webhooks_of_one_shop_make_one_file_one_intake_and_one_addition(webhooks: WebhookWorld) -> None:
    for number in range(1, 11):
        webhooks.told(product(number), webhook_id=f"wh-{number}")
    waiting = webhooks.waiting("webhooks")
    tally = Tally()
    with watched(tally):
        assert webhooks.work_once(waiting) == set()
    [batch] = webhooks.batches()
    assert [one.key for one in batch.products] == sorted(str(number) for number in range(1, 11))
    assert [line for one in batch.products for line in one.lines] == list(range(1, 11))
    assert webhooks.shops.counts(OWNER, SHOP).webhooks_received == 10
    writes = {name: n for name, n in tally.requests.items() if name not in {"sqs:DeleteMessage"}}
    assert writes == {"dynamodb:GetItem": 1, "s3:PutObject": 1, "dynamodb:PutItem": 1, "dynamodb:UpdateItem": 1}


def test_of_several_states_of_one_product_the_newest_is_handed_over(webhooks: WebhookWorld) -> None:
    for second in (5, 9, 1):
        webhooks.told(product(price=f"{second}.00", second=second), webhook_id=f"wh-{second}")
    webhooks.work_once(webhooks.waiting("webhooks"))
    [batch] = webhooks.batches()
    assert [one.variants[0].price for one in batch.products] == [(900, "CAD")]


def test_within_one_second_the_state_triggered_last_is_the_newest(webhooks: WebhookWorld) -> None:
    for late, price in ((0.7, "7.00"), (0.9, "9.00"), (0.2, "2.00")):
        at = iso(SEEN + timedelta(seconds=late))
        webhooks.told(product(price=price, second=53), webhook_id=f"wh-{price}", triggered_at=at)
    webhooks.work_once(webhooks.waiting("webhooks"))
    assert webhooks.batches()[0].products[0].variants[0].price == (900, "CAD")


def test_shops_are_kept_apart(webhooks: WebhookWorld) -> None:
    webhooks.connect("other.myshopify.com", client_id=OTHER_CLIENT, currency="USD")
    webhooks.told(product(1), webhook_id="wh-1")
    webhooks.told(product(1), webhook_id="wh-2", shop="other.myshopify.com")
    webhooks.work()
    assert [one.header.client_id for one in webhooks.batches()] == [CLIENT]
    assert webhooks.shops.counts(OWNER, SHOP).webhooks_received == 1
    assert webhooks.shops.counts(ClientId(OTHER_CLIENT), "other.myshopify.com").webhooks_received == 1


def test_the_same_webhooks_delivered_again_hand_nothing_over(webhooks: WebhookWorld) -> None:
    webhooks.told(product(1), webhook_id="wh-1")
    webhooks.told(product(2), webhook_id="wh-2")
    waiting = webhooks.waiting("webhooks")
    for _ in range(3):
        assert webhooks.work_once(waiting) == set()
    assert len(webhooks.intakes()) == 1


def test_a_replayed_webhook_has_no_effect(webhooks: WebhookWorld) -> None:
    """The signature fits again and again: it is not of a moment. What it brings is known."""
    for again in range(3):
        webhooks.told(product(1), webhook_id="wh-1", triggered_at=iso(webhooks.clock()) if not again else iso(SEEN))
        webhooks.work()
    [intake] = webhooks.intakes()
    assert len(intake.files) == 1


def test_a_worker_that_dies_anywhere_leaves_what_an_undisturbed_one_does(webhooks: WebhookWorld) -> None:
    for number in (1, 2):
        webhooks.told(product(number), webhook_id=f"wh-{number}")
    waiting = webhooks.waiting("webhooks")
    after = 0
    while True:
        killer = Killer(after=(after := after + 1))
        try:
            with watched(killer):
                webhooks.work_once(waiting)
        except WorkerKilled:
            continue
        break
    assert after > 3
    [intake] = webhooks.intakes()
    assert [one.products for one in intake.files] == [2]


def test_a_product_that_is_deleted_is_gone_since_it_was_triggered(webhooks: WebhookWorld) -> None:
    at = iso(webhooks.clock() - timedelta(seconds=2))
    webhooks.told(sample("products/delete"), topic="products/delete", triggered_at=at)
    webhooks.work()
    [intake] = webhooks.intakes()
    [gone] = intake.gone
    assert (intake.files, gone.keys, gone.observed_at) == ((), (PRODUCT,), parse_iso(at))


def test_a_trigger_in_the_future_is_as_old_as_its_arrival(webhooks: WebhookWorld) -> None:
    """The header is not signed: a moment to come would win over all that follows."""
    webhooks.told(sample("products/delete"), topic="products/delete", triggered_at="2099-01-01T00:00:00Z")
    webhooks.told(sample("products/delete"), topic="products/delete", triggered_at="soon", webhook_id="wh-2")
    webhooks.work()
    times = [gone.observed_at for intake in webhooks.intakes() for gone in intake.gone]
    assert times == [webhooks.clock()]


def test_an_order_is_kept_without_the_person(webhooks: WebhookWorld) -> None:
    webhooks.told(sample("orders/create"), topic="orders/create")
    webhooks.work()
    order = webhooks.orders.get(OWNER, SHOP, "820982911946154508")
    assert order is not None
    assert (order.name, order.currency, order.total) == ("#1001", "CAD", (15900, "CAD"))
    assert [(one.product_key, one.quantity, one.unit_price) for one in order.lines] == [
        (PRODUCT, 2, (4900, "CAD")),
        ("", 1, (4000, "CAD")),
    ]
    stored = json.dumps([row.attribute_values for row in webhooks.table.scan()], default=str)
    assert not [
        word for word in ("Ada", "ada@", "Example Street", "ring twice", "115310627314723954") if word in stored
    ]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_an_older_order_never_takes_the_place_of_a_newer_one(webhooks: WebhookWorld, order: tuple[int, ...]) -> None:
    for step in order:
        told = {
            **sample("orders/updated"),
            "updated_at": iso(SEEN.replace(second=step)),
            "current_total_price": f"{step}.00",
        }
        webhooks.told(told, topic="orders/updated", webhook_id=f"wh-{step}")
        webhooks.work()
    kept = webhooks.orders.get(OWNER, SHOP, "820982911946154508")
    assert kept is not None
    assert kept.total == (200, "CAD")


def test_an_uninstalled_app_ends_the_shop_once(webhooks: WebhookWorld) -> None:
    for number in range(2):
        webhooks.told(sample("app/uninstalled"), topic="app/uninstalled", webhook_id=f"wh-{number}")
    webhooks.work()
    assert webhooks.shops.get(OWNER, SHOP).status == "uninstalled"


def test_an_uninstallation_from_before_the_shop_was_connected_again_is_over(webhooks: WebhookWorld) -> None:
    before = iso(webhooks.clock() - timedelta(hours=1))
    webhooks.told(sample("app/uninstalled"), topic="app/uninstalled", triggered_at=before)
    webhooks.work()
    assert webhooks.shops.get(OWNER, SHOP).status == "connected"


def test_a_bulk_operation_that_has_ended_has_its_shop_looked_at(webhooks: WebhookWorld) -> None:
    now = webhooks.clock()
    gid = sample("bulk_operations/finish")["admin_graphql_api_id"]
    run = Run("run_1", SHOP, "first", "running", now, now, Cause("c"), operation_id=gid)
    DynamoRuns(webhooks.table).save(OWNER, run)
    set_run(webhooks, "run_1", now + timedelta(minutes=5))
    for _ in range(2):
        webhooks.told(sample("bulk_operations/finish"), topic="bulk_operations/finish")
    webhooks.work()
    assert {one["Body"] for one in webhooks.waiting("shops")} == {json.dumps({"client_id": CLIENT, "shop": SHOP})}


def set_run(world: WebhookWorld, run_id: str, due_at: datetime) -> None:
    change_shop(OWNER, SHOP, lambda item: replace(item, run_id=run_id, due_at=due_at), shops=world.shops)


@pytest.mark.parametrize("topic", ["customers/data_request", "customers/redact", "shop/redact"])
def test_a_privacy_request_is_kept_once_with_thirty_days_even_for_a_shop_that_has_gone(
    webhooks: WebhookWorld, topic: str
) -> None:
    webhooks.stop("uninstalled")
    triggered = webhooks.clock()
    for _ in range(3):
        webhooks.told(sample(topic), topic=topic, webhook_id="wh-1", triggered_at=iso(triggered))
        webhooks.clock.advance(minutes=30)
    webhooks.work()
    kept, _ = webhooks.privacy.page(OWNER, 10, None)
    [request] = kept
    assert (request.kind, request.due_at) == (topic, triggered + timedelta(days=30))
    of_person = ("115310627314723954", "ada@example.com") if topic != "shop/redact" else ("", "")
    assert (request.customer_id, request.email) == of_person


def test_a_person_is_in_no_log_line(webhooks: WebhookWorld, logged: Callable[[], list[dict[str, Any]]]) -> None:
    for topic in ("customers/data_request", "orders/create"):
        webhooks.told(sample(topic), topic=topic, webhook_id=topic)
    webhooks.told({**sample("customers/redact"), "orders_to_redact": ["x"]}, topic="customers/redact", webhook_id="bad")
    webhooks.work()
    written = json.dumps(logged())
    assert not [word for word in ("Ada", "ada@example.com", "555 0100", "115310627314723954") if word in written]


@pytest.mark.parametrize("status", ["uninstalled", "disconnected"])
@pytest.mark.parametrize(
    "topic",
    ["products/update", "products/delete", "orders/create", "inventory_levels/update", "bulk_operations/finish"],
)
def test_a_webhook_of_a_shop_that_is_no_longer_connected_is_dropped(
    webhooks: WebhookWorld, topic: str, status: Any
) -> None:
    webhooks.told(sample(topic), topic=topic)
    webhooks.stop(status)
    assert webhooks.work() == set()
    assert (webhooks.intakes(), webhooks.put_aside(), webhooks.shopify.asked) == ([], [], [])
    assert webhooks.shops.counts(OWNER, SHOP).webhooks_received == 0
    assert metrics().metric_set["WebhooksDropped"]["Value"] == [1.0]


def test_a_shop_that_needs_its_owner_still_has_its_products_taken(webhooks: WebhookWorld) -> None:
    webhooks.told(product(1))
    webhooks.stop("needs_reauth")
    webhooks.work()
    assert len(webhooks.batches()) == 1


def test_a_webhook_that_comes_before_the_shop_s_currency_is_known_comes_again(webhooks: WebhookWorld) -> None:
    webhooks.connect("new.myshopify.com", currency="")
    webhooks.told(product(1), shop="new.myshopify.com")
    webhooks.told(sample("orders/create"), shop="new.myshopify.com", topic="orders/create", webhook_id="wh-2")
    assert webhooks.work() == set()
    [message] = webhooks.held_back.messages
    assert (message["DelaySeconds"], json.loads(message["MessageBody"])["topic"]) == (30, "products/update")
    assert webhooks.orders.get(OWNER, "new.myshopify.com", "820982911946154508") is not None


def test_a_body_that_lies_in_the_bucket_is_read_from_there(webhooks: WebhookWorld) -> None:
    webhooks.told(product(1, title="Heavy", template_suffix="x" * 800_000))
    webhooks.work()
    assert webhooks.batches()[0].products[0].title == "Heavy"


def test_a_variant_that_cannot_be_taken_is_told_of_and_the_others_are(webhooks: WebhookWorld) -> None:
    told = sample("products/update")
    told["variants"][1]["price"] = "cheap"
    webhooks.told(told)
    webhooks.work()
    [batch] = webhooks.batches()
    assert (len(batch.products[0].variants), batch.header.complete) == (2, False)
    [trouble] = webhooks.shops.troubles(OWNER, SHOP, 10)
    assert (trouble.code, "price 'cheap'" in trouble.detail) == ("variant_rejected", True)
