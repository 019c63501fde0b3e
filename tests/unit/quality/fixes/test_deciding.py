"""What is mended without asking: what it should be, once, never for the worse, and so that it can be taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from skuflow.quality.fixes.applying import applied, inverse
from skuflow.quality.fixes.deciding import decide, previewed, words_of
from skuflow.quality.fixes.fix import Decision, Fix
from skuflow.quality.fixes.settings import FIXABLE, FixSettings, checked
from skuflow.quality.model import Snapshot
from skuflow.quality.rules.defining import Definition, defined
from skuflow.quality.rules.judging import Judge
from skuflow.quality.rules.known import Known
from skuflow.quality.rules.rule import Override
from skuflow.quality.rules.rule_set import rule_set
from tests.unit.quality.rules.products import NOW, product, products, variant, with_variant

OWN = checked(
    {"Footwear > Boots": ["Shoes", "Boots"], "SHOES": ["Shoes", "Other"], "Sneakers": ["Footwear", "Boots"]},
    {"nv": "Deep Navy", "grey": "Gray"},
    acronyms=["XKCD", "McBoot"],
)
CATEGORIES = frozenset({("Shoes", "Boots"), ("Shoes", "Other")})


def judge(fixes: FixSettings = OWN, **known: Any) -> Judge:
    return Judge(rule_set(), Known(**{"now": NOW, "colours": fixes.colours, **known}))


def decided(one: Snapshot, fixes: FixSettings = OWN) -> Decision:
    return decide(one, judge(fixes), fixes)


def mended(one: Snapshot, fixes: FixSettings = OWN) -> Snapshot:
    new, skipped = applied(one, decided(one, fixes).fixes)
    assert skipped == ()
    return new


def changes(one: Snapshot, fixes: FixSettings = OWN) -> dict[str, str]:
    return {fix.path: fix.new for fix in decided(one, fixes).fixes}


@pytest.mark.parametrize(
    ("one", "changed"),
    [
        (product(), {}),
        (product(title="  Leather   boots "), {"title": "Leather boots"}),
        (product(title="<b>Boots</b> &amp;  laces"), {"title": "Boots & laces"}),
        (product(title="LEATHER WALKING BOOTS"), {"title": "Leather Walking Boots"}),
        (product(title="LEATHER &amp; RUBBER  BOOTS USB"), {"title": "Leather & Rubber Boots USB"}),
        (product(title="XKCD MCBOOT LEATHER BOOTS"), {"title": "XKCD McBoot Leather Boots"}),
        (product(title="NORTHPATH LEATHER BOOTS"), {"title": "Northpath Leather Boots"}),
        (product(title="LEATHER BOOTS KURZA"), {}),
        (product(brand=" Northpath &amp; Sons"), {"brand": "Northpath & Sons"}),
        (product(product_type="Walking\u00a0 boots"), {"product_type": "Walking boots"}),
        (product(tags=(" a  b", "a b", "c")), {"tags": '["a b","c"]'}),
        (
            product(description_html="<p>Soft boots for long walks over stones</p><p>&nbsp;</p>"),
            {"description_html": "<p>Soft boots for long walks over stones</p>"},
        ),
        (
            product(attributes={"Color": ("BLK", "red"), "Shaft": ("20CM",)}),
            {"attributes.Color": '["Black","Red"]', "attributes.Shaft": '["20 cm"]'},
        ),
        (product(attributes={"colour": ("grey/nv",)}), {"attributes.colour": '["Gray/Deep Navy"]'}),
        (product(attributes={"Name.of.it": (" x",)}), {"attributes.Name.of.it": '["x"]'}),
        (product(category=("Footwear", "boots")), {"category": '["Shoes","Boots"]'}),
        (product(category=(), product_type="Sneakers"), {"category": '["Shoes","Boots"]'}),
        (with_variant(gtin="36000291452"), {"variants.var_2.gtin": "036000291452"}),
        (with_variant(gtin="4006381-333931"), {"variants.var_2.gtin": "4006381333931"}),
        (with_variant(gtin="36000291453"), {}),
        (
            with_variant(options=(("Size", "37  centimeters"), ("Color", " nv"))),
            {"variants.var_2.options.Size": "37 cm", "variants.var_2.options.Color": "Deep Navy"},
        ),
        (with_variant(options=(("Size", " 37"), ("Size", "38"))), {}),
    ],
)
def test_fixes_are_what_they_should_be(one: Snapshot, changed: dict[str, str]) -> None:
    assert changes(one) == changed


def test_a_fix_says_what_why_and_by_which_rules() -> None:
    (fix,) = decided(product(title="LEATHER  BOOTS &amp; SHOES")).fixes
    assert fix == Fix(
        path="title",
        old="LEATHER  BOOTS &amp; SHOES",
        new="Leather Boots & Shoes",
        rule_ids=("title.markup", "title.whitespace", "title.shouting"),
        reason="tags and entities became plain text; blanks were tidied; capitals became small letters; every word of it is known",
    )


def test_words_are_known_from_the_rest_of_the_product() -> None:
    shouting = product(title="KURZA LEATHER BOOTS", description_html="<p>The Kurza is sewn by hand, in Portugal.</p>")
    assert mended(shouting).title == "Kurza Leather Boots"
    assert "kurza" in words_of(shouting)
    assert "usb" not in words_of(product(description_html="<p>With USB and A</p>"))


def test_names_keep_their_inner_capitals() -> None:
    """A word that is written so elsewhere is a name, whatever stands in small letters beside it."""
    said = "<p>For the iPhone and the GoPro. An iphone fits, an E-Bike not.</p>"
    one = product(title="IPHONE AND GOPRO LEATHER CASE", description_html=said)
    assert mended(one).title == "iPhone and GoPro Leather Case"
    assert words_of(one).isdisjoint({"iphone", "gopro"})


@pytest.mark.parametrize(
    "title",
    [
        "iPhone 15 Pro case",
        "M&M's peanut",
        "M&M'S PEANUT CHOCOLATE",
        "H&M x Moschino",
        "LEVI'S 501 JEANS BLACK",
        "XXL",
        "SKU-48213-B/XL",
        "AB-12.345/7",
        "KIRMIZI ELBİSE YAZLIK",
        "T恤 红色 XL",
        "Prix spécial\u202f!",
        "3 < 4 & 5 > 2",
        "I <3 U mug",
        "Tee <XL>",
        "Bolt M8 × 20 (DIN 912)",
        "50% off?",
    ],
)
def test_what_is_right_is_left_alone(title: str) -> None:
    one = product(title=title, brand=title, product_type=title, tags=(title,), attributes={"Note": (title,)})
    assert changes(one, FixSettings()) == {}


def test_a_gift_card_in_pounds_weighs_nothing() -> None:
    assert changes(product(attributes={"Value": ("50 pounds",)})) == {}


def test_a_fix_that_would_bring_a_new_finding_is_not_made() -> None:
    """Mending the colour would make two variants that nobody can tell apart."""
    one = product(
        variants=(
            variant(1, options=(("Color", "Brown"), ("Size", "40cm"))),
            variant(2, options=(("Color", "BROWN"), ("Size", "41cm"))),
            variant(3, options=(("Color", "RED"), ("Size", "40cm"))),
            variant(4, options=(("Color", "Red"), ("Size", "40 cm"))),
        ),
        title=" Boots",
    )
    assert changes(one) == {
        "title": "Boots",
        "variants.var_1.options.Size": "40 cm",
        "variants.var_2.options.Size": "41 cm",
        "variants.var_2.options.Color": "Brown",
    }


def test_only_rules_that_hold_for_the_client_mend() -> None:
    one = product(title=" Boots", brand=" Northpath")
    off = checked({}, {}, disabled=["title.whitespace"])
    assert set(changes(one, off)) == {"brand"}
    without = Judge(rule_set((), [Override("brand.whitespace", enabled=False)]), Known(NOW))
    assert {fix.path for fix in decide(one, without, FixSettings()).fixes} == {"title"}
    mapped = replace(OWN, disabled=frozenset({"category.known"}))
    assert changes(product(category=("SHOES",)), mapped) == {}


def test_a_clients_own_rule_stands_in_the_way_of_a_fix_that_breaks_it() -> None:
    own = defined(Definition("tight", "variant", "options.size", "format", params={"pattern": r"[0-9]+cm"}))
    strict = Judge(rule_set([own]), Known(NOW))
    one = product(variants=(variant(1, options=(("Size", "40cm"),)),))
    assert decide(one, strict, FixSettings()).fixes == ()
    assert {fix.new for fix in decide(one, judge(), FixSettings()).fixes} == {"40 cm"}


def test_a_preview_tells_what_can_still_be_changed() -> None:
    one = product(title=" Boots", brand=" Northpath")
    decision = decided(one)
    assert previewed(one, decision) == {"title": (" Boots", "Boots"), "brand": (" Northpath", "Northpath")}
    assert previewed(replace(one, title="Shoes"), decision) == {"brand": (" Northpath", "Northpath")}


def test_every_rule_that_says_it_is_fixable_can_be() -> None:
    faulty = product(
        title="LEATHER  BOOTS &amp; SHOES",
        description_html="<p>Soft boots for long walks over stones</p><p>&nbsp;</p>",
        brand=" North &amp; path",
        category=("SHOES",),
        product_type=" a &amp; b",
        tags=(" a",),
        attributes={"Color": ("RED",), "Colour": ("RED",), "x": (" 5ML",)},
        variants=(variant(1, gtin="36000291452", options=(("Size", " 5ML"), ("Color", "RED"), ("Colour", "RED"))),),
    )
    assert {rule_id for fix in decided(faulty).fixes for rule_id in fix.rule_ids} == FIXABLE


@settings(max_examples=60, deadline=None)
@given(products())
def test_fixing_again_changes_nothing(one: Snapshot) -> None:
    assert decided(mended(one)).fixes == ()


@settings(max_examples=60, deadline=None)
@given(products())
def test_a_fix_never_makes_a_product_worse(one: Snapshot) -> None:
    looking = judge(categories=CATEGORIES, brands=frozenset({"Northpath"}))
    before = looking.judge(one)
    fixed, _ = applied(one, decide(one, looking, OWN).fixes)
    after = looking.judge(fixed)
    assert {finding.subject for finding in after.findings} <= {finding.subject for finding in before.findings}
    assert after.score >= before.score


@settings(max_examples=60, deadline=None)
@given(products())
def test_fixes_can_be_taken_back(one: Snapshot) -> None:
    decision = decided(one)
    fixed, _ = applied(one, decision.fixes)
    back, skipped = applied(fixed, inverse(decision.fixes))
    assert skipped == ()
    assert back == one
    assert len({fix.path for fix in decision.fixes}) == len(decision.fixes)
    assert all(fix.old != fix.new and fix.rule_ids and fix.reason for fix in decision.fixes)
