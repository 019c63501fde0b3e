"""Reconciliation reads the orders that have changed since the run before: a webhook that was missed is made good for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from skuflow.contracts.sync import OrderLine
from skuflow.kernel.errors import TransientError
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.outbound.calls import CircuitOpen
from skuflow.sync.shopify.refusals import ShopifyRefused
from skuflow.sync.shopify.webhook_order import order_from_webhook
from skuflow.sync.shops.orders import Order
from tests.doubles import START, FakeClock
from tests.functions.sync.bulk_world import SHOP, BulkWorld, make_bulk_world
from tests.http import CLIENT
from tests.shopify_result import FIRST_ID, catalogue_lines, encoded, order_node

CONTENT = encoded(catalogue_lines([1]))
OWNER = ClientId(CLIENT)


@pytest.fixture
def world(tables: Callable[[str], str], clock: FakeClock) -> BulkWorld:
    return make_bulk_world(tables("sync"), clock)


def order(world: BulkWorld, number: int) -> Order | None:
    return world.deps.orders.get(OWNER, SHOP, str(FIRST_ID + number))


def stored(world: BulkWorld, number: int) -> Order:
    found = order(world, number)
    assert found is not None
    return found


def test_orders_that_nobody_told_of_are_kept(world: BulkWorld) -> None:
    world.admin.orders = [order_node(number) for number in range(1, 6)]
    run = world.read(CONTENT, kind="reconciliation")
    assert (run.status, world.slices()[-1].done) == ("applying", True)
    found = stored(world, 3)
    assert (found.name, found.total, found.currency, found.cancelled_at) == ("#1003", (3950, "CAD"), "CAD", "")
    assert found.lines == (OrderLine(str(FIRST_ID + 3), str(FIRST_ID + 30_001), "LAMP-3-1", 1, (1975, "CAD")),)
    assert all(order(world, number) for number in range(1, 6))


def test_they_are_asked_for_since_a_day_before_the_last_success(world: BulkWorld) -> None:
    shop = world.shops.get(OWNER, SHOP)
    world.shops.save(OWNER, replace(shop, last_success_at=datetime.fromisoformat("2026-03-12T03:00:00+00:00")))
    world.read(CONTENT, kind="manual")
    assert world.admin.searched == ["updated_at:>='2026-03-11T03:00:00.000Z'"]


def test_a_first_run_has_missed_none(world: BulkWorld) -> None:
    world.read(CONTENT, kind="first")
    assert world.admin.asked["orders_changed"] == 0


def test_an_order_with_many_lines_is_read_to_its_last(world: BulkWorld) -> None:
    world.admin.orders = [order_node(1, lines=6)]
    world.read(CONTENT, kind="reconciliation")
    assert [line.quantity for line in stored(world, 1).lines] == [1, 2, 3, 4, 5, 6]
    assert world.admin.asked["order_lines"] == 3


def test_an_order_that_is_known_is_not_written_again(world: BulkWorld) -> None:
    world.admin.orders = [order_node(1)]
    world.read(CONTENT, "run_1", kind="reconciliation")
    before = stored(world, 1)
    world.clock.advance(days=1)
    world.admin.orders = [
        order_node(1, lineItems=[{**order_node(1)["lineItems"][0], "product": None, "variant": None}])
    ]
    world.read(CONTENT, "run_2", kind="reconciliation")
    assert stored(world, 1) == before, "its product is gone by now, which is no news of the order"


def test_a_newer_state_takes_the_place_of_an_older_one_and_never_the_other_way(world: BulkWorld) -> None:
    world.admin.orders = [order_node(1)]
    world.read(CONTENT, "run_1", kind="reconciliation")
    world.admin.orders = [order_node(1, updated_at="2026-03-14T08:30:00Z", cancelledAt="2026-03-14T08:30:00Z")]
    world.read(CONTENT, "run_2", kind="reconciliation")
    assert stored(world, 1).cancelled_at == "2026-03-14T08:30:00.000Z"
    world.admin.orders = [order_node(1)]
    world.read(CONTENT, "run_3", kind="reconciliation")
    assert stored(world, 1).cancelled_at == "2026-03-14T08:30:00.000Z"


def test_an_order_is_the_same_by_whichever_way_it_comes(world: BulkWorld) -> None:
    line: dict[str, Any] = {
        "sku": "LAMP-1-1",
        "current_quantity": 1,
        "quantity": 2,
        "price": "19.75",
        "product_id": FIRST_ID + 1,
        "variant_id": FIRST_ID + 10_001,
    }
    payload = {
        "admin_graphql_api_id": f"gid://shopify/Order/{FIRST_ID + 1}",
        "id": FIRST_ID + 1,
        "name": "#1001",
        "created_at": "2026-03-13T12:00:00-05:00",
        "updated_at": "2026-03-14T03:00:00-05:00",
        "cancelled_at": None,
        "currency": "CAD",
        "current_total_price": "39.50",
        "line_items": [line],
    }
    told = order_from_webhook(payload, shop=SHOP, triggered_at=START)
    world.admin.orders = [order_node(1)]
    world.read(CONTENT, kind="reconciliation")
    assert replace(stored(world, 1), observed_at=told.observed_at) == told


def test_an_order_that_cannot_be_taken_keeps_no_other_back(world: BulkWorld) -> None:
    bad = order_node(1, currentTotalPriceSet={"shopMoney": {"amount": "a lot", "currencyCode": "CAD"}})
    world.admin.orders = [bad, order_node(2), order_node(3)]
    world.read(CONTENT, kind="reconciliation")
    assert [order(world, number) is not None for number in (1, 2, 3)] == [False, True, True]


@pytest.mark.parametrize("code", ["access_denied", "query_refused"])
def test_a_shop_that_does_not_show_its_orders_is_read_all_the_same(world: BulkWorld, code: str) -> None:
    world.admin.refused = ShopifyRefused(code, "no", "grant the scope")
    assert world.read(CONTENT, kind="reconciliation").status == "applying"


def test_reading_goes_on_with_the_orders_in_other_messages(world: BulkWorld) -> None:
    world.admin.orders = [order_node(number) for number in range(1, 6)]
    world.context.remaining_ms = 0
    world.begin(CONTENT, kind="reconciliation")
    for number in range(1, 6):
        assert world.deliver() == []
        assert len(world.slices()) == number
    assert world.run().status == "applying"
    assert world.admin.asked["orders_changed"] == 3, "each page once"


@pytest.mark.parametrize("trouble", [TransientError("not now"), CircuitOpen("left alone", retry_after=300)])
def test_a_shop_in_trouble_is_asked_again_later(world: BulkWorld, trouble: Exception) -> None:
    world.admin.orders = [order_node(1)]
    world.admin.refused = trouble
    world.begin(CONTENT, kind="reconciliation")
    world.deliver()
    assert (world.run().status, len(world.slices())) == ("reading", 2)
    world.admin.refused = None
    assert world.deliver() == []
    assert (world.run().status, stored(world, 1).name) == ("applying", "#1001")
