"""How shops are doing, on one page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from skuflow.kernel.clock import iso
from skuflow.platform.outbound.calls import Answer, CircuitOpen
from skuflow.platform.outbound.circuits import DynamoCircuits
from skuflow.platform.outbound.known import service
from skuflow.platform.outbound.state import OutboundItem
from skuflow.platform.table import bind
from skuflow.sync.shops.model import Trouble, stopped
from tests.fakes.shops import SHOP, connect
from tests.functions.sync.shop_world import MINE, ShopWorld
from tests.functions.sync.world import World
from tests.http import CLIENT, OTHER_CLIENT

PATH = "/v1/admin/catalog/sync-status"


@pytest.fixture(autouse=True)
def circuits(tables: Callable[[str], str], shops: ShopWorld) -> DynamoCircuits:
    return DynamoCircuits(bind(OutboundItem, tables("outbound")), shops.clock)


def status(world: World) -> dict[str, Any]:
    """Of the only shop."""
    answer = world.call("GET", PATH)
    assert answer.status == 200, answer.body
    [only] = answer.body["items"]
    return dict(only)


def test_a_shop_that_was_just_connected_was_never_in_step(world: World) -> None:
    view = status(world)
    assert (view["kind"], view["shop"], view["source"]) == ("shop", SHOP, f"shopify:{SHOP}")
    assert (view["status"], view["lag_seconds"], view["last_success_at"], view["run"]) == (
        "connected",
        None,
        None,
        None,
    )
    assert view["circuit"] == {"state": "closed", "failures": 0, "opened_at": None, "retry_at": None}


def test_a_run_that_is_under_way_is_shown_with_its_progress(world: World, shops: ShopWorld) -> None:
    run = shops.begun()
    view = status(world)
    assert (view["run"]["run_id"], view["run"]["status"], view["next_run_at"]) == (run.run_id, "running", None)
    shops.shopify.ends()
    shops.later(minutes=1)
    shops.read(2)
    shops.applied(run.run_id, 1)
    assert status(world)["run"]["progress"] == 0.75


def test_a_shop_in_step_falls_behind_second_by_second_until_something_is_applied(
    world: World, shops: ShopWorld
) -> None:
    run = shops.complete()
    done_at = shops.clock()
    shops.clock.advance(minutes=10)
    view = status(world)
    assert (view["lag_seconds"], view["in_step_at"], view["last_run_id"]) == (600, iso(done_at), run.run_id)
    assert (view["failures"], view["trouble"], view["run"]) == (0, None, None)
    assert view["next_run_at"] == iso(shops.shop().next_run_at or done_at)
    shops.deps.shops.count(MINE, SHOP, webhooks_received=3, products_updated=2, last_applied_at=shops.clock())
    view = status(world)
    assert (view["lag_seconds"], view["webhooks"]["received"], view["products"]["updated"]) == (0, 3, 2)
    assert view["last_success_at"] == iso(done_at)


def test_a_shop_that_refuses_is_shown_with_why_what_to_do_and_when_it_is_tried_again(
    world: World, shops: ShopWorld
) -> None:
    shops.shopify.fails("shop_facts", Answer(402, {}, b"{}"))
    shops.work()
    view = status(world)
    assert (view["failures"], view["trouble"]["code"], view["troubles"][0]["code"]) == (1, "shop_frozen", "shop_frozen")
    assert "bill" in view["trouble"]["remedy"]
    assert view["next_run_at"] == iso(shops.shop().due_at or shops.clock())


def test_a_circuit_that_is_open_is_shown_until_when(world: World, shops: ShopWorld, circuits: DynamoCircuits) -> None:
    world.deps["api"] = replace(world.deps["api"], circuits=lambda: circuits)
    shopify, credential = service("shopify"), f"{CLIENT}#{SHOP}"
    for _ in range(shopify.failures):
        circuits.settle(circuits.admit(shopify, credential, lease_seconds=20), "failed")
    shops.shopify.fails("shop_facts", CircuitOpen("left alone", retry_after=shopify.open_for))
    shops.work()
    view = status(world)
    assert (view["circuit"]["state"], view["circuit"]["failures"]) == ("open", 3)
    assert view["circuit"]["retry_at"] == iso(shops.clock() + timedelta(seconds=shopify.open_for))
    assert (view["trouble"]["code"], view["failures"]) == ("circuit_open", 0)
    shops.clock.advance(seconds=shopify.open_for)
    shops.work()
    assert (status(world)["trouble"], status(world)["circuit"]["state"]) == (None, "half_open")


@pytest.mark.parametrize("end", ["needs_reauth", "uninstalled", "disconnected"])
def test_a_shop_that_is_no_longer_connected_stays_on_the_page(world: World, shops: ShopWorld, end: Any) -> None:
    shops.begun()
    why = Trouble("needs_reauth", "the shop no longer accepts our credentials", "connect it again", shops.clock())
    shop = shops.shop()
    shops.deps.shops.stop(MINE, stopped(shop, end, shops.clock(), shop.cause, why if end == "needs_reauth" else None))
    view = status(world)
    assert (view["status"], view["run"], view["next_run_at"]) == (end, None, None)
    assert (view["trouble"] is not None) == (end == "needs_reauth")


def test_every_client_sees_its_own_shops_page_by_page(world: World, shops: ShopWorld) -> None:
    for number in range(4):
        connect(shops.deps.shops, MINE, f"shop-{number}.myshopify.com")
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = world.call("GET", PATH, query=query).body
        seen += [item["shop"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == sorted([SHOP, *(f"shop-{number}.myshopify.com" for number in range(4))])
    assert world.call("GET", PATH, client_id=OTHER_CLIENT).body == {"items": [], "next_cursor": None}


def test_a_page_without_the_table_of_circuits_still_tells_the_rest(world: World) -> None:
    api = world.deps["api"]
    nowhere = DynamoCircuits(bind(OutboundItem, "skuflow-test-nowhere"), world.clock)
    world.deps["api"] = replace(api, circuits=lambda: nowhere)
    assert (status(world)["circuit"], status(world)["status"]) == (None, "connected")
