"""The rules that everybody has: a product without a fault breaks none, and each has a product that breaks it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from skuflow.kernel.money import Money
from skuflow.quality.model import ImageFact, Picture, Snapshot
from skuflow.quality.rules.built_in import BUILT_IN
from skuflow.quality.rules.rule import Override, Params
from skuflow.quality.rules.rule_set import rule_set
from skuflow.quality.rules.tally import Counting, repeated
from tests.unit.quality.rules.products import FRONT, NOW, SIDE, broken, cad, judged, product, variant, with_variant

CATEGORIES = frozenset({("Shoes", "Boots"), ("Shoes",)})
BRANDS = frozenset({"Northpath"})
FACTS = {FRONT: ImageFact("ok", NOW, 800, 600), SIDE: ImageFact("ok", NOW, 250, 251)}
EVERYTHING: dict[str, Any] = {"categories": CATEGORIES, "brands": BRANDS, "images": FACTS}

FOUR = tuple(variant(number) for number in (1, 2, 3, 4))

BREAKS: dict[str, Snapshot] = {
    "title.required": product(title="  "),
    "title.length": product(title="Boots " * 30),
    "title.whitespace": product(title="Walking  boots"),
    "title.shouting": product(title="LEATHER WALKING BOOTS"),
    "title.markup": product(title="Boots &amp; laces"),
    "title.placeholder": product(title="Test product"),
    "title.encoding": product(title="Bottes CafÃ©"),
    "description_html.required": product(description_html="<p> </p>"),
    "description_html.length": product(description_html="<p>Boots.</p>"),
    "description_html.junk": product(description_html="<p>Boots for long walks on stony paths</p><p>&nbsp;</p>"),
    "description_html.encoding": product(description_html="<p>Des bottes pour un cafÃ© sur les sentiers</p>"),
    "description_html.placeholder": product(description_html="<p>Lorem ipsum dolor sit amet, consectetur</p>"),
    "brand.required": product(brand=""),
    "brand.whitespace": product(brand=" Northpath"),
    "brand.markup": product(brand="North &amp; Path"),
    "brand.placeholder": product(brand="N/A"),
    "brand.known": product(brand="Nortpath"),
    "category.required": product(category=()),
    "category.known": product(category=("Footwear",)),
    "product_type.whitespace": product(product_type="Walking  boots"),
    "product_type.markup": product(product_type="Boots<br>"),
    "tags.whitespace": product(tags=("walking", "real\u00a0 leather")),
    "attributes.whitespace": product(attributes={"Material": (" Leather",)}),
    "attributes.measure": product(attributes={"Shaft": ("20CM",)}),
    "url.format": product(url="/boots"),
    "images.required": product(images=()),
    "images.format": product(images=(Picture("/boots.jpg", "Boots"),)),
    "images.reachable": product(images=(Picture("https://img.example.com/gone.jpg", "Boots"),)),
    "images.size": product(images=(Picture("https://img.example.com/small.jpg", "Boots"),)),
    "images.alt.required": product(images=(Picture(FRONT), Picture(SIDE))),
    "variants.required": product(variants=()),
    "product.stale": product(updated_at=NOW - timedelta(days=366), observed_at=NOW - timedelta(days=400)),
    "attributes.colour.form": product(attributes={"Colour": ("BROWN",)}),
    "attributes.color.form": product(attributes={"color": ("Dark brown",)}),
    "variant.sku.required": with_variant(sku=None),
    "variant.sku.spreadsheet": with_variant(sku="4.00638E+12"),
    "variant.gtin.required": with_variant(gtin=None),
    "variant.gtin.valid": with_variant(gtin="4006381333932"),
    "variant.gtin.restricted": with_variant(gtin="2201482925265"),
    "variant.mpn.spreadsheet": with_variant(mpn="1E+10"),
    "variant.price.required": with_variant(price=None),
    "variant.price.positive": with_variant(price=cad(0)),
    "variant.price.plausible": product(variants=(*FOUR[:3], variant(4, price=cad(990_500), compare_at=None))),
    "variant.cost.plausible": with_variant(cost=cad(20_000)),
    "variant.compare_at.plausible": with_variant(compare_at=cad(100)),
    "variant.weight_grams.plausible": with_variant(weight_grams=1_000_001),
    "variant.options.distinct": with_variant(options=variant(1).options),
    "variant.options.whitespace": with_variant(options=(("Size", "37 "), ("Color", "Brown"))),
    "variant.options.measure": with_variant(options=(("Size", "37 centimeters"), ("Color", "Brown"))),
    "variant.options.colour.form": with_variant(options=(("Size", "37"), ("Colour", "blk"))),
    "variant.options.color.form": with_variant(options=(("Size", "37"), ("Color", "BROWN / White"))),
    "variant.image.own": with_variant(image="https://img.example.com/other.jpg"),
}
OF_SEVERAL = {"variant.sku.unique", "variant.gtin.unique", "product.duplicate"}
"""They take more than one product."""

GONE = {
    "https://img.example.com/gone.jpg": ImageFact("unreachable", NOW),
    "https://img.example.com/small.jpg": ImageFact("ok", NOW, 900, 249),
}


def test_a_product_without_a_fault_is_found_to_be_so() -> None:
    found = judged(product(variants=FOUR), **EVERYTHING)
    assert found.findings == ()
    assert str(found.score) == "100.00"


def test_every_rule_has_a_product_that_breaks_it() -> None:
    assert {rule.rule_id for rule in BUILT_IN} == set(BREAKS) | OF_SEVERAL


@pytest.mark.parametrize("rule_id", BREAKS)
def test_what_breaks_a_rule_is_found(rule_id: str) -> None:
    found = judged(BREAKS[rule_id], **{**EVERYTHING, "images": {**FACTS, **GONE}})
    mine = [finding for finding in found.findings if finding.rule_id == rule_id]
    (rule,) = (one for one in BUILT_IN if one.rule_id == rule_id)
    assert mine
    assert found.score < 100
    assert all(one.remedy and (one.severity, one.field) == (rule.severity, rule.field) for one in mine)
    assert all(bool(one.variant_id) == (rule.entity == "variant") for one in mine)


def test_rules_say_what_must_hold_and_what_to_do() -> None:
    ids = [rule.rule_id for rule in BUILT_IN]
    assert len(set(ids)) == len(ids)
    assert all(rule.summary and rule.remedy and rule.built_in and 1 <= rule.weight <= 10 for rule in BUILT_IN)


@pytest.mark.parametrize(
    ("other", "rules"),
    [
        (product("prd_2", title="Other boots", variants=(variant(3, sku="boot-1 "),)), {"variant.sku.unique"}),
        (product("prd_2", title="Other boots", variants=(variant(3, gtin="04006381333931"),)), {"variant.gtin.unique"}),
        (
            product("prd_2", title="LEATHER  walking boots with rubber soles", variants=(variant(1), variant(2))),
            {"variant.sku.unique", "variant.gtin.unique", "product.duplicate"},
        ),
        (product("prd_2", source="google"), set()),
        (product("prd_2", title="Other boots", variants=(variant(3),)), set()),
    ],
    ids=["sku", "gtin", "product", "another source", "another product"],
)
def test_duplicates_are_found_once_all_products_are_seen(other: Snapshot, rules: set[str]) -> None:
    counting = Counting()
    for one in (product(), other):
        counting.add(judged(one))
    known = repeated(counting.tally())
    assert set(known) == rules
    duplicates = {"variant.sku.unique", "variant.gtin.unique", "product.duplicate"}
    for one in (product(), other):
        assert broken(one, repeated=known) & duplicates == rules


def test_rules_are_not_judged_without_what_they_ask_for() -> None:
    one = product(
        category=("Footwear",), brand="Nobody", images=(Picture("https://img.example.com/gone.jpg", "Boots"),)
    )
    assert {"category.known", "brand.known", "images.reachable"} & broken(one) == set()
    assert {"category.known", "brand.known"} <= broken(one, categories=CATEGORIES, brands=BRANDS)
    assert "images.reachable" not in broken(one, images={})


def test_names_of_categories_and_brands_are_found_in_any_case() -> None:
    assert broken(product(category=("SHOES", "boots "), brand="NORTHPATH"), **EVERYTHING) == set()


@pytest.mark.parametrize(
    "title",
    [
        "USB-C HDMI adapter",
        "LED TV",
        "BMW M3",
        "iPhone 15 Pro Max",
        "AT&T prepaid card",
        "Rock & Roll T-Shirt",
        "A < B and C > D",
        "São Paulo coffee",
        "Ångström ÂME perfume",
        "Boots",
        "IKEA PAX wardrobe",
        "XXL",
        "M8X20 DIN 912",
    ],
)
def test_titles_that_only_look_strange_are_left_alone(title: str) -> None:
    assert {one for one in broken(product(title=title)) if one.startswith("title.")} == set()


@pytest.mark.parametrize(
    "changes",
    [
        {"compare_at": cad(9902)},
        {"compare_at": None},
        {"compare_at": cad(0)},
        {"cost": None},
        {"cost": cad(9902)},
        {"weight_grams": 0},
        {"image": None},
        {"gtin": "036000291452"},
        {"gtin": "96385074"},
    ],
)
def test_what_is_usual_is_no_fault(changes: dict[str, Any]) -> None:
    assert broken(with_variant(**changes)) == set()


def test_amounts_in_different_currencies_are_not_held_against_each_other() -> None:
    assert broken(with_variant(cost=Money(99_999, "USD"))) == set()
    assert broken(with_variant(compare_at=Money(1, "USD"))) == {"variant.compare_at.plausible"}


def test_a_client_moves_limits_and_switches_rules_off() -> None:
    wanted = [
        Override("title.length", params=Params(maximum=Decimal(10))),
        Override("images.required", enabled=False),
        Override("brand.required", severity="error", weight=10),
    ]
    rules = rule_set((), wanted)
    found = judged(product(images=(), brand=""), rules=rules)
    assert {one.rule_id for one in found.findings} >= {"title.length", "brand.required"}
    assert rules.rule("images.required") is None
    brand = rules.rule("brand.required")
    assert brand is not None
    assert (brand.severity, brand.weight, brand.points) == ("error", 10, 100)
