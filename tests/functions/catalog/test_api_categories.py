"""Categories over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from functions.catalog.api.handler import handle
from tests.doubles import CountedIds, FakeClock
from tests.http import OTHER_CLIENT, Answer
from tests.interleaving import interleaved
from tests.shop import Shop, open_shop


@pytest.fixture
def shop(tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds) -> Shop:
    return open_shop(handle, tables, clock, new_id)


def add(shop: Shop, name: str, parent: str | None = None, market: str = "CA", **more: Any) -> Answer:
    headers = more.pop("headers", {})
    body = {"market": market, "name": name, **({"parent_id": parent} if parent else {}), **more}
    return shop.call("POST", "/v1/categories", body=body, headers=headers)


def grow(shop: Shop) -> dict[str, str]:
    """clothes > (shirts, shoes > boots), toys; name -> id."""
    ids: dict[str, str] = {}
    for name, parent in (
        ("clothes", ""),
        ("shirts", "clothes"),
        ("shoes", "clothes"),
        ("boots", "shoes"),
        ("toys", ""),
    ):
        ids[name] = add(shop, name, ids.get(parent)).body["category_id"]
    return ids


def tree(shop: Shop, market: str = "CA", **call: Any) -> list[str]:
    page = shop.call("GET", "/v1/categories", query={"market": market}, **call)
    return ["/".join(item["path"]) for item in page.body["items"]]


def change(shop: Shop, category_id: str, **body: Any) -> Answer:
    return shop.call("PATCH", f"/v1/categories/{category_id}", body=body)


WHOLE = ["clothes", "clothes/shirts", "clothes/shoes", "clothes/shoes/boots", "toys"]


class TestTree:
    def test_it_is_listed_parents_first(self, shop: Shop) -> None:
        ids = grow(shop)
        assert tree(shop) == WHOLE
        boots = shop.call("GET", f"/v1/categories/{ids['boots']}").body
        at = "2026-03-14T09:26:53.589Z"
        assert boots == {
            "category_id": ids["boots"],
            "market": "CA",
            "name": "boots",
            "slug": "boots",
            "parent_id": ids["shoes"],
            "depth": 2,
            "position": 0,
            "path": ["clothes", "shoes", "boots"],
            "created_at": at,
            "updated_at": at,
            "version": 1,
        }

    def test_it_comes_in_pages(self, shop: Shop) -> None:
        grow(shop)
        query, seen = {"market": "CA", "limit": "2"}, list[str]()
        while True:
            page = shop.call("GET", "/v1/categories", query=query).body
            seen += ["/".join(item["path"]) for item in page["items"]]
            if page["next_cursor"] is None:
                break
            query["cursor"] = page["next_cursor"]
        assert seen == WHOLE

    def test_a_page_behind_a_category_that_is_gone_says_so(self, shop: Shop) -> None:
        ids = grow(shop)
        query = {"market": "CA", "limit": "4"}
        query["cursor"] = shop.call("GET", "/v1/categories", query=query).body["next_cursor"]
        shop.call("DELETE", f"/v1/categories/{ids['boots']}")
        assert shop.call("GET", "/v1/categories", query=query).status == 409

    def test_each_market_and_each_client_has_its_own(self, shop: Shop) -> None:
        ids = grow(shop)
        add(shop, "Jouets", market="FR")
        assert (tree(shop), tree(shop, "FR"), tree(shop, "US")) == (WHOLE, ["Jouets"], [])
        assert tree(shop, client_id=OTHER_CLIENT) == []
        for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
            answer = shop.call(method, f"/v1/categories/{ids['toys']}", body=body, client_id=OTHER_CLIENT)
            assert answer.status == 404

    @pytest.mark.parametrize("market", ["ca", "CAN", "C#"])
    def test_a_market_is_a_country(self, shop: Shop, market: str) -> None:
        assert shop.call("GET", "/v1/categories", query={"market": market}).status == 422
        assert add(shop, "x", market=market).status == 422


class TestAdding:
    def test_the_same_key_adds_once(self, shop: Shop) -> None:
        first = add(shop, "toys", headers={"Idempotency-Key": "k1"})
        shop.forget_idempotency_keys()
        assert add(shop, "toys", headers={"Idempotency-Key": "k1"}).body == first.body
        assert tree(shop) == ["toys"]

    def test_siblings_have_different_names(self, shop: Shop) -> None:
        ids = grow(shop)
        assert add(shop, "Shoes!", ids["clothes"]).status == 409
        assert add(shop, "Shoes!", ids["toys"]).status == 201

    @pytest.mark.parametrize(
        "bad", [{"name": ""}, {"name": "☃"}, {"name": "x" * 121}, {"parent": "cat_x"}, {"position": -1}]
    )
    def test_bad_categories_are_refused(self, shop: Shop, bad: dict[str, Any]) -> None:
        assert add(shop, **{"name": "hats", **bad}).status == 422
        assert tree(shop) == []

    def test_a_place_among_the_siblings_may_be_chosen(self, shop: Shop) -> None:
        ids = grow(shop)
        add(shop, "hats", ids["clothes"], position=0)
        assert tree(shop)[1] == "clothes/hats"


class TestChanging:
    def test_a_move_takes_everything_below_along(self, shop: Shop) -> None:
        ids = grow(shop)
        moved = change(shop, ids["shoes"], parent_id=ids["toys"])
        assert (moved.body["path"], moved.body["version"], moved.headers["etag"]) == (["toys", "shoes"], 2, '"2"')
        assert tree(shop) == ["clothes", "clothes/shirts", "toys", "toys/shoes", "toys/shoes/boots"]
        assert change(shop, ids["shoes"], parent_id=None, position=0).body["depth"] == 0
        assert tree(shop)[:2] == ["shoes", "shoes/boots"]

    def test_nothing_moves_below_itself(self, shop: Shop) -> None:
        ids = grow(shop)
        refused = change(shop, ids["clothes"], parent_id=ids["boots"])
        assert (refused.status, refused.body["errors"][0]["field"]) == (409, "parent_id")
        assert tree(shop) == WHOLE

    @pytest.mark.parametrize("seed", range(6))
    def test_two_moves_at_once_make_no_circle(self, shop: Shop, seed: int) -> None:
        ids = grow(shop)
        moves = [("clothes", "toys"), ("toys", "clothes")]
        answers = interleaved(
            seed,
            [lambda a=a, b=b: change(shop, ids[a], parent_id=ids[b]) for a, b in moves],  # type: ignore[misc]
        )
        assert sorted(answer.status for answer in answers) == [200, 409]
        assert len(tree(shop)) == 5

    def test_a_name_and_a_version(self, shop: Shop) -> None:
        ids = grow(shop)
        assert change(shop, ids["toys"], name="Games", version=2).status == 412
        assert change(shop, ids["toys"], name="Games", version=1).body["slug"] == "games"
        assert change(shop, ids["toys"], name=None).status == 422
        unknown = f"cat_ca_{'0' * 32}"
        assert change(shop, unknown, name="x").status == 404


class TestDeleting:
    def test_not_while_there_is_something_below_it(self, shop: Shop) -> None:
        ids = grow(shop)
        assert shop.call("DELETE", f"/v1/categories/{ids['shoes']}").status == 409
        assert shop.call("DELETE", f"/v1/categories/{ids['boots']}", headers={"If-Match": '"2"'}).status == 412
        assert shop.call("DELETE", f"/v1/categories/{ids['boots']}", headers={"If-Match": '"1"'}).status == 204
        assert shop.call("DELETE", f"/v1/categories/{ids['shoes']}").status == 204
        assert tree(shop) == ["clothes", "clothes/shirts", "toys"]

    def test_not_while_products_are_filed_under_it_unless_told_so(self, shop: Shop) -> None:
        ids = grow(shop)
        shop.product(5000, category=("Clothes", "Shoes", "Boots", "Winter"))
        path = f"/v1/categories/{ids['boots']}"
        assert shop.call("DELETE", path).status == 409
        assert shop.call("DELETE", path, query={"even_if_used": "true"}).status == 204
