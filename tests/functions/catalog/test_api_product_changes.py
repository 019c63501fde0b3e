"""Products changed and removed over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functions.catalog.floor import Floor
from tests.functions.catalog.shirts import MONEY, SHIRT, created, listed, path
from tests.product_batches import Batch, product, variant


class TestChanging:
    def test_what_is_left_out_stays_and_what_is_null_goes(self, floor: Floor) -> None:
        shirt = created(floor, **SHIRT)
        small, medium = (v["variant_id"] for v in shirt["variants"])
        body = {
            "title": "Shirt",
            "tags": [],
            "variants": [{"variant_id": small, "price": {"amount_minor": 1500, "currency": "CAD"}, "compare_at": None}],
        }
        answer = floor.call("PATCH", path(shirt), body=body)
        assert answer.status == 200
        assert (answer.body["version"], answer.headers["etag"]) == (2, '"2"')
        assert (answer.body["title"], answer.body["tags"], answer.body["brand"]) == ("Shirt", [], "Maison Été")
        changed, same = answer.body["variants"]
        assert (changed["price"]["amount_minor"], changed["compare_at"], changed["sku"]) == (1500, None, "SH-S")
        assert same == shirt["variants"][1]
        assert same["variant_id"] == medium

    def test_variants_are_added_and_removed(self, floor: Floor) -> None:
        shirt = created(floor, **SHIRT)
        gone = shirt["variants"][0]["variant_id"]
        body = {"variants": [{"sku": "SH-L", "price": MONEY}], "remove_variants": [gone]}
        after = floor.call("PATCH", path(shirt), body=body).body
        assert [v["sku"] for v in after["variants"]] == ["SH-M", "SH-L"]

    def test_a_change_that_changes_nothing_writes_nothing(self, floor: Floor) -> None:
        shirt = created(floor, **SHIRT)
        small = shirt["variants"][0]["variant_id"]
        same = {"brand": "Maison Été", "variants": [{"variant_id": small, "price": MONEY}]}
        assert floor.call("PATCH", path(shirt), body=same).body == shirt

    @pytest.mark.parametrize("body", [{"variants": [{"variant_id": "var_x"}]}, {"remove_variants": ["var_x"]}])
    def test_an_unknown_variant_is_refused(self, floor: Floor, body: dict[str, Any]) -> None:
        hat = created(floor)
        answer = floor.call("PATCH", path(hat), body=body)
        assert (answer.status, answer.body["errors"][0]["field"]) == (422, "variants")

    @pytest.mark.parametrize(
        "how", [{"headers": {"If-Match": '"1"'}}, {"headers": {"If-Match": 'W/"1"'}}, {"version": 1}]
    )
    def test_only_the_version_that_was_read_is_changed(self, floor: Floor, how: dict[str, Any]) -> None:
        hat = created(floor)
        headers, version = how.get("headers", {}), {k: v for k, v in how.items() if k == "version"}
        first = floor.call("PATCH", path(hat), body={"title": "One", **version}, headers=headers)
        second = floor.call("PATCH", path(hat), body={"title": "Two", **version}, headers=headers)
        assert (first.status, second.status) == (200, 412)
        assert floor.call("GET", path(hat)).body["title"] == "One"

    def test_an_if_match_that_is_no_etag_is_refused(self, floor: Floor) -> None:
        hat = created(floor)
        assert floor.call("PATCH", path(hat), body={"title": "x"}, headers={"If-Match": "abc"}).status == 422

    def test_a_changed_price_is_told_and_kept(self, floor: Floor) -> None:
        shirt = created(floor, **SHIRT)
        floor.read_stream()
        small = shirt["variants"][0]["variant_id"]
        body = {"variants": [{"variant_id": small, "price": {"amount_minor": 1000, "currency": "CAD"}}]}
        floor.call("PATCH", path(shirt), body=body)
        told = floor.read_stream()
        assert [(event.name, event.data["source"]) for event in told] == [
            ("PriceChanged", "api"),
            ("PriceDropped", "api"),
            ("ProductChanged", "api"),
        ]


class TestRemoving:
    def test_a_removed_product_is_gone_everywhere_and_told(self, floor: Floor) -> None:
        hat = created(floor, brand="Acme", variants=[{"sku": "H", "price": MONEY}])
        floor.read_stream()
        assert floor.call("DELETE", path(hat)).status == 204
        assert [event.name for event in floor.read_stream()] == ["ProductRemoved"]
        for method, body in (("GET", None), ("PATCH", {"title": "x"}), ("DELETE", None)):
            assert floor.call(method, path(hat), body=body).status == 404
        assert listed(floor) == listed(floor, brand="Acme") == listed(floor, sku="H") == []

    def test_only_the_version_that_was_read_is_removed(self, floor: Floor) -> None:
        hat = created(floor)
        floor.call("PATCH", path(hat), body={"title": "Cap"})
        assert floor.call("DELETE", path(hat), headers={"If-Match": '"1"'}).status == 412
        assert floor.call("DELETE", path(hat), headers={"If-Match": '"2"'}).status == 204

    def test_a_later_file_brings_a_removed_product_back(self, floor: Floor) -> None:
        batch = Batch((product("shirt", variant("s", 2)),))
        floor.load(batch)
        (shirt,) = floor.call("GET", "/v1/products").body["items"]
        floor.clock.advance(minutes=30)
        floor.call("DELETE", path(shirt))
        floor.load(batch.later(minutes=60))
        assert floor.call("GET", path(shirt)).body["version"] == 3
