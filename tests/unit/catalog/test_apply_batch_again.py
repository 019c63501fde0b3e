"""A batch applied again, in parts, in company, in any order: it comes to the same, and says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skuflow.catalog.apply_batch import ATTEMPTS
from skuflow.catalog.change_product import Making, ProductChange, change_product
from skuflow.catalog.model import Product
from skuflow.contracts.sync import SourceProduct
from skuflow.kernel.errors import TransientError
from skuflow.kernel.events import Cause
from skuflow.kernel.money import Money
from tests.doubles import START, CountedIds
from tests.fakes.catalog import FakeBatches
from tests.product_batches import CLIENT, PRODUCT_FIELDS, Batch, part, product, variant
from tests.unit.catalog.catalogue import HAT, SHIRT, Catalogue


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue()


PARTS = (
    (product("shirt", variant("s", 2, quantity=3)),),
    (part("shirt", variant("m", 9, quantity=1)),),
    (part("shirt", variant("l", 15)), HAT),
)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_parts_of_a_new_product_in_several_batches_create_all_their_rows_in_any_order(
    order: Sequence[int], catalogue: Catalogue
) -> None:
    outcomes = [catalogue.apply(Batch(PARTS[n], number=n)) for n in order]
    assert sum(o.created for o in outcomes if o) == 4
    assert sum(o.products_created for o in outcomes if o) == 2
    assert [v.key for v in catalogue.product("shirt").variants] == ["s", "m", "l"]


def test_parts_of_one_product_within_a_batch_are_written_at_once(catalogue: Catalogue) -> None:
    assert catalogue.rows(Batch(PARTS[0] + PARTS[1])) == (2, 0, 0, 0)
    assert len(catalogue.products.writes) == 1


def test_a_batch_is_applied_once(catalogue: Catalogue) -> None:
    batch = Batch((SHIRT,))
    assert catalogue.apply(batch) is not None
    assert catalogue.apply(batch) is None


def test_an_outcome_that_was_lost_is_worked_out_again(catalogue: Catalogue) -> None:
    """The worker died between its last write and the outcome: as if no outcome was kept."""
    first, later = (
        Batch((SHIRT, HAT)),
        Batch((SHIRT, HAT)).later(product("hat", variant("h", 4, 400, quantity=7)), SHIRT),
    )
    for batch in (first, later):
        said = catalogue.apply(batch)
        writes = len(catalogue.products.writes)
        catalogue.batches = FakeBatches()
        assert catalogue.apply(batch) == said
        assert len(catalogue.products.writes) == writes


def test_an_outcome_that_was_lost_counts_a_mere_change_of_stock_too(catalogue: Catalogue) -> None:
    first = Batch((HAT,))
    catalogue.apply(first)
    later = first.later(product("hat", variant("h", 4, 500, quantity=9)))
    catalogue.apply(later)
    catalogue.batches = FakeBatches()
    assert catalogue.rows(later) == (0, 1, 0, 0)


def test_a_lost_race_is_run_again_on_what_the_winner_wrote(catalogue: Catalogue) -> None:
    first = Batch((SHIRT,))
    catalogue.apply(first)
    making = Making(CLIENT, START, Cause("r"), CountedIds())
    raced: list[Product] = []

    def overtaken(_product: Product) -> None:
        if not raced:
            raced.append(_product)
            change_product(_product.product_id, ProductChange({"brand": "Acme"}), None, making, catalogue.products)

    catalogue.products.before_put = overtaken
    narrow = replace(
        first.later(product("shirt", variant("s", 2, 100))), product_fields=("title",), variant_fields=("price",)
    )
    assert catalogue.rows(narrow) == (0, 1, 0, 0)
    after = catalogue.product("shirt")
    assert (after.brand, after.variants[0].price, after.version) == ("Acme", Money(100, "CAD"), 3)


def test_a_product_that_never_stands_still_is_tried_again_later(catalogue: Catalogue) -> None:
    first = Batch((SHIRT,))
    catalogue.apply(first)
    making = Making(CLIENT, START, Cause("r"), CountedIds())
    busy: list[str] = []

    def overtaken(tried: Product) -> None:
        if not tried.brand:
            busy.append(tried.product_id)
            changes = ProductChange({"brand": f"Brand {len(busy)}"})
            change_product(tried.product_id, changes, None, making, catalogue.products)

    catalogue.products.before_put = overtaken
    later = first.later(product("shirt", variant("s", 2, 100)))
    with pytest.raises(TransientError, match="changing too fast"):
        catalogue.apply(later)
    assert len(busy) == ATTEMPTS
    assert not catalogue.batches.is_applied(CLIENT, later.import_id, 1)


ROWS = st.dictionaries(st.sampled_from("abc"), st.integers(1, 3), min_size=1)


@st.composite
def imports(draw: st.DrawFn) -> list[Batch]:
    """A few imports of one file each, cut into batches of which some have a part of the same product."""
    made: list[Batch] = []
    for number in range(draw(st.integers(1, 3))):
        fragments: list[SourceProduct] = []
        line = 2
        for key in ("shirt", "hat"):
            for n, (row, price) in enumerate(draw(ROWS).items()):
                whole = product if n == 0 else part
                fragments.append(whole(key, variant(row, line, price, quantity=price)))
                line += 1
        name = f"imp_{number + 1:032x}"
        cut = draw(st.integers(1, 4))
        for n in range(0, len(fragments), cut):
            made.append(Batch(tuple(fragments[n : n + cut]), name, n, 60 * number, product_fields=PRODUCT_FIELDS))
    return made


@given(imports(), st.data())
@settings(max_examples=60)
def test_batches_delivered_twice_and_in_any_order_within_their_import_come_to_the_same(
    batches: list[Batch], data: st.DataObject
) -> None:
    straight, tangled = Catalogue(), Catalogue()
    by_import: dict[str, list[Batch]] = {}
    for batch in batches:
        straight.apply(batch)
        by_import.setdefault(batch.import_id, []).append(batch)
    for group in by_import.values():
        for batch in data.draw(st.permutations(group + group)):
            tangled.apply(batch)
    for key in ("shirt", "hat"):
        one, other = straight.product(key), tangled.product(key)
        assert [(v.key, v.price) for v in one.variants] == [(v.key, v.price) for v in other.variants]
        assert [straight.units(key, v.key) for v in one.variants] == [tangled.units(key, v.key) for v in one.variants]
