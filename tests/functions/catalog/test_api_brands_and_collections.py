"""Brands and collections over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from functions.catalog.api.handler import handle
from tests.doubles import CountedIds, FakeClock
from tests.http import OTHER_CLIENT, Answer
from tests.interleaving import interleaved
from tests.shop import Shop, open_shop


@pytest.fixture
def shop(tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds) -> Shop:
    return open_shop(handle, tables, clock, new_id)


def every(shop: Shop, path: str, **query: str) -> list[dict[str, Any]]:
    """All items of a list, two at a time."""
    items: list[dict[str, Any]] = []
    asked = {"limit": "2", **query}
    while True:
        page = shop.call("GET", path, query=asked).body
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        asked["cursor"] = page["next_cursor"]


class TestBrands:
    def add(self, shop: Shop, name: str, **more: Any) -> Answer:
        headers = more.pop("headers", {})
        return shop.call("POST", "/v1/brands", body={"name": name, **more}, headers=headers)

    def test_a_brand_is_known_by_its_slug(self, shop: Shop) -> None:
        made = self.add(shop, "Crème & Co.", popularity=80, logo_url="https://c.example/logo.svg")
        at = "2026-03-14T09:26:53.589Z"
        assert made.status == 201
        assert made.body == {
            "brand_id": "creme-co",
            "name": "Crème & Co.",
            "popularity": 80,
            "quality": None,
            "description": "",
            "logo_url": "https://c.example/logo.svg",
            "created_at": at,
            "updated_at": at,
            "version": 1,
        }
        assert shop.call("GET", "/v1/brands/creme-co").body == made.body
        assert self.add(shop, "CREME CO").status == 409

    def test_a_brand_in_another_script(self, shop: Shop) -> None:
        made = self.add(shop, "बाटा")
        assert shop.call("GET", f"/v1/brands/{quote(made.body['brand_id'])}").body == made.body

    def test_they_come_in_pages_and_in_order(self, shop: Shop) -> None:
        for name in ("c", "a", "e", "b", "d"):
            self.add(shop, name)
        assert [brand["brand_id"] for brand in every(shop, "/v1/brands")] == ["a", "b", "c", "d", "e"]
        assert shop.call("GET", "/v1/brands", client_id=OTHER_CLIENT).body["items"] == []

    def test_what_is_left_out_of_a_change_stays(self, shop: Shop, clock: FakeClock) -> None:
        self.add(shop, "Nord", popularity=80, description="Boots")
        clock.advance(hours=1)
        changed = shop.call("PATCH", "/v1/brands/nord", body={"popularity": None, "quality": 9, "version": 1}).body
        assert (changed["popularity"], changed["quality"], changed["description"]) == (None, 9, "Boots")
        assert (changed["version"], changed["updated_at"]) == (2, "2026-03-14T10:26:53.589Z")
        assert shop.call("PATCH", "/v1/brands/nord", body={"quality": 9}).body["version"] == 2
        assert shop.call("PATCH", "/v1/brands/nord", body={"quality": 1, "version": 1}).status == 412

    @pytest.mark.parametrize("seed", range(3))
    def test_two_changes_at_once_are_both_made(self, shop: Shop, seed: int) -> None:
        self.add(shop, "Nord")
        bodies = [{"quality": 9}, {"popularity": 8}, {"description": "Boots"}]
        interleaved(seed, [lambda b=b: shop.call("PATCH", "/v1/brands/nord", body=b) for b in bodies])  # type: ignore[misc]
        after = shop.call("GET", "/v1/brands/nord").body
        assert (after["quality"], after["popularity"], after["description"], after["version"]) == (9, 8, "Boots", 4)

    def test_only_the_spelling_of_a_name_can_change(self, shop: Shop) -> None:
        self.add(shop, "Nord")
        assert shop.call("PATCH", "/v1/brands/nord", body={"name": "NORD"}).body["name"] == "NORD"
        assert shop.call("PATCH", "/v1/brands/nord", body={"name": "Sud"}).status == 422

    @pytest.mark.parametrize(
        "bad", [{"popularity": 101}, {"quality": -1}, {"logo_url": "ftp://x"}, {"name": "☃"}, {"name": None}]
    )
    def test_bad_brands_are_refused(self, shop: Shop, bad: dict[str, Any]) -> None:
        assert shop.call("POST", "/v1/brands", body={"name": "Nord", **bad}).status == 422

    def test_a_brand_is_deleted_unless_it_has_products(self, shop: Shop) -> None:
        for name in ("Nord", "Sud"):
            self.add(shop, name)
        shop.product(5000, brand="NORD")
        assert shop.call("DELETE", "/v1/brands/nord").status == 409
        assert shop.call("DELETE", "/v1/brands/sud", headers={"If-Match": '"2"'}).status == 412
        assert shop.call("DELETE", "/v1/brands/sud", client_id=OTHER_CLIENT).status == 404
        assert shop.call("DELETE", "/v1/brands/sud").status == 204
        assert shop.call("DELETE", "/v1/brands/nord", query={"even_if_used": "true"}).status == 204
        assert every(shop, "/v1/brands") == []

    def test_what_is_no_slug_is_not_found(self, shop: Shop) -> None:
        for name in ("Nord", "a%23b", "x" * 500):
            assert shop.call("GET", f"/v1/brands/{name}").status == 404


class TestCollections:
    def add(self, shop: Shop, title: str = "Summer sale", **more: Any) -> Answer:
        headers = more.pop("headers", {})
        return shop.call("POST", "/v1/collections", body={"title": title, **more}, headers=headers)

    def test_products_are_kept_in_their_order(self, shop: Shop) -> None:
        products = [shop.product(100)[0] for _ in range(3)][::-1]
        made = self.add(shop, product_ids=products, starts_at="2026-03-14T10:00:00+01:00")
        assert made.status == 201
        assert (made.body["product_ids"], made.body["products"]) == (products, 3)
        assert (made.body["slug"], made.body["starts_at"]) == ("summer-sale", "2026-03-14T09:00:00.000Z")
        assert shop.call("GET", f"/v1/collections/{made.body['collection_id']}").body == made.body

    def test_it_is_active_during_its_period(self, shop: Shop, clock: FakeClock) -> None:
        self.add(shop, "always")
        self.add(shop, "soon", starts_at="2026-03-14T10:00:00Z", ends_at="2026-03-14T11:00:00Z")

        def active() -> list[str]:
            return [c["title"] for c in every(shop, "/v1/collections", active="true")]

        assert active() == ["always"]
        assert [c["title"] for c in every(shop, "/v1/collections", active="false")] == ["soon"]
        clock.advance(hours=1)
        assert active() == ["always", "soon"]
        clock.advance(hours=1)
        assert active() == ["always"]
        assert [c["is_active"] for c in every(shop, "/v1/collections")] == [True, False]

    def test_the_same_key_makes_one(self, shop: Shop) -> None:
        first = self.add(shop, headers={"Idempotency-Key": "k1"})
        shop.forget_idempotency_keys()
        assert self.add(shop, headers={"Idempotency-Key": "k1"}).body == first.body
        assert len(every(shop, "/v1/collections")) == 1

    def test_changes_keep_the_rest(self, shop: Shop) -> None:
        product_id, _ = shop.product(100)
        made = self.add(shop, ends_at="2026-04-01T00:00:00Z").body
        path = f"/v1/collections/{made['collection_id']}"
        changed = shop.call("PATCH", path, body={"product_ids": [product_id], "title": "Last chance"}).body
        assert (changed["product_ids"], changed["slug"], changed["version"]) == ([product_id], "last-chance", 2)
        assert changed["ends_at"] == "2026-04-01T00:00:00.000Z"
        assert shop.call("PATCH", path, body={"ends_at": None}, headers={"If-Match": '"2"'}).body["ends_at"] is None
        assert shop.call("PATCH", path, body={"title": "x"}, headers={"If-Match": '"2"'}).status == 412
        assert shop.call("PATCH", path, body={"product_ids": None}).status == 422

    @pytest.mark.parametrize(
        "bad",
        [
            {"product_ids": ["prd_x"]},
            {"starts_at": "2026-04-01T00:00:00Z", "ends_at": "2026-04-01T00:00:00Z"},
            {"starts_at": "2026-04-01T00:00:00"},
            {"title": ""},
            {"product_ids": ["prd_x"] * 2001},
        ],
    )
    def test_bad_collections_are_refused(self, shop: Shop, bad: dict[str, Any]) -> None:
        assert shop.call("POST", "/v1/collections", body={"title": "Sale", **bad}).status == 422

    def test_a_product_is_named_once_and_is_the_clients_own(self, shop: Shop) -> None:
        product_id, _ = shop.product(100)
        assert self.add(shop, product_ids=[product_id, product_id]).status == 422
        body = {"title": "Sale", "product_ids": [product_id]}
        assert shop.call("POST", "/v1/collections", body=body, client_id=OTHER_CLIENT).status == 422

    def test_a_product_that_is_gone_can_stay_or_leave(self, shop: Shop) -> None:
        gone, kept = shop.product(100)[0], shop.product(100)[0]
        path = f"/v1/collections/{self.add(shop, product_ids=[gone, kept]).body['collection_id']}"
        assert shop.call("DELETE", f"/v1/products/{gone}").status == 204
        assert shop.call("PATCH", path, body={"product_ids": [kept, gone]}).status == 200
        assert shop.call("PATCH", path, body={"product_ids": [kept]}).body["product_ids"] == [kept]
        assert shop.call("PATCH", path, body={"product_ids": [kept, gone]}).status == 422

    def test_it_is_deleted_and_its_products_stay(self, shop: Shop) -> None:
        product_id, _ = shop.product(100)
        path = f"/v1/collections/{self.add(shop, product_ids=[product_id]).body['collection_id']}"
        for method, body in (("GET", None), ("PATCH", {"title": "x"}), ("DELETE", None)):
            assert shop.call(method, path, body=body, client_id=OTHER_CLIENT).status == 404
        assert shop.call("DELETE", path, headers={"If-Match": '"9"'}).status == 412
        assert shop.call("DELETE", path).status == 204
        assert shop.call("GET", path).status == 404
        assert shop.call("GET", f"/v1/products/{product_id}").status == 200
