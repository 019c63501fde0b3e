"""Reservations over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from functions.catalog.api.handler import handle
from skuflow.catalog.announcements import translate
from skuflow.platform.event_bus import changes
from tests.doubles import CountedIds, FakeClock
from tests.http import OTHER_CLIENT
from tests.shop import Shop, end, line, open_shop, reserve


@pytest.fixture
def shop(tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds) -> Shop:
    return open_shop(handle, tables, clock, new_id)


class TestReserving:
    def test_goods_are_held_for_a_quarter_of_an_hour(self, shop: Shop) -> None:
        goods = shop.stocked(5)
        made = reserve(shop, line(goods, 2), reference="cart 7")
        assert made.status == 201
        assert made.body == {
            "reservation_id": made.body["reservation_id"],
            "status": "held",
            "reference": "cart 7",
            "created_at": "2026-03-14T09:26:53.589Z",
            "expires_at": "2026-03-14T09:41:53.589Z",
            "ended_at": None,
            "lines": [
                {**line(goods, 2), "location": None, "taken": [{"location": "default", "units": 2}]},
            ],
        }
        assert shop.level(goods[0]) == (3, 2)
        assert shop.call("GET", f"/v1/reservations/{made.body['reservation_id']}").body == made.body

    def test_more_than_there_is_reserves_nothing_and_says_what_is_short(self, shop: Shop) -> None:
        first, second = shop.stocked(5), shop.stocked(1)
        refused = reserve(shop, line(first, 5), line(second, 2))
        assert refused.status == 409
        assert refused.body["errors"][0] == {
            "field": "lines.1",
            "message": "1 are available, 2 are wanted",
            "remedy": "reserve fewer, or another variant",
        }
        assert (shop.level(first[0]), shop.level(second[0])) == ((5, 0), (1, 0))

    def test_several_products_are_reserved_together(self, shop: Shop) -> None:
        goods = [shop.stocked(2) for _ in range(3)]
        assert reserve(shop, *(line(one, 2) for one in goods)).status == 201
        assert [shop.level(one[0]) for one in goods] == [(0, 2)] * 3

    def test_backorders_go_below_zero(self, shop: Shop) -> None:
        goods = shop.stocked(1, backorder=True)
        assert reserve(shop, line(goods, 3)).status == 201
        assert shop.level(goods[0]) == (-2, 3)

    def test_stock_that_nobody_counts_can_be_had(self, shop: Shop) -> None:
        product_id, (variant_id,) = shop.product(5000)
        made = reserve(shop, line((product_id, variant_id), 9))
        assert (made.status, made.body["lines"][0]["taken"]) == (201, [])
        assert end(shop, made.body["reservation_id"], "commit").body["status"] == "committed"

    def test_things_that_are_not_in_the_catalogue_are_refused(self, shop: Shop) -> None:
        goods = shop.stocked(5)
        refused = reserve(shop, line((goods[0], "var_x")), line(("prd_x", goods[1])))
        assert refused.status == 422
        assert [e["field"] for e in refused.body["errors"]] == ["lines.0.variant_id", "lines.1.product_id"]

    def test_another_clients_goods_are_as_if_there_were_none(self, shop: Shop) -> None:
        goods = shop.stocked(5)
        body = {"lines": [line(goods)]}
        assert shop.call("POST", "/v1/reservations", body=body, client_id=OTHER_CLIENT).status == 422
        assert shop.level(goods[0]) == (5, 0)

    @pytest.mark.parametrize(
        "bad",
        [
            {"lines": []},
            {"hold_seconds": 0},
            {"hold_seconds": 86_401},
            {"reservation_id": "short"},
            {"reservation_id": "with#hash#inside"},
            {"reference": "x" * 201},
            {"unknown": 1},
        ],
    )
    def test_bad_requests_are_refused(self, shop: Shop, bad: dict[str, Any]) -> None:
        body = {"lines": [{"product_id": "p", "variant_id": "v", "quantity": 1}], **bad}
        assert shop.call("POST", "/v1/reservations", body=body).status == 422

    @pytest.mark.parametrize("quantity", [0, -1, 1_000_001, 1.5])
    def test_bad_quantities_are_refused(self, shop: Shop, quantity: Any) -> None:
        assert reserve(shop, line(("p", "v"), quantity)).status == 422

    def test_a_day_is_the_longest_hold(self, shop: Shop, clock: FakeClock) -> None:
        goods = shop.stocked(5)
        made = reserve(shop, line(goods), hold_seconds=86_400)
        assert made.body["expires_at"] == "2026-03-15T09:26:53.589Z"


class TestTwice:
    def test_the_same_key_reserves_once(self, shop: Shop) -> None:
        goods = shop.stocked(5)
        first = reserve(shop, line(goods, 2), key="k1")
        assert reserve(shop, line(goods, 2), key="k1").body == first.body
        shop.forget_idempotency_keys()
        assert reserve(shop, line(goods, 2), key="k1").body == first.body
        assert shop.level(goods[0]) == (3, 2)

    def test_the_same_id_reserves_once(self, shop: Shop) -> None:
        goods = shop.stocked(5)
        first = reserve(shop, line(goods, 2), reservation_id="order-2026-7")
        assert first.body["reservation_id"] == "order-2026-7"
        assert reserve(shop, line(goods, 2), reservation_id="order-2026-7").body == first.body
        assert reserve(shop, line(goods, 3), reservation_id="order-2026-7").status == 409
        assert shop.level(goods[0]) == (3, 2)

    def test_two_clients_may_use_the_same_id(self, shop: Shop) -> None:
        goods = shop.stocked(5)
        assert reserve(shop, line(goods), reservation_id="order-2026-7").status == 201
        for how in ("release", "commit"):
            assert end(shop, "order-2026-7", how, client_id=OTHER_CLIENT).status == 404
        assert shop.call("GET", "/v1/reservations/order-2026-7", client_id=OTHER_CLIENT).status == 404


class TestEnding:
    def test_released_goods_come_back(self, shop: Shop, clock: FakeClock) -> None:
        goods = shop.stocked(5)
        name = reserve(shop, line(goods, 2)).body["reservation_id"]
        clock.advance(minutes=1)
        ended = end(shop, name, "release")
        assert (ended.body["status"], ended.body["ended_at"]) == ("released", "2026-03-14T09:27:53.589Z")
        assert end(shop, name, "release").body == ended.body
        assert end(shop, name, "commit").status == 409
        assert shop.level(goods[0]) == (5, 0)

    def test_committed_goods_leave(self, shop: Shop) -> None:
        goods = shop.stocked(5)
        name = reserve(shop, line(goods, 2)).body["reservation_id"]
        assert end(shop, name, "commit").body["status"] == "committed"
        assert end(shop, name, "commit").status == 200
        assert end(shop, name, "release").status == 409
        assert shop.level(goods[0]) == (3, 0)

    def test_what_ran_out_is_expired_at_once(self, shop: Shop, clock: FakeClock) -> None:
        goods = shop.stocked(5)
        name = reserve(shop, line(goods, 4)).body["reservation_id"]
        clock.advance(minutes=15)
        assert shop.call("GET", f"/v1/reservations/{name}").body["status"] == "expired"
        assert reserve(shop, line(goods, 5)).status == 201
        assert end(shop, name, "commit").status == 409
        assert shop.level(goods[0]) == (0, 5)

    def test_an_unknown_reservation_is_not_found(self, shop: Shop) -> None:
        assert end(shop, "order-2026-8", "commit").status == 404
        assert shop.call("GET", "/v1/reservations/a%23b").status == 404


def test_keys_for_the_catalogue_cannot_reserve(shop: Shop) -> None:
    goods = shop.stocked(5)
    body = {"lines": [line(goods)]}
    refused = shop.call("POST", "/v1/reservations", body=body, scopes="catalog:read catalog:write")
    assert refused.status == 403


def test_selling_out_coming_back_and_running_low_are_told_once(shop: Shop) -> None:
    product_id, (variant_id,) = shop.product(5000)
    goods = (product_id, variant_id)
    level = {"on_hand": 6, "low_stock_threshold": 4}
    body = {"tracked": True, "levels": [level]}
    shop.call("PUT", f"/v1/products/{product_id}/inventory/{variant_id}", body=body)
    names = [reserve(shop, line(goods, 2)).body["reservation_id"] for _ in range(3)]
    end(shop, names[0], "commit")
    end(shop, names[1], "release")
    event = shop.stream.take()
    assert event is not None
    told = [one for _, change in changes(event) for one in translate(change).events]
    stock = [(one.name, one.data["available"]) for one in told if "available" in one.data]
    assert stock == [("StockRanLow", 4), ("OutOfStock", 0), ("BackInStock", 2)]
    assert {one.cause.correlation_id for one in told if "available" in one.data} == {"JKJaXmPLvHcESHA="}
    assert {one.data["source"] for one in told if one.name in {"OutOfStock", "BackInStock"}} == {"reservation"}
