"""What a source may say, and what it may not: a bad row is refused alone and told how to mend it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from skuflow.catalog.html import sanitised
from skuflow.catalog.incoming import Fragment, fragment, observation
from skuflow.catalog.incoming_values import MAX_IMAGES
from skuflow.catalog.model import Image
from skuflow.contracts.catalog import RejectedRows
from skuflow.contracts.sync import SourceImage, SourceProduct
from skuflow.kernel.errors import Malformed
from skuflow.kernel.money import Money
from tests.product_batches import Batch, part, product, variant

EVERYTHING = Batch(
    (),
    product_fields=(
        "title", "description_html", "brand", "category", "product_type", "tags", "status", "url", "images",
        "attributes", "external_ids",
    ),
    variant_fields=(
        "sku", "options", "price", "compare_at", "cost", "gtin", "mpn", "weight_grams", "image", "tracked", "quantity",
        "in_stock", "backorder",
    ),
)  # fmt: skip


def checked(said: SourceProduct, batch: Batch = EVERYTHING) -> tuple[Fragment | None, tuple[RejectedRows, ...]]:
    return fragment(said, observation(batch.header, mark="m"), sanitised)


def taken(said: SourceProduct, batch: Batch = EVERYTHING) -> Fragment:
    made, refused = checked(said, batch)
    assert refused == ()
    assert made is not None
    return made


def test_what_is_said_is_put_in_our_terms() -> None:
    said = product(
        "shirt",
        variant("s", 2, 1999, gtin="4006381333931", quantity=3, options=(("Size", "S"),), compare_at=(2499, "CAD")),
        title=" Linen shirt ",
        description_html="<b onclick='x()'>soft</b>",
        category=("Apparel", " ", "Shirts"),
        tags=("new", "new", " "),
        images=(SourceImage("https://x.example/1", " front "), SourceImage("https://x.example/1"), SourceImage(" ")),
        status="Draft",
        attributes={"material": ("linen", ""), "empty": ()},
        external_ids={"asin": "b07xjrq6m2", "none": ""},
    )
    made = taken(said)
    assert made.description == {
        "title": "Linen shirt",
        "description_html": "<b>soft</b>",
        "brand": "",
        "category": ("Apparel", "Shirts"),
        "product_type": "",
        "tags": ("new",),
        "status": "draft",
        "url": "",
        "images": (Image("https://x.example/1"),),
        "attributes": {"material": ("linen",)},
        "external_ids": {"asin": "B07XJRQ6M2"},
    }
    (row,) = made.rows
    assert (row.fields["price"], row.fields["compare_at"]) == (Money(1999, "CAD"), Money(2499, "CAD"))
    assert dict(row.stock) == {"quantity": 3, "tracked": None, "in_stock": None, "backorder": None}


def test_only_covered_fields_are_taken() -> None:
    narrow = Batch((), product_fields=("title",), variant_fields=("price",))
    made = taken(product("shirt", variant("s", 2, quantity=1), brand="Acme"), narrow)
    assert made.description == {"title": "Shirt"}
    assert (set(made.rows[0].fields), dict(made.rows[0].stock)) == ({"price"}, {})


def test_a_part_brings_images_and_rows_but_no_description() -> None:
    made = taken(part("shirt", variant("s", 9), images=(SourceImage("https://x.example/2"),)))
    assert (made.description, made.images, made.line) == (None, (Image("https://x.example/2"),), 9)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"price": (-5, "CAD")}, "price"),
        ({"price": (5, "XXX")}, "price"),
        ({"compare_at": (5, "USD")}, "compare_at"),
        ({"cost": (-1, "CAD")}, "cost"),
        ({"gtin": "4006381333932"}, "gtin"),
        ({"mpn": "--"}, "mpn"),
        ({"sku": "x" * 256}, "sku"),
        ({"weight_grams": -1}, "weight_grams"),
        ({"image": "javascript:alert(1)"}, "image"),
        ({"options": (("Size", "x" * 1001),)}, "options"),
    ],
)
def test_a_bad_row_is_refused_and_the_others_are_taken(more: dict[str, Any], field: str) -> None:
    made, refused = checked(product("shirt", variant("s", 2), variant("m", 3, **more)))
    assert made is not None
    assert [row.key for row in made.rows] == ["s"]
    assert made.lines == (2,)
    assert [(one.lines, one.field) for one in refused] == [((3,), field)]
    assert all(one.reason and one.hint and len(one.value) <= 200 for one in refused)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 1001}, "title"),
        ({"description_html": "x" * 150_001}, "description_html"),
        ({"brand": "x" * 256}, "brand"),
        ({"status": "sold"}, "status"),
        ({"url": "ftp://x.example"}, "url"),
        ({"images": (SourceImage("data:text/html,x"),)}, "images"),
        ({"images": tuple(SourceImage(f"https://x.example/{n}") for n in range(MAX_IMAGES + 1))}, "images"),
        ({"tags": tuple(str(n) for n in range(251))}, "tags"),
        ({"category": tuple("abcdefghijk")}, "category"),
        ({"attributes": {str(n): ("x",) for n in range(101)}}, "attributes"),
        ({"external_ids": {"asin": "nonsense"}}, "external_ids"),
        ({"key": ""}, "key"),
    ],
)
def test_a_bad_description_refuses_all_its_rows(more: dict[str, Any], field: str) -> None:
    made, refused = checked(product("shirt", variant("s", 2), variant("m", 3), **more))
    assert made is None
    assert [(one.lines, one.field) for one in refused] == [((2, 3), field if field != "external_ids" else "asin")]


def test_rows_that_only_carry_an_image_are_taken_when_the_variants_row_is_refused() -> None:
    made, refused = checked(product("shirt", variant("s", 2, -1), lines=(2, 3)))
    assert made is not None
    assert (made.lines, refused[0].lines) == ((3,), (2,))


def test_nothing_is_left_when_every_row_is_refused() -> None:
    made, refused = checked(product("shirt", variant("s", 2, -1)))
    assert made is None
    assert [one.lines for one in refused] == [(2,)]


def test_relative_and_protocol_relative_images_are_kept() -> None:
    said = product("shirt", images=(SourceImage("a/b c.jpg"), SourceImage("//cdn.example/x.jpg")))
    assert [image.url for image in (taken(said).description or {})["images"]] == ["a/b c.jpg", "//cdn.example/x.jpg"]


def test_a_batch_that_does_not_say_when_it_was_seen_cannot_be_read() -> None:
    with pytest.raises(Malformed, match="observed_at"):
        observation(replace(EVERYTHING.header, observed_at="yesterday"), mark="m")
