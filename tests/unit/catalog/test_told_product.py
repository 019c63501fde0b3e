"""A product told in parts: all of it, each part fit for the bus, and what is cut says so."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.catalog.announcements import translate
from skuflow.catalog.model import Description, Image, Product, Variant
from skuflow.catalog.told_product import MOST_VARIANTS, product_changed
from skuflow.contracts.catalog import Amount, Picture, ProductChanged, VariantState
from skuflow.kernel.events import Cause, Event
from skuflow.kernel.money import Money
from skuflow.platform.event_bus import Change
from skuflow.platform.packing import packed
from tests.doubles import START

AT = START.astimezone(UTC)
BLANK = Product(
    "prd_1", "shopify", "p", AT, AT + timedelta(minutes=5), 7, "Shirt", described=Description(AT), cause=Cause("r", "c")
)
WORST = "\u0001" * 1000
"""The longest that a text of a list may be, each character escaped to six bytes."""


def many(count: int) -> tuple[Variant, ...]:
    return tuple(Variant(f"var_{n:032x}", f"{n}", n, sku=f"SKU-{n}", price=Money(n, "CAD")) for n in range(count))


def size(part: ProductChanged) -> int:
    return len(msgspec.json.encode(part))


def test_everything_that_is_said_of_a_product_is_told() -> None:
    variant = Variant(
        "var_1", "s", 2, "SH-S", (("Size", "S"),), Money(1999, "CAD"), Money(2499, "CAD"), Money(700, "CAD"),
        gtin="4006381333931", mpn="M-1", weight_grams=0, image="https://cdn.example/s.jpg",
    )  # fmt: skip
    product = replace(
        BLANK,
        description_html="<p>Lin &amp; été</p>",
        brand="Maison",
        category=("Apparel", "Shirts"),
        product_type="shirt",
        tags=("new",),
        status="draft",
        url="https://shop.example/p",
        images=(Image("https://cdn.example/1.jpg", "front"),),
        more_images=(Image("https://cdn.example/2.jpg"),),
        attributes={"material": ("linen",)},
        variants=(variant,),
        observed_at=AT + timedelta(minutes=1),
    )
    assert product_changed(product) == (
        ProductChanged(
            product_id="prd_1",
            product_version=7,
            source="shopify",
            title="Shirt",
            description_html="<p>Lin &amp; été</p>",
            brand="Maison",
            category=("Apparel", "Shirts"),
            product_type="shirt",
            tags=("new",),
            status="draft",
            url="https://shop.example/p",
            images=(Picture("https://cdn.example/1.jpg", "front"), Picture("https://cdn.example/2.jpg")),
            attributes={"material": ("linen",)},
            variants=(
                VariantState(
                    "var_1", "SH-S", "4006381333931", "M-1", (("Size", "S"),), Amount(1999, "CAD"),
                    Amount(2499, "CAD"), Amount(700, "CAD"), 0, "https://cdn.example/s.jpg",
                ),
            ),
            variants_total=1,
            created_at="2026-03-14T09:26:53.589Z",
            updated_at="2026-03-14T09:31:53.589Z",
            observed_at="2026-03-14T09:27:53.589Z",
        ),
    )  # fmt: skip


def test_a_product_without_variants_is_one_part() -> None:
    (part,) = product_changed(BLANK)
    assert (part.part, part.parts, part.variants, part.observed_at) == (1, 1, (), "")


@pytest.mark.parametrize(("variants", "parts"), [(100, 1), (101, 2), (2048, 21)])
def test_variants_go_a_hundred_to_a_part_in_their_order(variants: int, parts: int) -> None:
    told = product_changed(replace(BLANK, description_html="long " * 1000, variants=many(variants)))
    assert [(one.part, one.parts, one.variants_total) for one in told] == [
        (n, parts, variants) for n in range(1, parts + 1)
    ]
    assert [v.variant_id for one in told for v in one.variants] == [f"var_{n:032x}" for n in range(variants)]
    assert {(one.product_id, one.product_version, one.source) for one in told} == {("prd_1", 7, "shopify")}
    assert [bool(one.title or one.description_html) for one in told] == [True, *[False] * (parts - 1)]


def test_a_description_that_fits_is_whole_and_a_longer_one_says_that_it_is_cut() -> None:
    (whole,) = product_changed(replace(BLANK, description_html="x" * 150_000))
    assert (len(whole.description_html), whole.cut) == (150_000, ())
    first, *_ = product_changed(replace(BLANK, description_html="भ" * 150_000, variants=many(3)))
    assert first.cut == ("description_html",)
    assert "भ" * 150_000 != first.description_html == "भ" * len(first.description_html)
    assert 180_000 < size(first) < 200_000


def test_lists_that_are_too_long_keep_their_beginning_and_say_so() -> None:
    urls = tuple(Image(f"https://cdn.example/{n}/{'x' * 1500}.jpg", WORST) for n in range(250))
    product = replace(
        BLANK,
        description_html="\n" * 150_000,
        category=(WORST,) * 10,
        tags=tuple(f"{n}{WORST}" for n in range(250)),
        images=urls,
        attributes={f"{n:03d}": (WORST,) * 250 for n in range(100)},
        variants=tuple(replace(v, options=((WORST, WORST),) * 10) for v in many(3)),
    )
    told = product_changed(product)
    first = told[0]
    assert first.cut == ("attributes", "category", "description_html", "images", "tags")
    assert first.tags == product.tags[: len(first.tags)] != product.tags
    assert first.images == tuple(Picture(i.url, i.alt) for i in urls[: len(first.images)])
    assert len(first.description_html) * 2 > 65_000
    assert max(map(size, told)) < 199_000
    assert [len(one.variants) for one in told[1:]] == [1, 1, 1]


SHORT = st.text(max_size=20)
LISTS = st.lists(st.text(max_size=1000), max_size=40).map(tuple)


@given(st.text(max_size=3000).map(lambda text: text * 40), LISTS, LISTS, st.integers(0, 230), st.text(max_size=255))
def test_whatever_a_product_holds_each_part_fits_and_none_is_lost(
    description: str, tags: tuple[str, ...], values: tuple[str, ...], variants: int, sku: str
) -> None:
    own = tuple(replace(v, sku=sku, options=((sku, sku),)) for v in many(variants))
    told = product_changed(
        replace(
            BLANK, description_html=description, tags=tags, attributes={"a": values} if values else {}, variants=own
        )
    )
    assert max(map(size, told)) < 199_000
    assert max(len(one.variants) for one in told) <= MOST_VARIANTS
    assert [v.variant_id for one in told for v in one.variants] == [v.variant_id for v in own]
    assert ("tags" in told[0].cut) == (told[0].tags != tags)
    assert ("description_html" in told[0].cut) == (told[0].description_html != description)


def announced(old: Product | None, new: Product) -> tuple[Event, ...]:
    def image(product: Product) -> dict[str, object]:
        body = {name: {"S" if name == "doc" else "B": kept} for name, kept in packed(product, sparse=True).items()}
        keys = {"pk": {"S": "C#cli_0000000000000001#P#prd_1"}, "sk": {"S": "PRODUCT"}, "entity": {"S": "PRODUCT"}}
        return {**keys, **body}

    return translate(Change(image(old) if old else None, image(new), False)).events


def test_parts_have_ids_of_their_own_which_a_repeat_keeps() -> None:
    large = replace(BLANK, variants=many(250))
    renamed = replace(large, version=8, title="Blouse")
    told = announced(large, renamed)
    assert [event.name for event in told] == ["ProductChanged"] * 3
    assert len({event.event_id for event in told}) == 3
    assert told == announced(large, renamed)
    assert all(len(json.dumps(event.envelope(), ensure_ascii=False).encode()) < 200_000 for event in told)
