"""Products as webhooks carry them: the same as Shopify's GraphQL says, and nothing cleared that was not told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.contracts.sync import SourceImage, SourceVariant
from skuflow.kernel.errors import Invalid
from skuflow.sync.shopify.fields import Taken
from skuflow.sync.shopify.product import product_from_graphql
from skuflow.sync.shopify.webhook_product import is_cut, product_from_webhook
from tests.shopify_samples import sample

SEEN = datetime(2026, 3, 14, 9, 26, 55, tzinfo=UTC)


def taken(payload: Any, *, currency: str = "CAD", at: datetime = SEEN) -> Taken:
    return product_from_webhook(payload, currency=currency, triggered_at=at)


def variants_of(payload: Any, **how: Any) -> tuple[SourceVariant, ...]:
    product = taken(payload, **how).product
    assert product is not None
    return product.variants


def one_variant(**fields: Any) -> dict[str, Any]:
    return {"id": 5, "title": "Lamp", "variants": [{"id": 50, "option1": "Default Title", **fields}]}


def as_graphql(told: dict[str, Any], *, media: bool = True) -> Taken:
    """The product of a webhook as GraphQL tells it."""
    images = {image["id"]: image for image in told["images"]}
    names = [option["name"] for option in told["options"]]
    node = {
        "id": told["admin_graphql_api_id"],
        "title": told["title"],
        "handle": told["handle"],
        "descriptionHtml": told["body_html"],
        "vendor": told["vendor"],
        "productType": told["product_type"],
        "category": {"fullName": told["category"]["full_name"]},
        "tags": told["tags"].split(", "),
        "status": told["status"].upper(),
        "updatedAt": told["updated_at"],
    }
    variants = [
        {
            "id": one["admin_graphql_api_id"],
            "position": one["position"],
            "sku": one["sku"],
            "barcode": one["barcode"],
            "price": one["price"],
            "compareAtPrice": one["compare_at_price"],
            "inventoryPolicy": one["inventory_policy"].upper(),
            "inventoryQuantity": one["inventory_quantity"],
            "selectedOptions": [
                {"name": name, "value": one[f"option{place}"]} for place, name in enumerate(names, start=1)
            ],
            "image": {"url": images[one["image_id"]]["src"]} if one["image_id"] else None,
            "inventoryItem": {"tracked": True},
        }
        for one in told["variants"]
    ]
    pictures = [{"alt": image["alt"], "image": {"url": image["src"]}} for image in told["images"]] if media else []
    numbered = list(enumerate(variants, start=2))
    return product_from_graphql((1, node), numbered, pictures, currency="CAD", seen_at=SEEN)


@pytest.mark.parametrize("topic", ["products/create", "products/update"])
def test_a_product_is_the_same_whichever_way_it_came(topic: str) -> None:
    told, read = taken(sample(topic)), as_graphql(sample(topic))
    assert told.product is not None
    assert read.product is not None
    stock = {"tracked": None, "quantity": None, "backorder": None}

    def bare(variants: tuple[SourceVariant, ...]) -> list[SourceVariant]:
        return [replace(one, **stock) for one in variants]  # type: ignore[arg-type]

    assert replace(told.product, variants=()) == replace(read.product, variants=())
    assert bare(told.product.variants) == bare(read.product.variants)
    assert set(told.product_fields) == set(read.product_fields)
    assert set(read.variant_fields) - set(told.variant_fields) == set(stock)
    assert told.complete is read.complete is True


def test_of_stock_it_is_all_or_nothing() -> None:
    stock = {"inventory_quantity": 7, "inventory_policy": "continue"}
    assert {"quantity", "tracked", "backorder"} & set(taken(one_variant(**stock)).variant_fields) == set()
    [counted] = variants_of(one_variant(**stock, inventory_management="shopify"))
    assert (counted.tracked, counted.quantity, counted.backorder) == (True, 7, True)
    [uncounted] = variants_of(one_variant(**stock, inventory_management=None))
    assert uncounted.tracked is False


def test_what_a_webhook_does_not_carry_is_not_covered() -> None:
    found = taken(one_variant())
    assert found.product_fields == ("title", "external_ids")
    assert found.variant_fields == ("options",)


def test_a_field_that_not_every_variant_carries_is_not_covered() -> None:
    told = one_variant(price="5.00", sku="A")
    told["variants"].append({"id": 51, "option1": "Two", "price": "6.00"})
    assert taken(told).variant_fields == ("options", "price")


def test_null_clears_where_nothing_says_nothing() -> None:
    found = taken(
        {"id": 5, "title": "Lamp", "body_html": None, "vendor": None, "tags": None, "images": None, "category": None}
    )
    assert found.product is not None
    assert set(found.product_fields) >= {"description_html", "brand", "tags", "images", "category"}
    assert (found.product.description_html, found.product.brand, found.product.tags, found.product.images) == (
        "",
        "",
        (),
        (),
    )


@pytest.mark.parametrize(
    ("price", "currency", "minor"),
    [
        ("19.99", "CAD", 1999),
        (Decimal("19.99"), "CAD", 1999),
        (20, "CAD", 2000),
        ("1999", "JPY", 1999),
        (None, "CAD", None),
    ],
)
def test_amounts_may_be_numbers_or_texts_and_are_in_the_shop_s_currency(
    price: Any, currency: str, minor: int | None
) -> None:
    [variant] = variants_of(one_variant(price=price), currency=currency)
    assert variant.price == ((minor, currency) if minor is not None else None)


@pytest.mark.parametrize("price", ["19.999", "1e3", "-5", "cheap", True, [], "19,99"])
def test_a_price_that_is_none_keeps_its_variant_out_and_says_so(price: Any) -> None:
    told = one_variant(price=price)
    told["variants"].append({"id": 51, "option1": "Two", "price": "6.00"})
    found = taken(told)
    assert found.product is not None
    assert [one.key for one in found.product.variants] == ["51"]
    assert (found.complete, [one.column for one in found.rejects]) == (False, ["price"])


def test_a_barcode_that_is_no_gtin_costs_the_barcode_alone() -> None:
    found = taken(one_variant(barcode="not a code"))
    assert found.product is not None
    assert (found.product.variants[0].gtin, found.complete) == (None, True)
    assert [one.column for one in found.warnings] == ["barcode"]


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ({"id": 2**60 + 1}, str(2**60 + 1)),
        ({"id": str(2**60 + 1)}, str(2**60 + 1)),
        ({"id": 2**60, "admin_graphql_api_id": f"gid://shopify/Product/{2**60 + 1}"}, str(2**60 + 1)),
        ({"id": 10**30 + 7}, str(10**30 + 7)),
    ],
)
def test_the_gid_is_believed_before_the_number(told: dict[str, Any], key: str) -> None:
    product = taken({**told, "title": "Lamp"}).product
    assert product is not None
    assert product.key == key
    assert product.external_ids["shopify"] == f"gid://shopify/Product/{key}"


@pytest.mark.parametrize("wrong", [None, "", 0, -5, True, Decimal("5.0"), "5.0", "five", {}, "gid://shopify/Order/5"])
def test_what_is_no_id_refuses_the_product_by_name(wrong: Any) -> None:
    with pytest.raises(Invalid) as refused:
        taken({"id": wrong, "title": "Lamp"})
    assert [problem.field for problem in refused.value.problems] == ["id"]
    assert refused.value.problems[0].remedy


def test_pictures_are_in_the_order_of_their_positions_and_found_by_their_variants() -> None:
    told = sample("products/update")
    told["images"].reverse()
    product = taken(told).product
    assert product is not None
    assert product.images == (
        SourceImage("https://cdn.shopify.com/s/files/1/0001/arc-small.jpg?v=1", "The lamp on a desk"),
        SourceImage("https://cdn.shopify.com/s/files/1/0001/arc-large.jpg?v=1", ""),
    )
    assert [one.image for one in product.variants] == [product.images[0].url, product.images[1].url, None]


def test_a_picture_that_is_not_shown_leaves_all_pictures_of_variants_as_they_are() -> None:
    told = sample("products/update")
    told["variants"][2]["image_id"] = 7003
    assert "image" not in taken(told).variant_fields


def test_an_image_without_a_number_is_nobody_s() -> None:
    told = one_variant(image_id=None)
    told["images"] = [{"src": "https://cdn.example/a.jpg"}]
    assert variants_of(told)[0].image is None


def test_options_without_names_keep_their_values() -> None:
    told = one_variant(option1="Small", option2="Brass")
    assert variants_of(told)[0].options == (("Option 1", "Small"), ("Option 2", "Brass"))


def test_a_product_without_options_has_none() -> None:
    told = one_variant()
    told["options"] = [{"name": "Title", "position": 1, "values": ["Default Title"]}]
    assert variants_of(told)[0].options == ()


@pytest.mark.parametrize(
    ("carried", "named", "cut"),
    [(100, 101, True), (100, 100, False), (3, 2, False), (99, None, False), (100, None, True)],
)
def test_a_product_is_cut_when_it_names_more_variants_than_it_carries(
    carried: int, named: int | None, cut: bool
) -> None:
    told: dict[str, Any] = {"variants": [{}] * carried}
    if named is not None:
        told["variant_gids"] = [{}] * named
    assert is_cut(told) is cut


def test_a_cut_product_says_nothing_of_the_variants_it_leaves_out() -> None:
    told = one_variant(price="5.00")
    assert taken(told).complete is True
    assert taken({**told, "variant_gids": [{}, {}]}).complete is False
    assert taken({"id": 5, "title": "Lamp"}).complete is False


def test_a_state_without_a_time_is_of_when_it_was_triggered() -> None:
    product = taken({"id": 5, "title": "Lamp", "updated_at": None}, at=SEEN + timedelta(microseconds=7)).product
    assert product is not None
    assert product.observed_at == "2026-03-14T09:26:55.000007Z"


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 10**6))
def test_a_later_change_is_a_later_state_however_late_it_is_seen(first: int, second: int, delay: int) -> None:
    """Of two states of different seconds that of the later second is newer, of one second that which was seen later."""

    def state(updated: int, seen: timedelta) -> str:
        told = {"id": 5, "title": "Lamp", "updated_at": (SEEN + timedelta(seconds=updated)).isoformat()}
        product = taken(told, at=SEEN + timedelta(seconds=updated) + seen).product
        assert product is not None
        return product.observed_at

    early, late = timedelta(milliseconds=delay), timedelta(milliseconds=delay + 200)
    if first == second:
        assert state(first, early) <= state(second, late)
    else:
        assert (state(first, late) < state(second, early)) is (first < second)
