"""Products of Shopify's GraphQL as ours: nothing is cleared that was not told, and nothing lost but what cannot be taken."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from skuflow.sync.shopify.fields import Taken
from skuflow.sync.shopify.product import nodes_of, product_from_graphql
from tests.shopify_result import FIRST_ID, media_line, product_line, variant_line

SEEN = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)


def taken(
    product: dict[str, Any], *variants: dict[str, Any], media: list[dict[str, Any]] | None = None, **how: Any
) -> Taken:
    numbered = [(line, variant) for line, variant in enumerate(variants, start=2)]
    return product_from_graphql((1, product), numbered, media or [], currency="CAD", seen_at=SEEN, **how)


def test_a_product_is_told_whole() -> None:
    found = taken(product_line(1), variant_line(1, 1), media=[media_line(1)])
    assert found.product is not None
    [variant] = found.product.variants
    assert (found.product.key, found.product.status, found.product.external_ids) == (
        str(FIRST_ID + 1),
        "active",
        {"shopify": f"gid://shopify/Product/{FIRST_ID + 1}", "shopify_handle": "lamp-1"},
    )
    assert (variant.sku, variant.price, variant.cost, variant.weight_grams) == (
        "LAMP-1-1",
        (1101, "CAD"),
        (450, "CAD"),
        500,
    )
    assert (variant.tracked, variant.quantity, variant.backorder, variant.options) == (True, 4, False, (("Size", "1"),))
    assert (found.complete, found.rejects, found.warnings) == (True, (), ())
    assert found.product.observed_at == "2026-03-14T08:00:00.999722Z"


@pytest.mark.parametrize(
    ("theirs", "ours"), [("ACTIVE", "active"), ("DRAFT", "draft"), ("ARCHIVED", "archived"), ("UNLISTED", "draft")]
)
def test_a_status_is_one_of_ours(theirs: str, ours: str) -> None:
    found = taken(product_line(1, status=theirs))
    assert found.product is not None
    assert found.product.status == ours


def test_variants_stand_in_the_shops_order_and_are_numbered_from_one() -> None:
    found = taken(product_line(1), variant_line(1, 3), variant_line(1, 1), variant_line(1, 2))
    assert found.product is not None
    assert [(one.sku, one.line) for one in found.product.variants] == [
        ("LAMP-1-1", 1),
        ("LAMP-1-2", 2),
        ("LAMP-1-3", 3),
    ]
    assert found.product.lines == (1, 2, 3)


def test_a_compare_at_price_below_the_price_shows_no_reduction() -> None:
    found = taken(
        product_line(1),
        variant_line(1, 1, price="10.00", compareAtPrice="10.00"),
        variant_line(1, 2, price="10.00", compareAtPrice="12.50"),
    )
    assert found.product is not None
    assert [one.compare_at for one in found.product.variants] == [None, (1250, "CAD")]


def test_a_field_that_one_variant_does_not_tell_is_covered_for_none() -> None:
    short = variant_line(1, 2)
    del short["sku"]
    found = taken(product_line(1), variant_line(1, 1), short)
    assert "sku" not in found.variant_fields
    assert "price" in found.variant_fields


def test_a_product_of_which_nothing_is_told_covers_nothing() -> None:
    found = taken({"id": product_line(1)["id"]}, media_asked=False)
    assert (found.product_fields, found.variant_fields, found.complete) == ((), (), False)


def test_a_product_without_variants_does_not_say_that_they_are_gone() -> None:
    assert not taken(product_line(1)).complete


def test_a_cost_that_is_no_amount_costs_the_cost_alone() -> None:
    variant = variant_line(1, 1)
    variant["inventoryItem"]["unitCost"] = {"amount": "4.505", "currencyCode": "CAD"}
    found = taken(product_line(1), variant)
    assert found.product is not None
    assert (found.product.variants[0].cost, found.complete, found.rejects) == (None, True, ())
    assert [(one.line, one.column) for one in found.warnings] == [(2, "unitCost")]


def test_a_product_without_an_id_is_refused() -> None:
    found = taken(product_line(1, id="gid://shopify/Product/x"))
    assert found.product is None
    assert [(one.line, one.column) for one in found.rejects] == [(1, "id")]


def test_a_variant_that_cannot_be_taken_leaves_the_others() -> None:
    found = taken(product_line(1), variant_line(1, 1, price="free"), variant_line(1, 2))
    assert found.product is not None
    assert [one.sku for one in found.product.variants] == ["LAMP-1-2"]
    assert (found.complete, [(one.line, one.column, one.value) for one in found.rejects]) == (
        False,
        [(2, "price", "free")],
    )


@pytest.mark.parametrize(
    "picture",
    [
        {"image": {"originalSrc": "https://cdn.example.com/a.jpg", "altText": "A lamp"}},
        {"preview": {"image": {"url": "https://cdn.example.com/a.jpg", "altText": "A lamp"}}},
        {"src": "https://cdn.example.com/a.jpg", "altText": "A lamp"},
        {"alt": "A lamp", "image": {"url": "https://cdn.example.com/a.jpg"}},
    ],
)
def test_a_picture_may_be_told_in_the_words_of_older_versions(picture: dict[str, Any]) -> None:
    found = taken(product_line(1), variant_line(1, 1), media=[picture])
    assert found.product is not None
    assert [(image.url, image.alt) for image in found.product.images] == [("https://cdn.example.com/a.jpg", "A lamp")]


@pytest.mark.parametrize(
    ("changes", "column"), [({"title": "x" * 1001}, "title"), ({"descriptionHtml": "x" * 150_001}, "descriptionHtml")]
)
def test_a_text_that_is_too_long_to_be_kept_is_refused_with_its_line(changes: dict[str, Any], column: str) -> None:
    found = taken(product_line(1, **changes), variant_line(1, 1))
    assert found.product is None
    assert [(one.line, one.column, len(one.value)) for one in found.rejects] == [(1, column, 200)]


def test_pictures_that_have_no_address_yet_and_videos_are_left_out() -> None:
    video = {"id": "gid://shopify/Video/5", "mediaContentType": "VIDEO"}
    waiting = media_line(1, 2, image=None)
    found = taken(product_line(1), variant_line(1, 1), media=[video, waiting, media_line(1, 1)])
    assert found.product is not None
    assert [image.url for image in found.product.images] == ["https://cdn.example.com/lamp-1-1.jpg?v=1"]


def test_an_address_that_is_none_costs_the_picture_alone() -> None:
    bad = media_line(1, 1, image={"url": "javascript:alert(1)"})
    found = taken(product_line(1), variant_line(1, 1, image={"url": "nowhere"}), media=[bad])
    assert found.product is not None
    assert (found.product.images, found.product.variants[0].image) == ((), None)
    assert sorted((one.line, one.column) for one in found.warnings) == [(1, "images"), (2, "image")]


@pytest.mark.parametrize("told", ["yesterday", "2099-01-01T00:00:00Z"])
def test_a_time_that_is_none_leaves_the_time_of_reading(told: str) -> None:
    found = taken(product_line(1, updatedAt=told), variant_line(1, 1))
    assert found.product is not None
    assert (found.product.observed_at, [one.column for one in found.warnings]) == ("", ["updatedAt"])


@pytest.mark.parametrize(
    "connection", [{"nodes": [{"id": 1}, None]}, {"edges": [{"node": {"id": 1}}, {"node": None}, None]}]
)
def test_a_nested_connection_gives_its_nodes(connection: dict[str, Any]) -> None:
    assert nodes_of({"variants": connection}, "variants") == [{"id": 1}]


@pytest.mark.parametrize("connection", [None, [], {}, {"edges": None}])
def test_what_is_no_connection_has_no_nodes(connection: object) -> None:
    assert nodes_of({"variants": connection}, "variants") == []
