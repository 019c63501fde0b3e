"""A shop, step by step: set up, asked for its catalogue, watched, handed to the reader."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from skuflow.kernel.events import Cause
from skuflow.platform.outbound.calls import Answer
from skuflow.sync.runs.set_up_shop import TOPICS
from skuflow.sync.runs.sync_shop import LEASE
from skuflow.sync.shops.model import connected
from tests.fakes.shops import SHOP, a_pair
from tests.functions.sync.fake_shopify import graphql
from tests.functions.sync.shop_world import CALLBACK, MINE, ShopWorld, minutes
from tests.http import CLIENT, OTHER_CLIENT

ENUMS = {topic.upper().replace("/", "_") for topic in TOPICS}


def subscribed(world: ShopWorld) -> dict[str, str]:
    return {one["topic"]: one["uri"] for one in world.shopify.subscriptions.values()}


def test_a_shop_that_was_just_connected_is_set_up_and_asked_for_its_catalogue(shops: ShopWorld) -> None:
    assert shops.work() == []
    shop, run = shops.shop(), shops.run()
    assert (shop.name, shop.currency, shop.time_zone, shop.set_up_at) == (
        "Maple",
        "CAD",
        "America/Toronto",
        shops.clock(),
    )
    assert subscribed(shops) == dict.fromkeys(ENUMS, CALLBACK)
    assert {"PRODUCTS_UPDATE", "INVENTORY_LEVELS_UPDATE", "APP_UNINSTALLED", "BULK_OPERATIONS_FINISH"} <= ENUMS
    assert (run.kind, run.status, run.currency, run.shop) == ("first", "running", "CAD", SHOP)
    operation = shops.shopify.latest()
    assert (run.operation_id, run.observed_at) == (operation["id"], shops.clock())
    assert run.run_id in operation["query"]
    assert operation["query"].count("edges") == 3
    assert shop.run_id == run.run_id
    assert shops.costs.levels[-1] == (1000, 990, 100.0)


def test_what_is_subscribed_to_stays_what_goes_elsewhere_is_turned_and_what_is_missing_is_made(
    shops: ShopWorld,
) -> None:
    kept = shops.shopify.subscribe("PRODUCTS_UPDATE", CALLBACK)
    turned = shops.shopify.subscribe("ORDERS_CREATE", "https://old.test/hooks")
    for number in range(6):
        shops.shopify.subscribe(f"THEIRS_{number}", "https://old.test/hooks")
    shops.work()
    assert shops.shopify.asked.count("webhook_update") == 1
    assert shops.shopify.asked.count("webhook_create") == len(TOPICS) - 2
    assert (kept["uri"], turned["uri"]) == (CALLBACK, CALLBACK)
    assert subscribed(shops) == dict.fromkeys(ENUMS, CALLBACK) | {
        f"THEIRS_{number}": "https://old.test/hooks" for number in range(6)
    }


def test_a_subscription_that_a_twin_has_just_made_is_fine(shops: ShopWorld) -> None:
    def too_late(answer: Answer) -> Answer:
        taken = [{"field": None, "message": "Address for this topic has already been taken"}]
        return graphql({"webhookSubscriptionCreate": {"webhookSubscription": None, "userErrors": taken}})

    shops.shopify.fails("webhook_create", too_late)
    shops.begun()
    assert set(subscribed(shops)) == ENUMS


def test_a_topic_that_shopify_refuses_is_a_trouble_and_the_catalogue_is_read_all_the_same(shops: ShopWorld) -> None:
    refused = [{"field": ["webhookSubscription", "uri"], "message": "Address is not allowed"}]
    answer = graphql({"webhookSubscriptionCreate": {"webhookSubscription": None, "userErrors": refused}})
    shops.shopify.fails("webhook_create", answer)
    shops.work()
    assert shops.run().status == "running"
    assert len(set(subscribed(shops))) == len(ENUMS) - 1
    (trouble,) = shops.deps.shops.troubles(MINE, SHOP, 10)
    assert trouble.code == "webhooks_refused"
    assert "Address is not allowed" in trouble.detail
    assert "app/uninstalled" in trouble.detail
    assert "https" in trouble.remedy


def test_a_shop_that_is_frozen_while_it_is_subscribed_to_fails_the_run(shops: ShopWorld) -> None:
    shops.shopify.fails("webhook_create", Answer(402, {}, b""))
    shops.work()
    failure = shops.run().failure
    assert failure is not None
    assert failure.code == "shop_frozen"


def test_a_subscription_that_was_removed_is_made_again_before_the_next_run(shops: ShopWorld) -> None:
    shops.complete()
    shops.shopify.subscriptions.clear()
    shops.clock.now = shops.shop().next_run_at or shops.clock()
    shops.work()
    assert set(subscribed(shops)) == ENUMS
    assert (shops.run().kind, shops.run().status) == ("reconciliation", "running")


def test_a_shop_that_is_connected_again_is_set_up_and_read_at_once(shops: ShopWorld) -> None:
    shops.complete()
    shops.shopify.subscriptions.clear()
    again = connected(shops.shop(), SHOP, ("read_products",), shops.clock(), Cause("request-2"))
    shops.deps.shops.connect(MINE, again, a_pair("2"))
    shops.later(minutes=1)
    assert (shops.run().kind, shops.run().status, len(shops.runs())) == ("reconciliation", "running", 2)
    assert set(subscribed(shops)) == ENUMS


def test_a_shop_that_is_looked_at_before_its_night_is_left_for_the_night(shops: ShopWorld) -> None:
    shops.complete()
    night = shops.shop().next_run_at
    shops.edit(due_at=shops.clock())
    shops.work()
    assert (shops.shop().due_at, len(shops.runs())) == (night, 1)


def test_an_operation_that_is_under_way_is_looked_at_ever_more_seldom(shops: ShopWorld) -> None:
    shops.begun()
    waits = []
    for _ in range(12):
        due = shops.shop().due_at
        assert due is not None
        waits.append((due - shops.clock()).total_seconds())
        shops.clock.now = due
        shops.shopify.latest()["status"] = "RUNNING"
        shops.work()
    assert waits[0] == 10
    assert waits == sorted(waits)
    assert waits[-1] == 120
    assert shops.shopify.asked.count("bulk_state") == 12
    assert [delay for _, delay in shops.delayed.messages][:12] == [math.ceil(wait) for wait in waits]


def test_a_result_is_handed_to_the_reader(shops: ShopWorld) -> None:
    run = shops.begun()
    shops.shopify.ends()
    shops.later(minutes=1)
    ready = shops.run()
    assert (ready.status, ready.url, ready.size, ready.objects) == ("reading", "https://files.test/1.jsonl", 300, 3)
    assert not ready.partial
    assert shops.bodies("bulk") == [{"client_id": CLIENT, "run_id": run.run_id}]


def test_an_empty_shop_has_no_result_and_is_read_all_the_same(shops: ShopWorld) -> None:
    run = shops.begun()
    shops.shopify.ends(objectCount="0", url=None, fileSize=None)
    shops.later(minutes=1)
    assert (shops.run().status, shops.run().url, shops.run().objects) == ("reading", "", 0)
    assert shops.bodies("bulk") == [{"client_id": CLIENT, "run_id": run.run_id}]


def test_a_result_that_is_not_told_of_is_not_taken_for_an_empty_shop(shops: ShopWorld) -> None:
    shops.begun()
    shops.shopify.ends(objectCount=None, url=None, fileSize=None)
    shops.later(minutes=1)
    trouble = shops.shop().trouble
    assert trouble is not None
    assert (trouble.code, shops.run().status, shops.bodies("bulk")) == ("provider_failed", "running", [])


@pytest.mark.parametrize("status", ["FAILED", "EXPIRED"])
def test_of_an_operation_that_failed_half_way_the_part_is_read(shops: ShopWorld, status: str) -> None:
    shops.begun()
    error = "INTERNAL_SERVER_ERROR" if status == "FAILED" else None
    shops.shopify.ends(status, errorCode=error, partialDataUrl="https://files.test/part.jsonl", objectCount="2")
    shops.later(minutes=1)
    run = shops.run()
    assert (run.status, run.partial, run.url, run.objects) == ("reading", True, "https://files.test/part.jsonl", 2)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"status": "FAILED", "errorCode": "INTERNAL_SERVER_ERROR"}, "operation_failed"),
        ({"status": "FAILED", "errorCode": "ACCESS_DENIED", "partialDataUrl": "https://files.test/p"}, "access_denied"),
        ({"status": "FAILED", "errorCode": "TIMEOUT", "partialDataUrl": "https://files.test/p"}, "operation_timeout"),
        ({"status": "CANCELED"}, "operation_canceled"),
        ({"status": "EXPIRED"}, "operation_expired"),
        ({"status": "COMPLETED", "url": None, "objectCount": "9"}, "operation_expired"),
        ({"status": "SOMETHING_NEW"}, "operation_failed"),
    ],
)
def test_an_operation_without_a_result_fails_the_run_and_says_what_to_do(
    shops: ShopWorld, fields: dict[str, str], code: str
) -> None:
    begun = shops.begun()
    shops.shopify.ends(**fields)
    shops.later(minutes=1)
    run, shop = shops.run(), shops.shop()
    assert run.failure is not None
    assert (run.run_id, run.status, run.failure.code) == (begun.run_id, "failed", code)
    assert run.failure.remedy
    assert shop.trouble is not None
    assert (shop.run_id, shop.last_run_id, shop.failures, shop.trouble.code) == ("", run.run_id, 1, code)
    assert 12 <= minutes(shop.due_at, shops.clock()) <= 15
    assert run.next_run_at == shop.next_run_at == shop.due_at
    assert shops.bodies("bulk") == []


def test_an_operation_that_shopify_does_not_know_any_more_fails_the_run(shops: ShopWorld) -> None:
    shops.begun()
    shops.shopify.operations.clear()
    shops.later(minutes=1)
    failure = shops.run().failure
    assert failure is not None
    assert failure.code == "operation_gone"


def test_a_shop_that_has_too_many_operations_is_asked_again_later(shops: ShopWorld) -> None:
    busy = [
        {"field": None, "message": "A bulk query operation is already in progress", "code": "OPERATION_IN_PROGRESS"}
    ]
    answer = graphql({"bulkOperationRunQuery": {"bulkOperation": None, "userErrors": busy}})
    shops.shopify.fails("bulk_start", answer)
    shops.work()
    assert (shops.run().status, shops.shop().failures) == ("starting", 0)
    assert minutes(shops.shop().due_at, shops.clock()) == 5
    shops.later(minutes=6)
    assert shops.run().status == "running"
    assert len(shops.shopify.operations) == 1


def test_a_query_that_shopify_calls_invalid_fails_the_run(shops: ShopWorld) -> None:
    invalid = [{"field": ["query"], "message": "Invalid bulk query", "code": "INVALID"}]
    answer = graphql({"bulkOperationRunQuery": {"bulkOperation": None, "userErrors": invalid}})
    shops.shopify.fails("bulk_start", answer)
    shops.work()
    failure = shops.run().failure
    assert failure is not None
    assert (failure.code, "Invalid bulk query" in failure.detail) == ("invalid", True)


def test_a_reader_that_is_quiet_is_asked_again(shops: ShopWorld) -> None:
    run = shops.begun()
    shops.shopify.ends()
    shops.later(minutes=1)
    shops.later(minutes=5)
    assert len(shops.bodies("bulk")) == 1
    shops.later(minutes=6)
    assert shops.bodies("bulk") == [{"client_id": CLIENT, "run_id": run.run_id}] * 2


@pytest.mark.parametrize(("status", "patience"), [("running", timedelta(days=11)), ("reading", timedelta(hours=25))])
def test_a_run_that_does_not_move_fails(shops: ShopWorld, status: str, patience: timedelta) -> None:
    shops.begun()
    if status == "reading":
        shops.shopify.ends()
        shops.later(minutes=1)
    assert shops.run().status == status
    shops.later(seconds=patience.total_seconds())
    run = shops.run()
    assert run.failure is not None
    assert (run.status, run.failure.code) == ("failed", "run_stuck")


def test_a_shop_that_is_not_due_is_left_alone(shops: ShopWorld) -> None:
    shops.work()
    asked, before = list(shops.shopify.asked), shops.shop()
    assert shops.work() == []
    assert (shops.shopify.asked, shops.shop()) == (asked, before)


def test_a_shop_that_is_not_connected_is_left_alone(shops: ShopWorld) -> None:
    shops.deps.shops.stop(MINE, replace(shops.shop(), status="uninstalled", due_at=shops.clock()))
    assert shops.work() == []
    assert shops.shopify.asked == []


@pytest.mark.parametrize(("shop", "client_id"), [("other.myshopify.com", CLIENT), (SHOP, OTHER_CLIENT)])
def test_work_on_a_shop_that_the_client_does_not_have_is_put_aside(shops: ShopWorld, shop: str, client_id: str) -> None:
    assert shops.work(shop, client_id=client_id) == []
    [message] = shops.waiting("dead-letters")
    assert message["MessageAttributes"]["reason"]["StringValue"].startswith("not_found:")
    assert shops.shopify.asked == []


def test_a_worker_that_took_the_shop_up_and_died_is_followed_by_another_when_its_lease_ends(shops: ShopWorld) -> None:
    shops.edit(due_at=shops.clock() + LEASE)
    shops.later(minutes=1)
    assert shops.shopify.asked == []
    shops.later(minutes=5)
    assert shops.run().status == "running"
