"""Products over HTTP."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from tests.calls import Killer, WorkerKilled, watched
from tests.functions.catalog.floor import Floor
from tests.functions.catalog.shirts import MONEY, SHIRT, created, listed, path, titles
from tests.http import OTHER_CLIENT
from tests.product_batches import Batch, product, variant


class TestMaking:
    def test_a_product_is_made_as_it_was_sent(self, floor: Floor) -> None:
        answer = floor.call("POST", "/v1/products", body=SHIRT)
        assert answer.status == 201
        assert answer.headers["etag"] == '"1"'
        view = answer.body
        sent = {
            name: view[name]
            for name in SHIRT
            if name not in {"title", "tags", "description_html", "external_ids", "variants"}
        }
        assert sent == {name: SHIRT[name] for name in sent}
        assert (view["title"], view["tags"]) == ("Linen shirt", ["new", "linen"])
        assert (view["description_html"], view["description_text"]) == ("<p>Soft &amp; light.</p>", "Soft & light.")
        assert view["external_ids"] == {"asin": "B07XJRQ6M2", "erp": "A-17"}
        assert (view["source"], view["version"], view["availability"]) == ("api", 1, "in_stock")
        first, second = view["variants"]
        assert (first["gtin"], first["price"], first["cost"]["amount_minor"]) == ("4006381333931", MONEY, 800)
        assert (second["sku"], second["compare_at"], second["stock"]["tracked"]) == ("SH-M", None, False)
        assert floor.call("GET", path(view)).body == view

    def test_a_code_that_a_variant_does_not_have_may_be_null(self, floor: Floor) -> None:
        answer = floor.call(
            "POST", "/v1/products", body={"title": "Hat", "variants": [{"sku": None, "gtin": None, "mpn": None}]}
        )
        assert answer.status == 201
        (variant_,) = answer.body["variants"]
        assert (variant_["sku"], variant_["gtin"], variant_["mpn"]) == (None, None, None)

    def test_a_repeated_key_makes_one_product(self, floor: Floor) -> None:
        answers = [
            floor.call("POST", "/v1/products", body={"title": "Hat"}, headers={"Idempotency-Key": "k1"}) for _ in "ab"
        ]
        assert answers[0].body == answers[1].body
        assert listed(floor) == ["Hat"]

    def test_a_repeated_key_makes_one_product_even_if_the_first_answer_was_lost(self, floor: Floor) -> None:
        for place in range(1, 9):
            body = {"title": f"Hat {place}", "variants": [{"sku": f"H{place}"}]}
            sent = {"body": body, "headers": {"Idempotency-Key": f"key-{place}"}}
            killer = Killer(place)
            with suppress(WorkerKilled), watched(killer):
                floor.call("POST", "/v1/products", **sent)
            floor.shop.forget_idempotency_keys()
            again = floor.call("POST", "/v1/products", **sent)
            assert (again.status, again.body["title"], again.body["version"]) == (201, f"Hat {place}", 1)
            if not killer.killed:
                break
        assert sorted(listed(floor)) == [f"Hat {n}" for n in range(1, place + 1)]

    def test_a_key_that_made_another_product_long_ago_makes_no_second_one(self, floor: Floor) -> None:
        sent: dict[str, Any] = {"body": {"title": "Hat"}, "headers": {"Idempotency-Key": "k"}}
        floor.call("POST", "/v1/products", **sent)
        floor.shop.forget_idempotency_keys()
        floor.clock.advance(days=2)
        assert floor.call("POST", "/v1/products", **sent).status == 409

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"title": " "}, "title"),
            ({"title": "x" * 1001}, "title"),
            ({"title": "a\x00b"}, "body"),
            ({"status": "removed"}, "status"),
            ({"url": "javascript:alert(1)"}, "url"),
            ({"images": [{"url": "data:text/html,x"}]}, "images.0.url"),
            ({"category": ["a"] * 11}, "category"),
            ({"external_ids": {"asin": "nonsense"}}, "body"),
            ({"sku": "no such field"}, "sku"),
            ({"variants": [{"price": {"amount_minor": -1, "currency": "CAD"}}]}, "variants.0.price.amount_minor"),
            ({"variants": [{"price": {"amount_minor": 1.5, "currency": "CAD"}}]}, "variants.0.price.amount_minor"),
            ({"variants": [{"price": {"amount_minor": 1, "currency": "cad"}}]}, "variants.0.price.currency"),
            ({"variants": [{"price": MONEY, "compare_at": {"amount_minor": 1, "currency": "USD"}}]}, "variants.0"),
            ({"variants": [{"gtin": "4006381333932"}]}, "variants.0.gtin"),
            ({"variants": [{"mpn": "--"}]}, "variants.0.mpn"),
            ({"variants": [{"sku": " "}]}, "variants.0.sku"),
        ],
    )
    def test_a_faulty_product_names_the_field(self, floor: Floor, more: dict[str, Any], field: str) -> None:
        answer = floor.call("POST", "/v1/products", body={"title": "Hat", **more})
        assert answer.status == 422
        assert [error["field"] for error in answer.body["errors"]] == [field]
        assert listed(floor) == []

    def test_a_key_without_the_scope_can_only_read(self, floor: Floor) -> None:
        hat = created(floor)
        for method, where in (("POST", "/v1/products"), ("PATCH", path(hat)), ("DELETE", path(hat))):
            assert floor.call(method, where, body={"title": "x"}, scopes="catalog:read").status == 403
        assert floor.call("GET", path(hat), scopes="catalog:read").status == 200


class TestReading:
    def test_costs_are_shown_to_those_who_keep_the_catalogue(self, floor: Floor) -> None:
        shirt = created(floor, **SHIRT)
        shown = floor.call("GET", path(shirt), scopes="catalog:read").body
        assert [v["cost"] for v in shown["variants"]] == [None, None]
        (item,) = floor.call("GET", "/v1/products", scopes="catalog:read").body["items"]
        assert [v["cost"] for v in item["variants"]] == [None, None]

    def test_costs_are_never_shown_to_a_key_that_stands_in_a_web_page(self, floor: Floor) -> None:
        shirt = created(floor, **{**SHIRT, "status": "active"})
        for where in (path(shirt), "/v1/products"):
            shown = floor.call("GET", where, key_kind="publishable").body
            (item,) = shown.get("items", [shown])
            assert [v["cost"] for v in item["variants"]] == [None, None]

    def test_another_clients_product_is_not_there(self, floor: Floor) -> None:
        hat = created(floor, variants=[{"sku": "H"}])
        floor.read_stream()
        for method, body in (("GET", None), ("PATCH", {"title": "x"}), ("DELETE", None)):
            assert floor.call(method, path(hat), body=body, client_id=OTHER_CLIENT).status == 404
        for query in ({}, {"sku": "H"}):
            assert floor.call("GET", "/v1/products", query=query, client_id=OTHER_CLIENT).body["items"] == []

    @pytest.mark.parametrize("name", ["prd_0", "x" * 65, "a#b", "C#x"])
    def test_what_there_is_not_is_not_found(self, floor: Floor, name: str) -> None:
        assert floor.call("GET", f"/v1/products/{name}").status == 404

    def test_imported_products_show_where_they_come_from_and_their_stock(self, floor: Floor) -> None:
        floor.load(Batch((product("shirt", variant("s", 2, quantity=3), variant("m", 3, quantity=0)),)))
        (view,) = floor.call("GET", "/v1/products").body["items"]
        assert (view["source"], view["key"], view["observed_at"]) == ("shopify", "shirt", "2026-03-14T09:26:53.589Z")
        stock = [(v["stock"]["tracked"], v["stock"]["available"], v["stock"]["in_stock"]) for v in view["variants"]]
        assert stock == [(True, 3, True), (True, 0, False)]


class TestListing:
    def test_products_come_newest_first_in_pages(self, floor: Floor) -> None:
        for number in range(5):
            created(floor, title=f"Hat {number}")
        seen: list[str] = []
        cursor: dict[str, Any] = {}
        while True:
            answer = floor.call("GET", "/v1/products", query={"limit": 2, **cursor})
            seen += titles(answer)
            if answer.body["next_cursor"] is None:
                break
            cursor = {"cursor": answer.body["next_cursor"]}
        assert seen == [f"Hat {number}" for number in (4, 3, 2, 1, 0)]

    def test_a_page_that_ends_with_the_last_product_says_so(self, floor: Floor) -> None:
        for number in range(2):
            created(floor, title=f"Hat {number}")
        assert floor.call("GET", "/v1/products", query={"limit": 2}).body["next_cursor"] is None

    def test_filters_narrow_alone_and_together(self, floor: Floor) -> None:
        created(floor, title="A", brand="Acme", category=["Apparel", "Hats"], tags=["Winter"])
        created(floor, title="B", brand="acme", category=["Apparel"], status="archived")
        since = floor.clock()
        created(floor, title="C", brand="Other", category=["Apparel Care"], tags=["winter"])
        assert sorted(listed(floor, brand="ACME")) == ["A", "B"]
        assert sorted(listed(floor, category="apparel")) == ["A", "B"]
        assert listed(floor, category="Apparel > Hats") == ["A"]
        assert listed(floor, tag="winter") == ["C", "A"]
        assert listed(floor, status="archived") == ["B"]
        assert listed(floor, brand="acme", category="Apparel", status="active") == ["A"]
        assert listed(floor, updated_since=since.isoformat()) == ["C"]

    def test_products_are_found_by_their_codes(self, floor: Floor) -> None:
        created(floor, title="A", variants=[{"sku": "A-1", "gtin": "036000291452"}])
        created(floor, title="B", variants=[{"sku": "A-2"}])
        floor.read_stream()
        assert listed(floor, sku="A-1") == ["A"]
        assert listed(floor, gtin="0036000291452") == ["A"]
        assert listed(floor, sku="A-2", gtin="036000291452") == []
        assert listed(floor, sku="A") == []

    def test_products_are_listed_by_what_can_be_had(self, floor: Floor) -> None:
        floor.load(Batch((product("shirt", variant("s", 2, quantity=0)), product("hat", variant("h", 3, quantity=1)))))
        created(floor, title="Uncounted", variants=[{"sku": "u"}])
        created(floor, title="Without a variant")
        assert sorted(listed(floor, availability="in_stock")) == ["Hat", "Uncounted"]
        assert sorted(listed(floor, availability="out_of_stock")) == ["Shirt", "Without a variant"]

    def test_a_filter_that_few_pass_is_paged_through(self, floor: Floor) -> None:
        for number in range(7):
            created(floor, title=f"Hat {number}", tags=["odd"] if number % 2 else [])
        first = floor.call("GET", "/v1/products", query={"tag": "odd", "limit": 2})
        rest = floor.call("GET", "/v1/products", query={"tag": "odd", "limit": 2, "cursor": first.body["next_cursor"]})
        assert titles(first) + titles(rest) == ["Hat 5", "Hat 3", "Hat 1"]
        assert rest.body["next_cursor"] is None

    @pytest.mark.parametrize(
        "query",
        [
            {"status": "removed"},
            {"brand": ""},
            {"category": " > "},
            {"limit": 0},
            {"limit": 201},
            {"colour": "red"},
            {"cursor": "nonsense"},
            {"updated_since": "yesterday"},
        ],
    )
    def test_a_faulty_query_is_refused(self, floor: Floor, query: dict[str, Any]) -> None:
        assert floor.call("GET", "/v1/products", query=query).status == 422

    def test_a_cursor_of_another_query_is_refused(self, floor: Floor) -> None:
        for _ in range(3):
            created(floor, brand="Acme")
        cursor = floor.call("GET", "/v1/products", query={"limit": 1}).body["next_cursor"]
        answer = floor.call("GET", "/v1/products", query={"limit": 1, "brand": "Acme", "cursor": cursor})
        assert (answer.status, answer.body["errors"][0]["field"]) == (422, "cursor")
