"""Offers over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from functions.catalog.api.handler import handle
from skuflow.catalog.offer_store import from_image
from tests.calls import Tally, watched
from tests.doubles import CountedIds, FakeClock
from tests.http import OTHER_CLIENT, Answer
from tests.shop import Shop, open_shop
from tests.stock import A


@pytest.fixture
def shop(tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds) -> Shop:
    return open_shop(handle, tables, clock, new_id)


@pytest.fixture
def product_id(shop: Shop) -> str:
    return shop.product(5000)[0]


def cad(minor: int) -> dict[str, Any]:
    return {"amount_minor": minor, "currency": "CAD"}


def put(shop: Shop, product_id: str, offer_id: str = "nord-1", price: int = 2000, **more: Any) -> Answer:
    headers = more.pop("headers", {})
    body = {"retailer": "Nord", "price": cad(price), **more}
    return shop.call("PUT", f"/v1/products/{product_id}/offers/{offer_id}", body=body, headers=headers)


class TestTelling:
    def test_the_first_look_makes_the_offer(self, shop: Shop, product_id: str) -> None:
        (variant_id,) = (v["variant_id"] for v in shop.call("GET", f"/v1/products/{product_id}").body["variants"])
        more = {
            "variant_id": variant_id,
            "original_price": cad(2500),
            "url": "https://nord.example/boots?x=1",
            "stock_status": "low_stock",
            "shipping": cad(0),
            "condition": "used",
            "rating": 4.75,
            "place": {"lat": 45.5, "lon": -73.5},
            "source": "webhook",
        }
        made = put(shop, product_id, **more)
        assert made.status == 200
        seen = "2026-03-14T09:26:53.589Z"
        assert made.body == {
            **more,
            "offer_id": "nord-1",
            "product_id": product_id,
            "retailer": "Nord",
            "price": cad(2000),
            "is_available": True,
            "first_seen_at": seen,
            "changed_at": seen,
            "last_seen_at": seen,
            "version": 1,
            "observed": "created",
        }
        shown = shop.call("GET", f"/v1/products/{product_id}/offers/nord-1")
        assert {**shown.body, "observed": "created"} == made.body
        assert shown.headers["etag"] == '"1"'

    def test_the_same_terms_again_are_one_small_write(self, shop: Shop, product_id: str, clock: FakeClock) -> None:
        put(shop, product_id)
        clock.advance(hours=1)
        tally = Tally()
        with watched(tally):
            again = put(shop, product_id)
        assert tally.requests["dynamodb:UpdateItem"] == 1
        assert tally.requests["dynamodb:PutItem"] == tally.requests["dynamodb:TransactWriteItems"] == 0
        assert (again.body["observed"], again.body["version"]) == ("unchanged", 1)
        assert again.body["changed_at"] == "2026-03-14T09:26:53.589Z"
        shown = shop.call("GET", f"/v1/products/{product_id}/offers/nord-1").body
        assert shown["last_seen_at"] == "2026-03-14T10:26:53.589Z"

    def test_other_terms_are_a_version(self, shop: Shop, product_id: str, clock: FakeClock) -> None:
        put(shop, product_id)
        clock.advance(hours=1)
        changed = put(shop, product_id, price=1500)
        assert (changed.body["observed"], changed.body["version"], changed.body["price"]) == ("changed", 2, cad(1500))

    def test_an_older_look_changes_nothing(self, shop: Shop, product_id: str, clock: FakeClock) -> None:
        put(shop, product_id, seen_at="2026-03-14T09:00:00Z")
        older = put(shop, product_id, price=1500, seen_at="2026-03-14T09:59:59+01:00")
        assert (older.body["observed"], older.body["price"]) == ("outdated", cad(2000))

    def test_a_look_from_the_future_is_refused(self, shop: Shop, product_id: str) -> None:
        assert put(shop, product_id, seen_at="2026-03-14T09:31:00Z").status == 200
        assert put(shop, product_id, "nord-2", seen_at="2026-03-14T09:32:00Z").status == 422

    def test_a_version_may_be_asked_for(self, shop: Shop, product_id: str, clock: FakeClock) -> None:
        assert put(shop, product_id, version=0).status == 200
        clock.advance(hours=1)
        assert put(shop, product_id, price=1, version=0).status == 412
        assert put(shop, product_id, price=1, headers={"If-Match": '"2"'}).status == 412
        assert put(shop, product_id, price=1, headers={"If-Match": '"1"'}).status == 200

    @pytest.mark.parametrize(
        "bad",
        [
            {"price": cad(-1)},
            {"price": {"amount_minor": 1, "currency": "XXX"}},
            {"price": {"amount_minor": 1.5, "currency": "CAD"}},
            {"url": "javascript:alert(1)"},
            {"url": "https://a b"},
            {"rating": 5.5},
            {"rating": 4.755},
            {"place": {"lat": 91, "lon": 0}},
            {"seen_at": "2026-03-14T09:00:00"},
            {"condition": "mint"},
            {"variant_id": "var_of_another"},
            {"retailer": ""},
        ],
    )
    def test_bad_offers_are_refused(self, shop: Shop, product_id: str, bad: dict[str, Any]) -> None:
        assert put(shop, product_id, **bad).status == 422
        assert shop.call("GET", f"/v1/products/{product_id}/offers").body["items"] == []

    def test_an_id_that_would_bend_a_key_is_not_found(self, shop: Shop, product_id: str) -> None:
        assert put(shop, product_id, "a%23b").status == 404


class TestListing:
    def test_offers_come_in_pages_and_in_order(self, shop: Shop, product_id: str) -> None:
        for n in (3, 1, 2, 5, 4):
            put(shop, product_id, f"o{n}")
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = shop.call("GET", f"/v1/products/{product_id}/offers", query={"limit": "2", **cursor}).body
            seen += [offer["offer_id"] for offer in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert seen == ["o1", "o2", "o3", "o4", "o5"]

    def test_a_cursor_of_another_product_is_refused(self, shop: Shop, product_id: str) -> None:
        other, _ = shop.product(100)
        for n in (1, 2):
            put(shop, product_id, f"o{n}")
        cursor = shop.call("GET", f"/v1/products/{product_id}/offers", query={"limit": "1"}).body["next_cursor"]
        assert shop.call("GET", f"/v1/products/{other}/offers", query={"cursor": cursor}).status == 422


class TestForgetting:
    def test_an_offer_is_forgotten(self, shop: Shop, product_id: str) -> None:
        put(shop, product_id)
        path = f"/v1/products/{product_id}/offers/nord-1"
        assert shop.call("DELETE", path, headers={"If-Match": '"2"'}).status == 412
        assert shop.call("DELETE", path, headers={"If-Match": '"1"'}).status == 204
        assert shop.call("GET", path).status == 404
        assert shop.call("DELETE", path).status == 404

    def test_another_client_can_neither_see_nor_forget_it(self, shop: Shop, product_id: str) -> None:
        put(shop, product_id)
        path = f"/v1/products/{product_id}/offers"
        for method, name in (("GET", path), ("GET", f"{path}/nord-1"), ("DELETE", f"{path}/nord-1")):
            assert shop.call(method, name, client_id=OTHER_CLIENT).status == 404
        assert shop.call("GET", f"{path}/nord-1").status == 200


def test_a_stream_image_is_the_offer(shop: Shop, product_id: str, clock: FakeClock) -> None:
    put(shop, product_id)
    clock.advance(hours=1)
    put(shop, product_id)
    event = shop.stream.take()
    assert event is not None
    images = [r["dynamodb"] for r in event["Records"] if r["dynamodb"]["Keys"]["sk"]["S"] == "OFFER#nord-1"]
    assert from_image(images[0]["NewImage"]) == from_image(images[1]["OldImage"])
    assert from_image(images[1]["NewImage"]) == shop.deps.offers.get(A, product_id, "nord-1")
