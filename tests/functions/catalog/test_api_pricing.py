"""The price to show, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from functions.catalog.api.handler import handle
from skuflow.catalog.model import Product
from skuflow.kernel.money import Money
from tests.doubles import CountedIds, FakeClock
from tests.http import OTHER_CLIENT
from tests.shop import Shop, open_shop
from tests.stock import A

NB = "\u00a0"


@pytest.fixture
def shop(tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds) -> Shop:
    return open_shop(handle, tables, clock, new_id)


def pricing(shop: Shop, product_id: str, home_currency: str = "CAD", **query: str) -> dict[str, Any]:
    answer = shop.call("GET", f"/v1/products/{product_id}/pricing", query=query, home_currency=home_currency)
    assert answer.status == 200, answer.body
    body: dict[str, Any] = answer.body
    return body


def offer(shop: Shop, product_id: str, name: str, price: int, currency: str = "CAD", **more: Any) -> None:
    body = {"retailer": name, "price": {"amount_minor": price, "currency": currency}, **more}
    assert shop.call("PUT", f"/v1/products/{product_id}/offers/{name}", body=body).status == 200


def reprice(shop: Shop, product_id: str, price: int, compare_at: int | None = None) -> None:
    old: Product = shop.deps.products.get_many(A, [product_id])[product_id]
    was = Money(compare_at, "CAD") if compare_at else None
    variants = tuple(replace(v, price=Money(price, "CAD"), compare_at=was) for v in old.variants)
    shop.deps.products.put(A, replace(old, variants=variants, version=old.version + 1, updated_at=shop.deps.clock()))
    shop.follow()


def test_one_price(shop: Shop) -> None:
    product_id, (variant_id,) = shop.product(5000)
    shown = pricing(shop, product_id)
    assert (shown["status"], shown["text"], shown["locale"]) == ("in_stock", "$50", "en-CA")
    (display,) = shown["displays"]
    assert (display["text"], display["starting_at"], display["listings"]) == ("$50", None, 1)
    assert display["cheapest"] == {
        "offer_id": None,
        "variant_id": variant_id,
        "seller": None,
        "url": None,
        "price": {"amount_minor": 5000, "currency": "CAD"},
        "price_text": "$50",
        "compare_at": None,
        "rating": None,
    }
    assert (display["nearest"], display["best_rated"]) == (None, None)


@pytest.mark.parametrize(
    ("locale", "text", "starting_at"),
    [
        ("en-US", "CA$50–CA$75", "Starting at CA$50"),
        ("en-CA", "$50–$75", "Starting at $50"),
        ("en-IN", "CA$50–CA$75", "Starting at CA$50"),
        ("hi", "CA$50–CA$75", "CA$50 से शुरू"),
        ("fr-CA", f"50{NB}${NB}–{NB}75{NB}$", f"À partir de{NB}50{NB}$"),
    ],
)
def test_a_range_over_variants_and_offers(shop: Shop, locale: str, text: str, starting_at: str) -> None:
    product_id, _ = shop.product(6000, 6500)
    offer(shop, product_id, "nord", 7500)
    offer(shop, product_id, "sud", 5000)
    shown = pricing(shop, product_id, locale=locale)
    assert (shown["text"], shown["displays"][0]["starting_at"]) == (text, starting_at)
    assert shown["displays"][0]["cheapest"]["seller"] == "sud"


def test_what_is_out_of_stock_is_not_shown(shop: Shop) -> None:
    product_id, (variant_id,) = shop.product(5000)
    path = f"/v1/products/{product_id}/inventory/{variant_id}"
    shop.call("PUT", path, body={"tracked": True})
    offer(shop, product_id, "nord", 4000, is_available=False)
    offer(shop, product_id, "sud", 4000, stock_status="out_of_stock")
    shown = pricing(shop, product_id, locale="fr-CA")
    assert (shown["status"], shown["text"], shown["displays"]) == ("out_of_stock", "En rupture de stock", [])
    shop.call("PUT", path, body={"tracked": True, "backorder": True})
    assert pricing(shop, product_id)["text"] == "$50"


def test_a_draft_is_not_for_sale(shop: Shop) -> None:
    product_id, _ = shop.product(5000, status="draft")
    assert pricing(shop, product_id)["status"] == "out_of_stock"


def test_cheapest_nearest_and_best_rated_may_be_three(shop: Shop) -> None:
    product_id, _ = shop.product(5000)
    offer(shop, product_id, "vancouver", 4000, place={"lat": 49.28, "lon": -123.12}, rating=4.1)
    offer(shop, product_id, "toronto", 6000, place={"lat": 43.65, "lon": -79.38}, rating=4.2)
    offer(shop, product_id, "nowhere", 7000, rating=4.9)
    (display,) = pricing(shop, product_id, lat="45.5019", lon="-73.5674")["displays"]
    assert display["cheapest"]["seller"] == "vancouver"
    assert display["nearest"]["listing"]["seller"] == "toronto"
    assert 500_000 < display["nearest"]["distance_m"] < 508_000
    assert (display["best_rated"]["seller"], display["best_rated"]["rating"]) == ("nowhere", 4.9)


class TestCurrencies:
    def test_each_has_a_display_the_clients_own_first(self, shop: Shop) -> None:
        product_id, _ = shop.product(5000)
        offer(shop, product_id, "usa", 3000, "USD")
        offer(shop, product_id, "india", 12990000, "INR")
        shown = pricing(shop, product_id)
        assert [display["text"] for display in shown["displays"]] == ["$50", "₹129,900", "US$30"]
        indian = pricing(shop, product_id, market="IN")
        assert indian["locale"] == "en-IN"
        assert [display["text"] for display in indian["displays"]] == ["₹1,29,900", "CA$50", "$30"]
        assert pricing(shop, product_id, home_currency="USD")["displays"][0]["currency"] == "USD"

    def test_a_market_without_an_offer_shows_what_there_is(self, shop: Shop) -> None:
        product_id, _ = shop.product(5000)
        assert [d["currency"] for d in pricing(shop, product_id, market="JP")["displays"]] == ["CAD"]


class TestOneVariant:
    def test_only_its_prices_are_shown(self, shop: Shop) -> None:
        product_id, (first, second) = shop.product(5000, 6000)
        offer(shop, product_id, "nord", 4500, variant_id=second)
        offer(shop, product_id, "whole", 4000)
        assert pricing(shop, product_id, variant_id=first)["text"] == "$50"
        assert pricing(shop, product_id, variant_id=second)["text"] == "$45–$60"
        assert pricing(shop, product_id)["text"] == "$40–$60"

    def test_an_offer_of_the_whole_product_is_one_of_its_only_variant(self, shop: Shop) -> None:
        product_id, (only,) = shop.product(5000)
        offer(shop, product_id, "whole", 4000)
        assert pricing(shop, product_id, variant_id=only)["text"] == "$40–$50"


class TestSavings:
    def test_against_compare_at_and_the_low_of_the_30_days_before(self, shop: Shop, clock: FakeClock) -> None:
        product_id, _ = shop.product(6000)
        shop.follow()
        clock.advance(days=20)
        reprice(shop, product_id, 5500)
        clock.advance(days=20)
        reprice(shop, product_id, 5000, compare_at=7500)
        clock.advance(days=3)
        (display,) = pricing(shop, product_id)["displays"]
        assert display["saving_on_compare_at"] == {
            "amount": {"amount_minor": 2500, "currency": "CAD"},
            "percent": 33,
            "text": "Save $25 (33%)",
        }
        low = display["saving_on_30_day_low"]
        assert (low["amount"]["amount_minor"], low["percent"]) == (500, 9)
        assert low["text"] == "$5 (9%) below the lowest price of the 30 days before"

    def test_of_an_offer_too(self, shop: Shop, clock: FakeClock) -> None:
        product_id, _ = shop.product(9000)
        offer(shop, product_id, "nord", 6000)
        shop.follow()
        clock.advance(days=5)
        offer(shop, product_id, "nord", 4500)
        shop.follow()
        (display,) = pricing(shop, product_id)["displays"]
        assert display["saving_on_30_day_low"]["amount"]["amount_minor"] == 1500

    def test_a_price_that_was_lower_before_saves_nothing(self, shop: Shop, clock: FakeClock) -> None:
        product_id, _ = shop.product(5000)
        shop.follow()
        clock.advance(days=5)
        reprice(shop, product_id, 9000)
        clock.advance(days=5)
        reprice(shop, product_id, 6000, compare_at=9000)
        (display,) = pricing(shop, product_id)["displays"]
        assert display["saving_on_compare_at"]["percent"] == 33
        assert display["saving_on_30_day_low"] is None


@pytest.mark.parametrize(
    "query",
    [
        {"locale": "de-DE"},
        {"market": "ca"},
        {"market": "XX"},
        {"variant_id": "var_x"},
        {"lat": "45"},
        {"lat": "north", "lon": "1"},
        {"lat": "90.1", "lon": "1"},
        {"lat": "nan", "lon": "1"},
        {"unknown": "1"},
    ],
)
def test_bad_questions_are_refused(shop: Shop, query: dict[str, str]) -> None:
    product_id, _ = shop.product(5000)
    assert shop.call("GET", f"/v1/products/{product_id}/pricing", query=query).status == 422


def test_another_clients_product_is_not_found(shop: Shop) -> None:
    product_id, _ = shop.product(5000)
    assert shop.call("GET", f"/v1/products/{product_id}/pricing", client_id=OTHER_CLIENT).status == 404
