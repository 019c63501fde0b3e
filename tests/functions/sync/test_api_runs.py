"""Asking for a run, listing runs, watching one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from skuflow.kernel.clock import iso
from skuflow.platform.aws import client
from skuflow.sync.report_rows import ReportRow, encoded
from skuflow.sync.shops.model import stopped
from tests.fakes.runs import a_run
from tests.fakes.shops import SHOP, connect
from tests.functions.sync.fake_shopify import graphql
from tests.functions.sync.shop_world import MINE, ShopWorld
from tests.functions.sync.world import BUCKET, World
from tests.http import OTHER_CLIENT

SYNCS = f"/v1/shopify/shops/{SHOP}/syncs"
GTIN = {"lines": [3], "field": "gtin", "value": "12", "reason": "is not a GTIN", "hint": "give 8 to 14 digits"}


def shown(world: World, run_id: str) -> dict[str, Any]:
    answer = world.call("GET", f"{SYNCS}/{run_id}")
    assert answer.status == 200, answer.body
    return dict(answer.body)


def test_a_run_that_is_asked_for_begins_at_once(world: World, shops: ShopWorld) -> None:
    shops.complete()
    answer = world.call("POST", SYNCS)
    run_id = answer.body["run_id"]
    assert (answer.status, answer.headers["location"]) == (202, f"{SYNCS}/{run_id}")
    assert (answer.body["kind"], answer.body["status"], answer.body["progress"]) == ("manual", "starting", 0)
    [message] = world.waiting("work")
    assert json.loads(message["Body"]) == {"client_id": MINE, "shop": SHOP}
    shops.work()
    assert shown(world, run_id)["run"]["status"] == "running"
    assert shops.run().cause.correlation_id != run_id


def test_a_second_run_is_refused_while_one_is_under_way(world: World, shops: ShopWorld) -> None:
    first = world.call("POST", SYNCS)
    second = world.call("POST", SYNCS)
    assert (first.status, second.status) == (202, 409)
    assert first.body["run_id"] in second.body["detail"]
    assert len(shops.runs()) == 1


def test_a_repeat_with_the_same_key_is_answered_with_the_same_run(world: World, shops: ShopWorld) -> None:
    answers = [world.call("POST", SYNCS, headers={"Idempotency-Key": "once"}) for _ in range(2)]
    assert answers[0].body == answers[1].body
    assert len(shops.runs()) == 1


def test_a_shop_that_is_not_connected_cannot_be_read(world: World, shops: ShopWorld) -> None:
    shop = shops.shop()
    shops.deps.shops.stop(MINE, stopped(shop, "needs_reauth", shops.clock(), shop.cause))
    answer = world.call("POST", SYNCS)
    assert (answer.status, "needs_reauth" in answer.body["detail"]) == (409, True)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_shop_of_another_client_is_not_there(world: World, shops: ShopWorld, method: str) -> None:
    run_id = shops.begun().run_id
    assert world.call(method, SYNCS, client_id=OTHER_CLIENT).status == 404
    assert world.call("GET", f"{SYNCS}/{run_id}", client_id=OTHER_CLIENT).status == 404


def test_a_run_is_found_at_its_own_shop_only(world: World, shops: ShopWorld) -> None:
    run_id = shops.begun().run_id
    connect(shops.deps.shops, MINE, "second.myshopify.com")
    assert world.call("GET", f"/v1/shopify/shops/second.myshopify.com/syncs/{run_id}").status == 404
    assert world.call("GET", f"/v1/shopify/shops/{SHOP.upper()}/syncs/{run_id}").status == 200


def test_runs_are_listed_newest_first_page_by_page(world: World, shops: ShopWorld) -> None:
    for number in range(5):
        shops.deps.runs.save(MINE, a_run(f"run_{number}", created_at=shops.clock() + timedelta(minutes=number)))
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = world.call("GET", SYNCS, query=query).body
        seen += [run["run_id"] for run in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == ["run_4", "run_3", "run_2", "run_1", "run_0"]
    assert world.call("GET", "/v1/shopify/shops/none.myshopify.com/syncs", query=query).status == 404


def test_a_run_shows_how_far_it_has_come(world: World, shops: ShopWorld) -> None:
    run_id = shops.begun().run_id
    assert shown(world, run_id)["run"]["progress"] == 0
    shops.shopify.ends()
    shops.later(minutes=1)
    shops.read(4)
    assert shown(world, run_id)["run"]["progress"] == 0.5
    shops.applied(run_id, 1)
    view = shown(world, run_id)["run"]
    assert (view["status"], view["progress"], view["totals"]["created"]) == ("applying", 0.625, 1)
    for batch in (2, 3, 4):
        shops.applied(run_id, batch)
    shops.compared(run_id, removed=2)
    view = shown(world, run_id)["run"]
    assert (view["status"], view["progress"], view["totals"]["removed"]) == ("completed", 1, 2)
    assert view["next_run_at"] == iso(shops.shop().next_run_at or shops.clock())


def test_a_run_that_failed_says_why_and_when_it_is_tried_again(world: World, shops: ShopWorld) -> None:
    refused = [{"message": "no scope", "extensions": {"code": "ACCESS_DENIED"}}]
    shops.shopify.fails("shop_facts", graphql(errors=refused))
    shops.work()
    view = shown(world, shops.run().run_id)["run"]
    assert (view["status"], view["failure"]["code"]) == ("failed", "access_denied")
    assert "connect the shop again" in view["failure"]["remedy"]
    assert view["next_run_at"] == iso(shops.shop().next_run_at or shops.clock())


def test_what_was_not_taken_is_shown_with_its_reason(world: World, shops: ShopWorld) -> None:
    run_id = shops.begun().run_id
    shops.shopify.ends()
    shops.later(minutes=1)
    shops.read(1)
    by_reader = ReportRow(7, "price", "x", "is not a price", "write 12.99", "error")
    client("s3").put_object(Bucket=BUCKET, Key="rejects/1", Body=encoded([by_reader]))
    progress = shops.answers.progress
    part = progress.last_slice(MINE, run_id)
    assert part is not None
    progress.add_slice(MINE, run_id, replace(part, number=2, rejects_key="rejects/1", rejected=1), shops.run().cause)
    progress.add_slice(
        MINE, run_id, replace(part, number=3, rejects_key="rejects/expired", rejected=1), shops.run().cause
    )
    shops.applied(run_id, 1, rejected=[GTIN])
    answer = shown(world, run_id)
    assert [(one["line"], one["column"], one["hint"]) for one in answer["remarks"]] == [
        (7, "price", "write 12.99"),
        (3, "gtin", "give 8 to 14 digits"),
    ]
    assert answer["run"]["totals"]["rejected"] == 2


def test_a_run_that_was_cut_short_by_its_shops_end_counts_as_cancelled(world: World, shops: ShopWorld) -> None:
    run_id = shops.begun().run_id
    shop = shops.shop()
    shops.deps.shops.stop(MINE, stopped(shop, "uninstalled", shops.clock(), shop.cause))
    assert shops.run().status == "running"
    assert shown(world, run_id)["run"]["status"] == "cancelled"
