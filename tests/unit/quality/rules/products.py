"""Products for the tests: one without a fault, and any number with some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from skuflow.kernel.money import Money
from skuflow.quality.model import Picture, Snapshot, SnapshotVariant
from skuflow.quality.rules.judging import Judge, Judgement
from skuflow.quality.rules.known import Known
from skuflow.quality.rules.rule import Rule, RuleSet
from skuflow.quality.rules.rule_set import rule_set
from tests.doubles import START

NOW = START
FRONT = "https://img.example.com/boots-front.jpg"
SIDE = "https://img.example.com/boots-side.jpg"
GTINS = ("4006381333931", "9780306406157", "5901234123457", "0012345678905")


def cad(minor: int) -> Money:
    return Money(minor, "CAD")


def variant(number: int = 1, **changes: Any) -> SnapshotVariant:
    """A variant without a fault; `number` 1 to 4 tells them apart."""
    sound = SnapshotVariant(
        variant_id=f"var_{number}",
        sku=f"BOOT-{number}",
        gtin=GTINS[number - 1],
        mpn=f"MPN{number}",
        options=(("Size", f"{35 + number}"), ("Color", "Brown")),
        price=cad(9900 + number),
        compare_at=cad(12900),
        cost=cad(4000),
        weight_grams=1200,
        image=FRONT,
    )
    return replace(sound, **changes)


def product(product_id: str = "prd_1", variants: Sequence[SnapshotVariant] | None = None, **changes: Any) -> Snapshot:
    """A product without a fault."""
    sound = Snapshot(
        product_id=product_id,
        product_version=1,
        updated_at=NOW,
        observed_at=NOW,
        source="shopify",
        title="Leather walking boots with rubber soles",
        description_html="<p>Boots for long walks on stony paths, sewn by hand.</p>",
        brand="Northpath",
        category=("Shoes", "Boots"),
        product_type="Boots",
        tags=("walking", "leather"),
        url="https://shop.example.com/boots",
        images=(Picture(FRONT, "The boots from the front"), Picture(SIDE, "The boots from the side")),
        attributes={"Color": ("Brown",), "Material": ("Leather",)},
        variants=tuple(variants) if variants is not None else (variant(1), variant(2)),
    )
    return replace(sound, **changes)


def with_variant(**changes: Any) -> Snapshot:
    """A product whose second variant has a fault."""
    return product(variants=(variant(1), variant(2, **changes)))


def judged(one: Snapshot, *own: Rule, rules: RuleSet | None = None, **known: Any) -> Judgement:
    """`one` held against the built-in rules and `own`."""
    return Judge(rules or rule_set(own), Known(**{"now": NOW, **known})).judge(one)


def broken(one: Snapshot, *own: Rule, **known: Any) -> set[str]:
    """The rules that do not hold for `one`."""
    return {finding.rule_id for finding in judged(one, *own, **known).findings}


_SAID = (
    "LEATHER BOOTS red Rubber & &amp; <b>SOFT</b> <p> </p> 500ML 10 cm USB M8X20 O/RIDE the BLK gray Grey &lt;i&gt; CafÃ© Café "
    "\u00a0 \u200b  \t - test n/a <3 A<B é\u0301 STRASSE ǅ İ WITH steel"
)
WORDS = _SAID.split(" ")
texts = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join) | st.text(max_size=8)
"""Texts with all that normal forms care for, and any others."""

html = st.lists(
    st.sampled_from(
        [
            "<p>Soft leather.</p>",
            "<p>&nbsp;</p>",
            "<span style='color:red'>hot</span>",
            "<br><br/><br>",
            "<div><ul></ul></div>",
            "&lt;p&gt;escaped&lt;/p&gt;",
            "<script>x()</script>",
            "a<b> </b>b",
            "<!-- note -->",
            "&nbsp;&nbsp; wide",
            "<table><tr><td>1</td></tr></table>",
            "<b>bold",
            "plain & simple < 3",
            "<svg><style><img src=x onerror=1>",
        ]
    ),
    max_size=5,
).map(" ".join)
amounts = st.none() | st.integers(0, 100_000).map(cad)
options = st.lists(st.tuples(st.sampled_from(["Size", "Color", "Colour"]), texts), max_size=3).map(tuple)
codes = st.none() | st.sampled_from([*GTINS, "12345678905", "4006381333932", "2201482925265", "036000 291452", "junk"])


OLD = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
_FAULTS: dict[str, st.SearchStrategy[Any]] = {
    "title": texts,
    "description_html": html,
    "brand": texts,
    "product_type": texts,
    "category": st.sampled_from([(), ("Shoes",), ("SHOES", "Boots"), ("Nowhere",)]),
    "tags": st.lists(texts, max_size=3).map(tuple),
    "attributes": st.dictionaries(st.sampled_from(["Color", "colour", "Volume"]), st.tuples(texts), max_size=2),
    "url": st.sampled_from(["", "/boots"]),
    "images": st.sampled_from([(), (Picture(FRONT),), (Picture("x"), Picture(SIDE, "side"))]),
    "source": st.just("csv"),
    "updated_at": st.just(OLD),
    "observed_at": st.sampled_from([None, OLD]),
}
_VARIANT_FAULTS: dict[str, st.SearchStrategy[Any]] = {
    "sku": st.sampled_from([None, "A", "a ", "B", "1.2E+10"]),
    "gtin": codes,
    "options": options,
    "price": amounts,
    "compare_at": amounts,
    "cost": amounts,
    "image": st.sampled_from([None, SIDE, "no address"]),
}


def _some(faults: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """A few fields with what may be wrong in them."""
    one = st.one_of(*(st.tuples(st.just(name), values) for name, values in faults.items()))
    return st.lists(one, max_size=4).map(dict)


@st.composite
def products(draw: st.DrawFn, product_id: str = "prd_1") -> Snapshot:
    """Products with any faults."""
    count = draw(st.integers(0, 3))
    offered = [variant(number + 1, **draw(_some(_VARIANT_FAULTS))) for number in range(count)]
    return product(product_id, offered, **draw(_some(_FAULTS)))


FAULTS: tuple[tuple[str, Any], ...] = (
    ("title", ""),
    ("title", "LEATHER  WALKING BOOTS &amp; laces"),
    ("title", "n/a"),
    ("description_html", ""),
    ("description_html", "<p>Short</p><p></p>"),
    ("brand", " n/a"),
    ("brand", ""),
    ("category", ()),
    ("tags", (" a", "b ")),
    ("attributes", {"Color": ("BROWN",), "Volume": ("5ML",)}),
    ("url", "/boots"),
    ("images", ()),
    ("images", (Picture("x"),)),
    ("source", "csv"),
    ("updated_at", OLD),
    ("observed_at", OLD),
    ("variants", ()),
    ("variants", (variant(3), variant(4, sku="BOOT-3"))),
    ("sku", None),
    ("sku", "boot-1"),
    ("sku", "1E+12"),
    ("gtin", None),
    ("gtin", GTINS[3]),
    ("gtin", "4006381333932"),
    ("options", ()),
    ("options", (("Size", "5ML"), ("Color", "RED "))),
    ("price", None),
    ("price", cad(0)),
    ("compare_at", cad(1)),
    ("cost", cad(999_999)),
    ("image", "https://img.example.com/other.jpg"),
)
"""Single faults: in a field of the product, or of its last variant."""


def faulty(faults: Sequence[tuple[str, Any]], number: int) -> Snapshot:
    """A product with these faults; `number` is part of its id."""
    own = {name: value for name, value in faults if name in Snapshot.__slots__}
    made = product(f"prd_{number}", **own)
    rest = {name: value for name, value in faults if name in SnapshotVariant.__slots__}
    last = [replace(one, **rest) for one in made.variants[-1:]]
    return replace(made, variants=(*made.variants[:-1], *last))


collections = st.lists(st.lists(st.sampled_from(FAULTS), max_size=4), min_size=1, max_size=4).map(
    lambda many: tuple(faulty(faults, number) for number, faults in enumerate(many))
)
