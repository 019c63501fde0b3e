"""What the others hear of shops: that they come and go, how runs end, what was ordered, whose data is to be erased."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from skuflow.contracts.sync import OrderLine
from skuflow.kernel.clock import iso
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.sync.shops.model import Trouble, stopped
from skuflow.sync.shops.orders import DynamoOrders, Order
from skuflow.sync.shops.privacy_requests import DynamoPrivacyRequests, PrivacyRequest
from tests.fakes.shops import SCOPES, SHOP, a_pair, connect
from tests.functions.sync.fake_shopify import graphql
from tests.functions.sync.shop_world import MINE, ShopWorld
from tests.http import OTHER_CLIENT


def an_order(world: ShopWorld, **fields: Any) -> Order:
    line = OrderLine("44", "55", "SKU-1", 2, (1250, "CAD"))
    order = Order(
        shop=SHOP,
        order_id="820982911946154508",
        name="#1001",
        created_at=iso(world.clock()),
        updated_at=iso(world.clock()),
        cancelled_at="",
        currency="CAD",
        total=(2500, "CAD"),
        lines=(line,),
        observed_at=world.clock(),
    )
    return replace(order, **fields)


def names(world: ShopWorld) -> list[str]:
    return [name for name, _ in world.announced()]


def test_a_shop_that_was_connected_is_announced_once(shops: ShopWorld) -> None:
    assert shops.announced() == [("ShopConnected", {"shop": SHOP, "scopes": list(SCOPES)})]
    shops.begun()
    shops.edit(name="Maple & Sons", due_at=shops.clock())
    assert names(shops) == []


def test_a_shop_that_was_connected_again_is_announced_again(shops: ShopWorld) -> None:
    shops.announced()
    again = replace(shops.shop(), connected_at=shops.clock() + timedelta(minutes=1), scopes=("read_products",))
    shops.deps.shops.connect(MINE, again, a_pair("2"))
    assert shops.announced() == [("ShopConnected", {"shop": SHOP, "scopes": ["read_products"]})]


@pytest.mark.parametrize("end", ["uninstalled", "disconnected"])
def test_a_shop_that_is_no_longer_connected_is_announced_with_the_reason(shops: ShopWorld, end: Any) -> None:
    shops.announced()
    shop = shops.shop()
    shops.deps.shops.stop(MINE, stopped(shop, end, shops.clock(), shop.cause))
    assert shops.announced() == [("ShopDisconnected", {"shop": SHOP, "reason": end})]


def test_a_shop_whose_owner_must_connect_it_again_is_announced_with_what_to_do(shops: ShopWorld) -> None:
    shops.announced()
    shop = shops.shop()
    why = Trouble("needs_reauth", "the shop no longer accepts our credentials", "connect it again", shops.clock())
    shops.deps.shops.stop(MINE, stopped(shop, "needs_reauth", shops.clock(), shop.cause, why))
    assert shops.announced() == [("ShopNeedsReauth", {"shop": SHOP, "detail": why.detail, "remedy": why.remedy})]


def test_a_run_tells_of_its_snapshot_and_of_its_end_and_of_nothing_else(shops: ShopWorld) -> None:
    shops.announced()
    run = shops.complete()
    told = shops.announced()
    assert [name for name, _ in told] == ["ProductBatchReady", "SourceSnapshotRead", "ShopSyncCompleted"]
    assert run.observed_at is not None
    assert told[1][1] == {
        "run_id": run.run_id,
        "source": f"shopify:{SHOP}",
        "bucket": "bucket",
        "key": "bulk/keys.txt",
        "products": 2,
        "observed_at": iso(run.observed_at),
    }
    assert (told[2][1]["kind"], told[2][1]["variants"], told[2][1]["created"]) == ("first", 4, 1)


def test_a_run_that_failed_is_announced_with_when_it_is_tried_again(shops: ShopWorld) -> None:
    shops.announced()
    shops.shopify.fails("shop_facts", graphql(errors=[{"message": "x", "extensions": {"code": "SHOP_INACTIVE"}}]))
    shops.work()
    [(name, data)] = shops.announced()
    assert (name, data["code"], data["run_id"]) == ("ShopSyncFailed", "shop_frozen", shops.run().run_id)
    assert data["next_run_at"] == iso(shops.shop().next_run_at or shops.clock())


def test_an_order_is_announced_when_it_is_another_than_before(shops: ShopWorld) -> None:
    orders, first = DynamoOrders(shops.table), an_order(shops)
    shops.announced()
    orders.put(MINE, first, Cause("webhook-1"))
    [(name, data)] = shops.announced()
    assert (name, data["order_id"], data["total"]) == ("ShopOrderChanged", "820982911946154508", [2500, "CAD"])
    assert data["lines"][0] == {
        "product_key": "44",
        "variant_key": "55",
        "sku": "SKU-1",
        "quantity": 2,
        "unit_price": [1250, "CAD"],
    }
    later = shops.clock() + timedelta(seconds=1)
    touched = replace(first, updated_at=iso(later), observed_at=later)
    orders.put(MINE, touched, Cause("webhook-2"))
    assert names(shops) == []
    orders.put(MINE, replace(touched, cancelled_at=iso(later), observed_at=later + timedelta(seconds=1)), Cause("w-3"))
    assert names(shops) == ["ShopOrderChanged"]


def test_two_states_of_an_order_within_a_millisecond_are_two_events(shops: ShopWorld) -> None:
    orders, first = DynamoOrders(shops.table), an_order(shops)
    orders.put(MINE, first, Cause("webhook-1"))
    cancelled = replace(first, cancelled_at=first.updated_at, observed_at=first.observed_at + timedelta(microseconds=1))
    orders.put(MINE, cancelled, Cause("webhook-2"))
    shops.announced()
    ids = [
        json.loads(one["Detail"])["event_id"] for one in shops.bus.entries if one["DetailType"] == "ShopOrderChanged"
    ]
    assert len(set(ids)) == 2


def test_a_privacy_request_is_announced_without_the_person(shops: ShopWorld) -> None:
    shops.announced()
    request = PrivacyRequest(
        request_id="prv_1",
        kind="customers/redact",
        shop=SHOP,
        received_at=shops.clock(),
        due_at=shops.clock() + timedelta(days=30),
        cause=Cause("webhook-1"),
        customer_id="191167",
        email="john@example.com",
        phone="555-625-1199",
        order_ids=("299938",),
    )
    DynamoPrivacyRequests(shops.table).add(MINE, request)
    [(name, data)] = shops.announced()
    assert (name, data["customer_id"], data["due_at"]) == ("PrivacyRequestReceived", "191167", iso(request.due_at))
    assert not [word for word in ("john", "555", "299938") if word in str(data)]


def test_events_carry_the_client_and_the_cause_of_what_was_written(shops: ShopWorld) -> None:
    shops.announced()
    connect(shops.deps.shops, ClientId(OTHER_CLIENT), "their.myshopify.com", cause=Cause("request-9", "call-9"))
    shops.announced()
    detail = json.loads(shops.bus.entries[-1]["Detail"])
    assert (detail["client_id"], detail["correlation_id"], detail["causation_id"]) == (
        OTHER_CLIENT,
        "request-9",
        "call-9",
    )
