"""A fix outlives readings of its source that say what they said before, and gives way to those that say something else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.catalog.fixes import APPLIED, attempt, mark
from skuflow.catalog.model import Product, edited, variant_id
from skuflow.contracts.quality import Fix
from skuflow.contracts.sync import SourceImage, SourceProduct
from skuflow.kernel.clock import iso
from skuflow.kernel.events import Cause
from skuflow.kernel.money import Money
from tests.product_batches import CLIENT, PRODUCT_FIELDS, VARIANT_FIELDS, Batch, part, product, variant
from tests.unit.catalog.catalogue import Catalogue

GTIN, PADDED = "4006381333931", "04006381333931"
FRONT = SourceImage("https://cdn.example/1.jpg", "IMG 1")
COVERED = (*PRODUCT_FIELDS, "attributes")


def said(
    title: str = "SHIRT", *, price: int = 100, gtin: str | None = GTIN, colour: str = "blu", **more: object
) -> SourceProduct:
    row = variant("s", 2, price, gtin=gtin, options=(("Size", "S"), ("Colour", colour)))
    fields = {"title": title, "tags": ("a", "A"), "images": (FRONT,), "attributes": {"material": ("linnen",)}, **more}
    return product("shirt", row, **fields)


def batch(*products: SourceProduct, **more: object) -> Batch:
    return Batch(products, product_fields=COVERED, variant_fields=VARIANT_FIELDS, **more)  # type: ignore[arg-type]


def fix(catalogue: Catalogue, *fixes: tuple[str, str, str], number: int = 1) -> Product:
    """The product after fixes that are all applied."""
    now = catalogue.clock.advance(minutes=1)
    before = catalogue.product("shirt")
    made = attempt(before, [Fix(*one) for one in fixes], mark("job", number), now, Cause("r", "e"))
    assert set(made.reasons) == {APPLIED}
    assert made.product is not None
    catalogue.products.put(CLIENT, made.product)
    return made.product


@pytest.fixture
def catalogue() -> Catalogue:
    made = Catalogue()
    made.apply(batch(said()))
    return made


def paths(catalogue: Catalogue) -> tuple[tuple[str, str, str], ...]:
    name = catalogue.product("shirt").variants[0].variant_id
    return (
        ("title", "SHIRT", "Shirt"),
        ("tags", '["a","A"]', '["a"]'),
        ("attributes.material", '["linnen"]', '["linen"]'),
        ("attributes.fit", "", '["slim"]'),
        (f"images.{FRONT.url}.alt", "IMG 1", "Front"),
        (f"variants.{name}.gtin", GTIN, PADDED),
        (f"variants.{name}.mpn", "", "M-1"),
        (f"variants.{name}.options.Colour", "blu", "Blue"),
    )


def test_the_same_file_again_undoes_nothing_and_writes_nothing(catalogue: Catalogue) -> None:
    fixed = fix(catalogue, *paths(catalogue))
    writes = len(catalogue.products.writes)
    again = batch(said())
    for _ in range(2):
        again = again.later()
        assert catalogue.rows(again) == (0, 0, 1, 0)
    assert catalogue.product("shirt") == fixed
    assert len(catalogue.products.writes) == writes


def test_the_batch_that_brought_the_product_delivered_again_undoes_nothing(catalogue: Catalogue) -> None:
    fixed = fix(catalogue, *paths(catalogue))
    catalogue.batches._applied.clear()
    catalogue.apply(batch(said()))
    assert catalogue.product("shirt") == fixed


def test_where_the_source_says_something_else_it_wins_and_only_there(catalogue: Catalogue) -> None:
    fix(catalogue, *paths(catalogue))
    second = batch(said("Blouse", price=200, colour="red")).later()
    assert catalogue.rows(second) == (0, 1, 0, 0)
    now = catalogue.product("shirt")
    (one,) = now.variants
    assert (now.title, one.price, one.options) == ("Blouse", Money(200, "CAD"), (("Size", "S"), ("Colour", "red")))
    assert (one.gtin, one.mpn, now.tags, now.images[0].alt) == (PADDED, "M-1", ("a",), "Front")
    assert now.attributes == {"fit": ("slim",), "material": ("linen",)}
    assert catalogue.rows(second.later()) == (0, 0, 1, 0)


@pytest.mark.parametrize("between", ["Blouse", "Shirt"])
def test_a_source_that_goes_back_to_what_was_fixed_is_believed(catalogue: Catalogue, between: str) -> None:
    fix(catalogue, ("title", "SHIRT", "Shirt"))
    first = batch(said(between)).later()
    for again in (first, first.later(said())):
        catalogue.apply(again)
        assert catalogue.product("shirt").title == again.products[0].title


def test_a_shop_that_adopts_a_fix_and_goes_back_on_it_is_believed() -> None:
    catalogue = Catalogue()
    catalogue.apply(state(1))
    fix(catalogue, ("title", "SHIRT", "Shirt"))
    for minutes, title in ((60, "Shirt"), (120, "SHIRT")):
        catalogue.apply(state(minutes, title=title))
        assert catalogue.product("shirt").title == title


def test_a_fix_that_was_taken_back_leaves_the_say_to_the_source(catalogue: Catalogue) -> None:
    fix(catalogue, ("title", "SHIRT", "Shirt"))
    back = fix(catalogue, ("title", "Shirt", "SHIRT"), number=2)
    assert (back.title, dict(back.fixed)) == ("SHIRT", {})
    catalogue.apply(batch(said("Blouse")).later())
    assert catalogue.product("shirt").title == "Blouse"


def test_a_second_fix_still_knows_what_the_source_said_at_first(catalogue: Catalogue) -> None:
    fix(catalogue, ("title", "SHIRT", "shirt"))
    fix(catalogue, ("title", "shirt", "Shirt"), number=2)
    catalogue.apply(batch(said(price=300)).later())
    now = catalogue.product("shirt")
    assert (now.title, now.variants[0].price) == ("Shirt", Money(300, "CAD"))


def test_an_edit_by_hand_after_a_fix_goes_the_way_of_edits_by_hand(catalogue: Catalogue) -> None:
    fixed = fix(catalogue, ("title", "SHIRT", "Shirt"))
    now = catalogue.clock.advance(minutes=1)
    catalogue.products.put(CLIENT, edited(fixed, now, Cause("r"), {"title": "By hand"}))
    catalogue.apply(batch(said()).later())
    assert catalogue.product("shirt").title == "SHIRT"


def test_pictures_that_come_in_rows_of_their_own_keep_their_mended_text(catalogue: Catalogue) -> None:
    more = SourceImage("https://cdn.example/2.jpg", "IMG 2")
    rows = batch(part("shirt", lines=(9,), images=(more,)))
    catalogue.apply(rows.later(minutes=10))
    fix(catalogue, (f"images.{more.url}.alt", "IMG 2", "Back"))
    catalogue.apply(rows.later(minutes=20).later(minutes=20))
    assert [image.alt for image in catalogue.product("shirt").all_images] == ["IMG 1", "Back"]


def test_a_file_without_the_field_leaves_the_fix_alone(catalogue: Catalogue) -> None:
    fix(catalogue, *paths(catalogue))
    only_prices = Batch((said(price=500),), product_fields=(), variant_fields=("price",))
    catalogue.apply(only_prices.later())
    now = catalogue.product("shirt")
    assert (now.title, now.variants[0].gtin, now.variants[0].price) == ("Shirt", PADDED, Money(500, "CAD"))


def state(minutes: int, **more: object) -> Batch:
    """A whole product as a shop showed it."""
    name = f"imp_{minutes:032x}"
    at = iso(batch(minutes=minutes).observed_at)
    return batch(said(observed_at=at, **more), complete=True, import_id=name, minutes=minutes)  # type: ignore[arg-type]


def test_a_shop_that_is_read_again_undoes_nothing_and_what_it_changes_wins() -> None:
    catalogue = Catalogue()
    catalogue.apply(state(1))
    fix(catalogue, *paths(catalogue))
    writes = len(catalogue.products.writes)
    catalogue.apply(state(60))
    assert (catalogue.product("shirt").title, catalogue.product("shirt").variants[0].gtin) == ("Shirt", PADDED)
    assert len(catalogue.products.writes) <= writes + 1, "nothing but the time of the look"
    catalogue.apply(state(120, price=900, gtin=None))
    now = catalogue.product("shirt")
    assert (now.title, now.variants[0].gtin, now.variants[0].price) == ("Shirt", None, Money(900, "CAD"))


TITLES = st.sampled_from(["SHIRT", "Shirt", "Blouse"])
STEPS = st.lists(st.tuples(st.sampled_from(["import", "fix"]), TITLES), max_size=10)


@given(STEPS)
def test_the_title_is_the_last_fix_unless_the_source_said_something_new_since(steps: Sequence[tuple[str, str]]) -> None:
    catalogue = Catalogue()
    catalogue.apply(batch(said()))
    source = shown = "SHIRT"
    current = batch(said())
    for number, (what, title) in enumerate(steps):
        if what == "import":
            current = batch(said(title), import_id=current.import_id, minutes=current.minutes).later()
            catalogue.apply(current)
            if title != source:
                source = shown = title
        elif title != shown:
            fix(catalogue, ("title", shown, title), number=number)
            shown = title
        assert catalogue.product("shirt").title == shown


def test_a_variant_is_known_by_its_own_name(catalogue: Catalogue) -> None:
    """Another variant that says what this one said is none of this fix's business."""
    name = catalogue.product("shirt").product_id
    fix(catalogue, (f"variants.{variant_id(name, 's')}.gtin", GTIN, PADDED))
    rows = (variant("s", 2, 100, gtin=GTIN), variant("m", 3, 100, gtin=GTIN))
    catalogue.apply(Batch((product("shirt", *rows, title="SHIRT"),), variant_fields=("price", "gtin")).later())
    assert [v.gtin for v in catalogue.product("shirt").variants] == [PADDED, GTIN]
