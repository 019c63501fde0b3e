"""Fixes of a product: where they may go, when they are applied, and that a batch says the same whenever it comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.catalog.fixes import APPLIED, Attempt, attempt, mark
from skuflow.catalog.model import Description, Image, Product, Variant, content_hash
from skuflow.contracts.quality import Fix
from skuflow.kernel.events import Cause
from skuflow.kernel.money import Money
from skuflow.platform.packing import packed, unpacked
from tests.doubles import START

AT = START.astimezone(UTC)
CAUSE = Cause("request-1", "evt_decided")
MARK = mark("job_1", 1)
SHIRT = Product(
    "prd_1",
    "shopify",
    "shirt",
    AT,
    AT,
    3,
    "LINEN SHIRT",
    description_html="<p>Fine</p>",
    brand="acme",
    category=("apparel", "shirts"),
    product_type="Shirt",
    tags=("New", "new"),
    images=(Image("https://cdn.example/a.b.jpg", "IMG 1"),),
    more_images=(Image("https://cdn.example/2.jpg"),),
    attributes={"Material": ("linnen",), "v2.0": ("x",)},
    variants=(
        Variant("var_1", "s", 1, "S", (("Size", "small"), ("Colour", "blu")), Money(100, "CAD"), gtin="4006381333931"),
        Variant("var_2", "m", 2, "M", (("Size", "M"),)),
    ),
    described=Description(AT),
)


def tried(*fixes: Fix, on: Product = SHIRT, by: str = MARK) -> Attempt:
    return attempt(on, fixes, by, AT + timedelta(hours=1), CAUSE)


def after(*fixes: Fix, on: Product = SHIRT, by: str = MARK) -> Product:
    """The product as it is written. Fails unless all are applied."""
    made = tried(*fixes, on=on, by=by)
    assert made.product is not None
    assert set(made.reasons) == {APPLIED}
    kept = packed(made.product, sparse=True)
    return unpacked(Product, kept.get("doc"), kept.get("doc_z"))


EVERY_PLACE = [
    (Fix("title", "LINEN SHIRT", "Linen shirt"), {"title": "Linen shirt"}),
    (Fix("description_html", "<p>Fine</p>", "<p>Fine linen</p>"), {"description_html": "<p>Fine linen</p>"}),
    (Fix("brand", "acme", "Acme"), {"brand": "Acme"}),
    (Fix("brand", "acme", ""), {"brand": ""}),
    (Fix("category", '["apparel","shirts"]', '["Apparel","Shirts"]'), {"category": ("Apparel", "Shirts")}),
    (Fix("product_type", "Shirt", "Shirts"), {"product_type": "Shirts"}),
    (Fix("tags", '["New","new"]', '["new"]'), {"tags": ("new",)}),
    (Fix("tags", '["New", "new"]', ""), {"tags": ()}),
    (
        Fix("attributes.Material", '["linnen"]', '["linen"]'),
        {"attributes": {"Material": ("linen",), "v2.0": ("x",)}},
    ),
    (Fix("attributes.v2.0", '["x"]', "[]"), {"attributes": {"Material": ("linnen",)}}),
    (
        Fix("attributes.fit", "", '["slim","long"]'),
        {"attributes": {"Material": ("linnen",), "fit": ("slim", "long"), "v2.0": ("x",)}},
    ),
    (
        Fix("images.https://cdn.example/a.b.jpg.alt", "IMG 1", "Linen shirt, front"),
        {"images": (Image("https://cdn.example/a.b.jpg", "Linen shirt, front"),)},
    ),
    (
        Fix("images.https://cdn.example/2.jpg.alt", "", "Back"),
        {"more_images": (Image("https://cdn.example/2.jpg", "Back"),)},
    ),
    (
        Fix("variants.var_1.gtin", "4006381333931", "04006381333931"),
        {"variants": (replace(SHIRT.variants[0], gtin="04006381333931"), SHIRT.variants[1])},
    ),
    (
        Fix("variants.var_1.gtin", "4006381333931", ""),
        {"variants": (replace(SHIRT.variants[0], gtin=None), SHIRT.variants[1])},
    ),
    (
        Fix("variants.var_2.mpn", "", "M-2"),
        {"variants": (SHIRT.variants[0], replace(SHIRT.variants[1], mpn="M-2"))},
    ),
    (
        Fix("variants.var_1.options.Colour", "blu", "Blue"),
        {
            "variants": (
                replace(SHIRT.variants[0], options=(("Size", "small"), ("Colour", "Blue"))),
                SHIRT.variants[1],
            )
        },
    ),
]


@pytest.mark.parametrize(("fix", "changes"), EVERY_PLACE, ids=lambda one: getattr(one, "path", ""))
def test_a_fix_changes_its_place_and_nothing_else_and_can_be_taken_back(fix: Fix, changes: dict[str, object]) -> None:
    fixed = after(fix)
    assert fixed == replace(
        SHIRT,
        **changes,  # type: ignore[arg-type]
        version=4,
        updated_at=AT + timedelta(hours=1),
        channel="fix",
        cause=CAUSE,
        fixed=fixed.fixed,
        fixed_by=(f"{MARK}:1",),
    )
    back = after(Fix(fix.path, fix.new, fix.old), on=fixed, by=mark("job_2", 1))
    assert (content_hash(back), back.fixed) == (content_hash(SHIRT), {})


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("price", "field_not_allowed"),
        ("status", "field_not_allowed"),
        ("variants.var_1.price", "field_not_allowed"),
        ("variants.var_1.sku", "field_not_allowed"),
        ("variants.var_1", "field_not_allowed"),
        ("images.https://cdn.example/2.jpg", "field_not_allowed"),
        ("attributes.", "field_not_allowed"),
        ("external_ids.asin", "field_not_allowed"),
        ("version", "field_not_allowed"),
        ("", "field_not_allowed"),
        ("variants.var_9.gtin", "unknown_place"),
        ("variants.var_1.options.Length", "unknown_place"),
        ("images.https://cdn.example/9.jpg.alt", "unknown_place"),
    ],
)
def test_what_may_not_be_fixed_or_is_not_there_is_left_alone(path: str, reason: str) -> None:
    assert tried(Fix(path, "", "x")) == Attempt(None, (reason,))


@pytest.mark.parametrize(
    "fix",
    [
        Fix("title", "LINEN SHIRT", " "),
        Fix("title", "LINEN SHIRT", "x" * 1001),
        Fix("tags", '["New","new"]', "new"),
        Fix("tags", '["New","new"]', '[{"a": 1}]'),
        Fix("category", '["apparel","shirts"]', str(["x"] * 11).replace("'", '"')),
        Fix("variants.var_1.gtin", "4006381333931", "4006381333932"),
        Fix("images.https://cdn.example/2.jpg.alt", "", "x" * 1001),
    ],
)
def test_a_value_that_an_import_would_refuse_is_refused(fix: Fix) -> None:
    assert tried(fix) == Attempt(None, ("invalid_value",))


def test_one_attribute_too_many_is_refused() -> None:
    full = replace(SHIRT, attributes={f"{n:03d}": ("x",) for n in range(100)})
    assert tried(Fix("attributes.fit", "", '["slim"]'), on=full) == Attempt(None, ("invalid_value",))


def test_what_has_changed_since_it_was_seen_stays_and_the_others_are_fixed() -> None:
    made = tried(Fix("title", "Linen", "Linen shirt"), Fix("brand", "acme", "Acme"))
    assert made.reasons == ("changed_since", APPLIED)
    assert made.product is not None
    assert (made.product.title, made.product.brand) == ("LINEN SHIRT", "Acme")


def test_fixes_of_one_field_go_one_after_the_other() -> None:
    assert after(Fix("brand", "acme", "ACME"), Fix("brand", "ACME", "Acme")).brand == "Acme"


def test_a_dangerous_description_is_made_harmless_and_its_fix_can_still_be_taken_back() -> None:
    wanted = '<p onclick="x()">Fine <script>alert(1)</script></p>'
    fixed = after(Fix("description_html", "<p>Fine</p>", wanted))
    assert fixed.description_html == "<p>Fine </p>"
    back = after(Fix("description_html", wanted, "<p>Fine</p>"), on=fixed, by=mark("job_2", 1))
    assert back.description_html == "<p>Fine</p>"


def test_a_fix_that_changes_nothing_is_done_without_a_write() -> None:
    assert tried(Fix("brand", "acme", " acme ")) == Attempt(None, (APPLIED,))


def test_a_batch_that_comes_again_says_what_it_said_whatever_happened_since() -> None:
    fixes = (Fix("brand", "acme", "Acme"), Fix("title", "Linen", "Shirt"), Fix("price", "", "1"))
    first = tried(*fixes)
    assert first.product is not None
    since = replace(first.product, brand="acme", title="Linen", version=9)
    assert tried(*fixes, on=since) == Attempt(None, (APPLIED, "changed_since", "field_not_allowed"))
    other = tried(*fixes, on=since, by=mark("job_1", 2))
    assert other.reasons == (APPLIED, APPLIED, "field_not_allowed")


def test_a_product_remembers_the_last_batches_only() -> None:
    product = SHIRT
    for number in range(40):
        old, new = ("acme", "Acme") if number % 2 == 0 else ("Acme", "acme")
        product = after(Fix("brand", old, new), on=product, by=mark("job_1", number))
    assert len(product.fixed_by) == 16
    assert product.fixed_by[-1] == f"{mark('job_1', 39)}:1"
    assert product.version == 43


def test_time_never_goes_back() -> None:
    later = replace(SHIRT, updated_at=AT + timedelta(days=9))
    assert after(Fix("brand", "acme", "Acme"), on=later).updated_at == AT + timedelta(days=9)


WORDS = st.sampled_from(["acme", "Acme", "ACME", "x"])
PATHS = st.sampled_from(["brand", "product_type", "attributes.Material", "variants.var_2.mpn"])


@st.composite
def fixes_of(draw: st.DrawFn) -> Fix:
    path, old, new = draw(PATHS), draw(WORDS), draw(WORDS)
    return Fix(path, *(f'["{word}"]' if path.startswith("attributes") else word for word in (old, new)))


@given(st.lists(st.lists(fixes_of(), max_size=4), max_size=8), st.data())
def test_after_any_fixes_each_batch_repeats_itself_and_changes_nothing_more(
    batches: list[list[Fix]], data: st.DataObject
) -> None:
    product = replace(SHIRT, product_type="acme", attributes={"Material": ("acme",)})
    said: dict[int, tuple[str, ...]] = {}
    for number, fixes in enumerate(batches):
        made = tried(*fixes, on=product, by=mark("job", number))
        if made.product is not None:
            product, said[number] = made.product, made.reasons
    for number in data.draw(st.permutations(sorted(said))):
        again = tried(*batches[number], on=product, by=mark("job", number))
        assert again.product is None
        assert [reason == APPLIED for reason in again.reasons] == [reason == APPLIED for reason in said[number]]
