"""`skuflow catalog …`: products, prices and stock, as the HTTP API tells them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from functions.catalog.api.views import PriceHistoryPage, ProductView
from functions.catalog.api.views_inventory import StockView
from functions.catalog.api.views_offers import PricingView
from local.cli.main import app
from tests.local.answering import WHEN, Platform, answering, page, refusal

PRODUCT = "/v1/products/prd_1"


@pytest.fixture
def platform() -> Iterator[Platform]:
    with answering() as server:
        server.answers |= {
            "/v1/products": page(product(), product("prd_2", amounts=(1000,), available=None)),
            PRODUCT: product(),
            f"{PRODUCT}/price-history": history("raw"),
            f"{PRODUCT}/pricing": pricing(),
            f"{PRODUCT}/inventory": inventory(),
        }
        yield server


def catalog(platform: Platform, *arguments: str) -> Result:
    command = ["catalog", *arguments, "--api", platform.base, "--key", "sk_1"]
    return CliRunner().invoke(app, command, env={"COLUMNS": "200", "TERM": "dumb"})


def cad(amount: int) -> dict[str, Any]:
    return {"amount_minor": amount, "currency": "CAD"}


def product(
    product_id: str = "prd_1", amounts: tuple[int, ...] = (2500, 1299), available: int | None = 4
) -> dict[str, Any]:
    stock = {"tracked": available is not None, "available": available, "backorder": False, "in_stock": True}
    variants = [
        {
            "variant_id": f"var_{place}", "sku": f"MUG-{place}", "options": [{"name": "Size", "value": "SML"[place]}],
            "price": cad(amount), "compare_at": None, "cost": None, "gtin": None, "mpn": None, "weight_grams": None,
            "image": None, "stock": stock,
        }
        for place, amount in enumerate(amounts)
    ]  # fmt: skip
    texts = dict.fromkeys(("key", "description_html", "description_text", "brand", "product_type", "url"), "")
    lists = {"category": ["Kitchen", "Mugs"], "tags": [], "images": [], "attributes": {}, "external_ids": {}}
    said = {"product_id": product_id, "source": "shopify", "title": "Mug \x1b[2J", "status": "active", "version": 3}
    times = {"created_at": WHEN, "updated_at": WHEN, "observed_at": None}
    given = {**texts, **lists, **said, **times, "availability": "in_stock", "variants": variants}
    return ProductView.model_validate(given).model_dump(mode="json")


def history(resolution: str, next_cursor: str | None = None) -> dict[str, Any]:
    state = {"price": cad(1299), "compare_at": None, "available": True, "lowest": cad(999), "highest": cad(1500)}
    point = {**state, "at": WHEN, "variant_id": "var_1", "source": "import", "carried": False}
    window = {"days": 30, "lowest": cad(999), "highest": cad(1500), "median": cad(1299)}
    derived = {"variant_id": "var_1", "price": cad(1299), "compare_at": None, "available": True, "since": WHEN}
    statistics = [
        {
            **derived,
            "windows": [window],
            "prior_low": None,
            "reduction": None,
            "badges": [{"kind": "sale", "percent": 9}],
        }
    ]
    given = {
        "product_id": "prd_1", "offer_id": None, "resolution": resolution, "from": WHEN, "to": WHEN, "last_seen_at": None,
        "items": [point], "next_cursor": next_cursor, "statistics": statistics,
    }  # fmt: skip
    return PriceHistoryPage.model_validate(given).model_dump(mode="json", by_alias=True)


def pricing() -> dict[str, Any]:
    listing = {
        "offer_id": None, "variant_id": "var_1", "seller": None, "url": None, "price": cad(1299), "price_text": "12,99 $",
        "compare_at": None, "rating": None,
    }  # fmt: skip
    display = {
        "currency": "CAD", "listings": 2, "lowest": cad(1299), "highest": cad(2500), "text": "12,99 $ – 25 $",
        "starting_at": "dès 12,99 $", "cheapest": listing, "nearest": None, "best_rated": None,
        "saving_on_compare_at": {"amount": cad(500), "percent": 27, "text": "−5 $ (27 %)"},
        "saving_on_30_day_low": None,
    }  # fmt: skip
    given = {
        "product_id": "prd_1",
        "locale": "fr-CA",
        "status": "in_stock",
        "text": "12,99 $ – 25 $",
        "displays": [display],
    }
    return PricingView.model_validate(given).model_dump(mode="json")


def inventory() -> dict[str, Any]:
    levels = [
        {"location": "toronto-1", "on_hand": 5, "available": 3, "reserved": 2, "low_stock_threshold": 4, "is_low": True}
    ]
    known = {"backorder": False, "in_stock": True, "is_available": True}
    counted = {"variant_id": "var_0", "tracked": True, "available": 3, "levels": levels, **known}
    other = {"variant_id": "var_1", "tracked": False, "available": None, "levels": [], **known}
    given = {"product_id": "prd_1", "version": 2, "changed_at": WHEN, "source": "import", "variants": [counted, other]}
    return StockView.model_validate(given).model_dump(mode="json")


def test_products_are_listed_with_their_price_range_and_stock(platform: Platform) -> None:
    done = catalog(platform, "products")
    assert done.exit_code == 0, done.stderr
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[1] == "prd_1 Mug \ufffd[2J active 2 12.99 CAD to 25.00 CAD 8"
    assert lines[2].endswith("10.00 CAD yes")


def test_filters_go_to_the_platform(platform: Platform) -> None:
    catalog(
        platform,
        "products",
        "--brand",
        "Nord & Co.",
        "--category",
        "Kitchen > Mugs",
        "--status",
        "active",
        "--sku",
        "a b",
    )
    wanted = {"brand": "Nord & Co.", "category": "Kitchen > Mugs", "status": "active", "sku": "a b", "limit": "21"}
    assert platform.sent("GET", "/v1/products") == [wanted]


def test_a_list_that_is_cut_says_so(platform: Platform) -> None:
    done = catalog(platform, "products", "--limit", "1")
    assert "and more: --limit 10" in done.stdout
    assert "prd_2" not in done.stdout
    assert [
        each["product_id"] for each in json.loads(catalog(platform, "products", "--limit", "1", "--json").stdout)
    ] == ["prd_1"]


def test_no_products_is_a_sentence_for_people_and_an_empty_list_for_machines(platform: Platform) -> None:
    platform.answers["/v1/products"] = page()
    assert catalog(platform, "products").stdout == "no such products\n"
    assert json.loads(catalog(platform, "products", "--json").stdout) == []


def test_a_product_is_shown_with_its_variants(platform: Platform) -> None:
    done = catalog(platform, "show", "prd_1")
    told = ("Kitchen, Mugs", "MUG-0", "Size: M", "12.99 CAD")
    assert [said for said in told if said not in done.stdout] == []
    assert json.loads(catalog(platform, "show", "prd_1", "--json").stdout) == product()


def test_prices_through_time_are_told_variant_by_variant(platform: Platform) -> None:
    done = catalog(platform, "history", "prd_1")
    told = ("MUG-1 Size: M (var_1)", "12.99 CAD", "import", "30 days: 9.99 CAD to 15.00 CAD", "badges: sale")
    assert [said for said in told if said not in done.stdout] == []


def test_a_range_of_days_includes_its_last_day(platform: Platform) -> None:
    platform.answers[f"{PRODUCT}/price-history"] = history("day")
    done = catalog(platform, "history", "prd_1", "--from", "2026-01-01", "--to", "2026-01-31", "--resolution", "day")
    assert "2026-01-31  12.99 CAD  9.99 CAD" in done.stdout
    asked = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-31T23:59:59.999Z", "resolution": "day"}
    assert platform.sent("GET", f"{PRODUCT}/price-history") == [asked]
    catalog(platform, "history", "prd_1", "--from", "2026-01-01T10:00:00+01:00", "--variant", "var_1")
    asked = {"from": "2026-01-01T10:00:00+01:00", "resolution": "raw", "variant_id": "var_1"}
    assert platform.sent("GET", f"{PRODUCT}/price-history")[1] == asked


def test_a_long_history_is_read_to_its_end(platform: Platform) -> None:
    platform.answers[f"{PRODUCT}/price-history"] = [history("raw", next_cursor="more"), history("raw")]
    found = json.loads(catalog(platform, "history", "prd_1", "--json").stdout)
    assert (len(found["items"]), found["next_cursor"], len(found["statistics"])) == (2, None, 1)
    assert platform.sent("GET", f"{PRODUCT}/price-history")[1]["cursor"] == "more"


def test_a_time_without_prices_is_told_in_a_sentence(platform: Platform) -> None:
    platform.answers[f"{PRODUCT}/price-history"] = history("raw") | {"items": []}
    assert "no price is known of that time" in catalog(platform, "history", "prd_1").stdout


def test_the_price_to_show_is_asked_in_a_locale(platform: Platform) -> None:
    done = catalog(platform, "pricing", "prd_1", "--locale", "fr-CA")
    told = ("12,99 $ – 25 $  (fr-CA)", "dès 12,99 $", "12,99 $ at the own shop", "−5 $ (27 %)")
    assert [said for said in told if said not in done.stdout] == []
    assert platform.sent("GET", f"{PRODUCT}/pricing") == [{"locale": "fr-CA"}]
    assert json.loads(catalog(platform, "pricing", "prd_1", "--json").stdout) == pricing()


def test_stock_is_told_by_variant_and_location(platform: Platform) -> None:
    done = catalog(platform, "stock", "prd_1")
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[1] == "var_0 MUG-0 Size: S toronto-1 5 2 3 yes"
    assert "not counted" in lines[2]
    assert json.loads(catalog(platform, "stock", "prd_1", "--json").stdout) == inventory()


def test_an_id_that_looks_like_a_path_stays_one_part_of_it(platform: Platform) -> None:
    done = catalog(platform, "show", "../imports")
    assert done.exit_code == 1
    assert platform.received[-1][1] == "/v1/products/..%2Fimports"


def test_a_refusal_is_one_line_in_the_platforms_words_with_its_remedy(platform: Platform) -> None:
    fault = {"field": "status", "message": "is not one of the choices", "remedy": "use one of active, draft"}
    platform.answers.pop("/v1/products")
    done = catalog(platform, "products")
    assert (done.exit_code, done.stderr) == (1, "error: GET /v1/products answered 404: there is no such thing\n")
    platform.refuses = refusal(422, "the query is not valid", fault)
    done = catalog(platform, "products", "--status", "bad")
    said = "the query is not valid; status is not one of the choices → use one of active, draft"
    assert done.stderr == f"error: GET /v1/products answered 422: {said}\n"
