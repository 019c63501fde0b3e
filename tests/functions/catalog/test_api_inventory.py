"""A product's stock over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from functions.catalog.api.handler import handle
from tests.calls import Killer, WorkerKilled, watched
from tests.doubles import CountedIds, FakeClock
from tests.http import OTHER_CLIENT
from tests.shop import Shop, open_shop


@pytest.fixture
def shop(tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds) -> Shop:
    return open_shop(handle, tables, clock, new_id)


class TestReading:
    def test_a_product_of_which_none_is_kept_has_an_empty_stock(self, shop: Shop) -> None:
        product_id, _ = shop.product(5000)
        answer = shop.call("GET", f"/v1/products/{product_id}/inventory")
        assert answer.status == 200
        assert (answer.body["version"], answer.body["variants"], answer.body["changed_at"]) == (0, [], None)
        assert answer.headers["etag"] == '"0"'

    @pytest.mark.parametrize("name", ["prd_00000000000000000000000000000000", "a#b", "%F0%9F%98%80" * 40])
    def test_an_unknown_product_is_not_found(self, shop: Shop, name: str) -> None:
        assert shop.call("GET", f"/v1/products/{name}/inventory").status == 404

    def test_another_clients_stock_is_not_found(self, shop: Shop) -> None:
        product_id, variant_id = shop.stocked(3)
        for method, part, body in (
            ("GET", "", None),
            ("PUT", f"/{variant_id}", {"tracked": False}),
            ("POST", "/adjustments", {"adjustments": [{"variant_id": variant_id, "units": 1}]}),
        ):
            path = f"/v1/products/{product_id}/inventory{part}"
            assert shop.call(method, path, body=body, client_id=OTHER_CLIENT).status == 404
        assert shop.level(product_id) == (3, 0)

    def test_a_key_without_the_scope_cannot_write(self, shop: Shop) -> None:
        product_id, variant_id = shop.stocked(3)
        path, scopes = f"/v1/products/{product_id}/inventory/{variant_id}", "catalog:read catalog:write"
        assert shop.call("PUT", path, body={"tracked": False}, scopes=scopes).status == 403


class TestSetting:
    def test_levels_thresholds_and_policy_are_set_and_shown(self, shop: Shop) -> None:
        product_id, (variant_id, _) = shop.product(5000, 6000)
        levels = [{"location": "toronto-1", "on_hand": 4, "low_stock_threshold": 5}, {"on_hand": 0}]
        body = {"tracked": True, "backorder": True, "levels": levels}
        answer = shop.call("PUT", f"/v1/products/{product_id}/inventory/{variant_id}", body=body)
        assert answer.status == 200
        (variant,) = answer.body["variants"]
        assert (variant["available"], variant["is_available"], variant["backorder"]) == (4, True, True)
        assert variant["levels"][1] == {
            "location": "toronto-1",
            "on_hand": 4,
            "available": 4,
            "reserved": 0,
            "low_stock_threshold": 5,
            "is_low": True,
        }
        assert (answer.body["version"], answer.headers["etag"]) == (1, '"1"')
        product = shop.call("GET", f"/v1/products/{product_id}").body
        assert product["variants"][0]["stock"]["available"] == 4

    def test_the_same_again_is_no_version(self, shop: Shop) -> None:
        product_id, variant_id = shop.stocked(3)
        body = {"tracked": True, "levels": [{"on_hand": 3}]}
        assert shop.call("PUT", f"/v1/products/{product_id}/inventory/{variant_id}", body=body).body["version"] == 1

    @pytest.mark.parametrize(("asked", "status"), [('"1"', 200), ('W/"1"', 200), ("*", 200), ('"2"', 412), ("x", 422)])
    def test_if_match_is_honoured(self, shop: Shop, asked: str, status: int) -> None:
        product_id, variant_id = shop.stocked(3)
        path, body = f"/v1/products/{product_id}/inventory/{variant_id}", {"tracked": True, "levels": [{"on_hand": 9}]}
        assert shop.call("PUT", path, body=body, headers={"If-Match": asked}).status == status

    def test_the_version_may_be_in_the_body_and_must_not_contradict(self, shop: Shop) -> None:
        product_id, variant_id = shop.stocked(3)
        path = f"/v1/products/{product_id}/inventory/{variant_id}"
        assert shop.call("PUT", path, body={"tracked": False, "version": 7}).status == 412
        assert shop.call("PUT", path, body={"tracked": False, "version": 7}, headers={"If-Match": '"1"'}).status == 422
        assert shop.call("PUT", path, body={"tracked": False, "version": 1}).status == 200

    @pytest.mark.parametrize(
        "levels",
        [
            [{"on_hand": -1}],
            [{"on_hand": 1}, {"on_hand": 2}],
            [{"on_hand": 1, "location": "a b"}],
            [{"on_hand": 1, "location": "x" * 33}],
            [{"on_hand": 1.5}],
            [{"on_hand": 10**10}],
        ],
    )
    def test_bad_levels_are_refused(self, shop: Shop, levels: list[dict[str, object]]) -> None:
        product_id, (variant_id,) = shop.product(5000)
        body = {"tracked": True, "levels": levels}
        assert shop.call("PUT", f"/v1/products/{product_id}/inventory/{variant_id}", body=body).status == 422

    def test_a_variant_of_another_product_is_not_found(self, shop: Shop) -> None:
        product_id, _ = shop.product(5000)
        _, (other,) = shop.product(6000)
        answer = shop.call("PUT", f"/v1/products/{product_id}/inventory/{other}", body={"tracked": False})
        assert answer.status == 404

    def test_a_location_with_reserved_units_cannot_be_left_out(self, shop: Shop) -> None:
        product_id, variant_id = shop.stocked(3)
        lines = [{"product_id": product_id, "variant_id": variant_id, "quantity": 2}]
        assert shop.call("POST", "/v1/reservations", body={"lines": lines}).status == 201
        path = f"/v1/products/{product_id}/inventory/{variant_id}"
        body = {"tracked": True, "levels": [{"location": "shop", "on_hand": 9}]}
        refused = shop.call("PUT", path, body=body)
        assert (refused.status, refused.body["errors"][0]["remedy"]) == (409, "give on_hand for default")
        body["levels"] = [{"location": "default", "on_hand": 9}]
        assert shop.call("PUT", path, body=body).status == 200
        assert shop.level(product_id) == (7, 2)


class TestAdjusting:
    def adjust(self, shop: Shop, product_id: str, variant_id: str, units: int, key: str = "") -> object:
        body = {"adjustments": [{"variant_id": variant_id, "units": units}]}
        headers = {"Idempotency-Key": key} if key else {}
        return shop.call("POST", f"/v1/products/{product_id}/inventory/adjustments", body=body, headers=headers).status

    def test_units_come_and_go(self, shop: Shop) -> None:
        product_id, variant_id = shop.stocked(3)
        assert self.adjust(shop, product_id, variant_id, 4) == 201
        assert self.adjust(shop, product_id, variant_id, -7) == 201
        assert self.adjust(shop, product_id, variant_id, -1) == 409
        assert shop.level(product_id) == (0, 0)

    def test_an_unknown_or_uncounted_variant_is_refused(self, shop: Shop) -> None:
        product_id, _ = shop.stocked(3)
        assert self.adjust(shop, product_id, "var_x", 1) == 422
        other_id, (uncounted,) = shop.product(100)
        assert self.adjust(shop, other_id, uncounted, 1) == 422

    def test_the_same_key_adjusts_once(self, shop: Shop) -> None:
        product_id, variant_id = shop.stocked(3)
        assert self.adjust(shop, product_id, variant_id, 4, "k1") == 201
        assert self.adjust(shop, product_id, variant_id, 4, "k1") == 201
        assert shop.level(product_id) == (7, 0)

    def test_a_worker_killed_at_any_request_adjusts_once_in_the_end(self, shop: Shop) -> None:
        deaths = 0
        for after in range(1, 20):
            product_id, variant_id = shop.stocked(3)
            killer = Killer(after)
            with watched(killer), suppress(WorkerKilled):
                assert self.adjust(shop, product_id, variant_id, 4, f"k{after}") == 201
            if not killer.killed:
                break
            deaths += 1
            shop.forget_idempotency_keys()
            assert self.adjust(shop, product_id, variant_id, 4, f"k{after}") == 201
            assert shop.level(product_id) == (7, 0), killer.killed
        assert deaths >= 5
