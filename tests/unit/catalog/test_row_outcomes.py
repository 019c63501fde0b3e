"""Every row ends as what it did, and says so again when its batch comes again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import takewhile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skuflow.catalog.apply_batch import apply_batch
from skuflow.catalog.change_product import Making, ProductChange, VariantChange, change_product
from skuflow.contracts.sync import SourceImage, SourceProduct, SourceVariant
from skuflow.kernel.events import Cause
from skuflow.kernel.money import Money
from tests.doubles import START, CountedIds
from tests.fakes.catalog import FakeBatches
from tests.product_batches import CLIENT, Batch, part, product, variant
from tests.unit.catalog.catalogue import HAT, SHIRT, Catalogue


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue()


def said(catalogue: Catalogue, *batches: Batch) -> tuple[int, int, int]:
    """Rows created, updated, unchanged of all batches; each is applied again, with its outcome lost, and must say the same."""
    total: Counter[str] = Counter()
    for batch in batches:
        outcome = catalogue.apply(batch)
        assert outcome is not None
        catalogue.batches = FakeBatches()
        assert catalogue.apply(batch) == outcome
        total.update(created=outcome.created, updated=outcome.updated, unchanged=outcome.unchanged)
    return total["created"], total["updated"], total["unchanged"]


def loaded(catalogue: Catalogue, *products: SourceProduct) -> Batch:
    batch = Batch(products)
    catalogue.apply(batch)
    return batch


def image(number: int) -> SourceImage:
    return SourceImage(f"https://x.example/{number}.jpg")


# -- one rule after the other -----------------------------------------------------------------------------------------------


def test_a_new_title_updates_the_row_that_gives_it(catalogue: Catalogue) -> None:
    first = loaded(catalogue, SHIRT)
    assert said(catalogue, first.later(replace(SHIRT, title="Blouse"))) == (0, 1, 1)


def test_a_count_updates_the_row_of_its_variant(catalogue: Catalogue) -> None:
    first = loaded(catalogue, SHIRT, HAT)
    sold = product("shirt", variant("s", 2, quantity=3), variant("m", 3, quantity=0))
    assert said(catalogue, first.later(sold, HAT)) == (0, 1, 2)


def test_a_new_variant_of_a_known_product_is_a_created_row(catalogue: Catalogue) -> None:
    first = loaded(catalogue, SHIRT)
    wider = product("shirt", *SHIRT.variants, variant("l", 4, quantity=1))
    assert said(catalogue, first.later(wider)) == (1, 0, 2)
    dearer = product("shirt", *SHIRT.variants, variant("l", 4, 2500, quantity=1))
    assert said(catalogue, first.later().later(dearer)) == (0, 1, 2)


def test_a_new_product_in_a_later_file_is_created_and_the_others_are_not(catalogue: Catalogue) -> None:
    first = loaded(catalogue, SHIRT)
    assert said(catalogue, first.later(SHIRT, HAT)) == (1, 0, 2)


def test_rows_that_bring_an_image_to_what_others_describe_are_updated(catalogue: Catalogue) -> None:
    first = loaded(catalogue, SHIRT, part("shirt", lines=(8, 9), images=(image(1), image(2))))
    again = part("shirt", lines=(8, 9), images=(image(1), image(2)))
    news = part("shirt", lines=(20,), images=(image(3),))
    assert said(catalogue, first.later(SHIRT, again, news)) == (0, 1, 4)
    known = part("shirt", variant("m", 3, 900, quantity=5), lines=(3, 4), images=(image(3),))
    assert said(catalogue, first.later().later(known)) == (0, 1, 1)


def test_a_row_that_brings_a_variant_and_an_image_is_updated_by_either(catalogue: Catalogue) -> None:
    first = loaded(catalogue, SHIRT)
    pictured = part("shirt", SHIRT.variants[1], images=(image(1),))
    assert said(catalogue, first.later(pictured)) == (0, 1, 0)
    assert catalogue.product("shirt").all_images[0].url == image(1).url


def test_rows_of_a_feed_that_name_the_product_differently_are_unchanged_until_one_of_them_has_news(
    catalogue: Catalogue,
) -> None:
    red, blue = product("shirt", variant("red", 2), title="Red"), product("shirt", variant("blue", 9), title="Blue")
    first = loaded(catalogue, red, blue)
    assert said(catalogue, first.later(red, blue)) == (0, 0, 2)
    assert said(catalogue, first.later().later(red, replace(blue, title="Sky"))) == (0, 1, 1)


def test_a_row_that_only_repeats_the_title_beside_a_new_variant_is_unchanged(catalogue: Catalogue) -> None:
    first = loaded(catalogue, HAT)
    two = product("hat", variant("h", 4, 500, quantity=1), variant("i", 5, 500, quantity=1))
    assert said(catalogue, first.later(two)) == (1, 0, 1)


def test_of_two_rows_of_one_variant_the_last_one_counts(catalogue: Catalogue) -> None:
    first = loaded(catalogue, HAT)
    twice = first.later(product("hat", variant("h", 4, 700, quantity=2)), part("hat", variant("h", 9, 600, quantity=3)))
    assert said(catalogue, twice) == (0, 1, 1)
    assert catalogue.units("hat", "h") == 3


def test_an_older_file_changes_no_row(catalogue: Catalogue) -> None:
    newer = Batch((product("shirt", variant("s", 2, 900, quantity=9), title="New"),)).later()
    catalogue.apply(newer)
    assert said(catalogue, Batch((product("shirt", variant("s", 2, quantity=3)),))) == (0, 0, 1)


def test_what_somebody_changed_between_two_deliveries_counts_as_having_come_first(catalogue: Catalogue) -> None:
    first = loaded(catalogue, SHIRT)
    later = first.later(product("shirt", variant("s", 2, 1500, quantity=3), variant("m", 3, 1500, quantity=5)))
    assert catalogue.rows(later) == (0, 2, 0, 0)
    known = catalogue.product("shirt")
    making = Making(CLIENT, START + timedelta(hours=2), Cause("r"), CountedIds())
    by_hand = ProductChange(variants=[VariantChange({"price": Money(1, "CAD")}, known.variants[0].variant_id)])
    change_product(known.product_id, by_hand, None, making, catalogue.products)
    catalogue.batches = FakeBatches()
    assert catalogue.rows(later) == (0, 1, 1, 0)
    assert catalogue.product("shirt").variants[0].price == Money(1, "CAD")


# -- all of them together ---------------------------------------------------------------------------------------------------


class Died(BaseException):
    """The process is gone."""


@dataclass
class Mortal:
    """A store whose caller dies once `left` calls of it, or of those that share `left`, have been answered."""

    store: Any
    left: list[int]

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.store, name)

        def call(*args: Any, **more: Any) -> Any:
            answer = method(*args, **more)
            self.left[0] -= 1
            if self.left[0] == 0:
                raise Died
            return answer

        return call


def deliver(catalogue: Catalogue, batch: Batch, calls: int) -> None:
    """Deliver the batch to a worker that dies after so many calls, then to one that does not."""
    catalogue.files.add(batch.key, batch.content())
    left = [calls]
    stores = catalogue.stores
    mortal = {name: Mortal(getattr(stores, name), left) for name in ("files", "products", "stock", "batches")}
    with suppress(Died):
        apply_batch(CLIENT, batch.ready, batch.cause, replace(stores, **mortal))
    apply_batch(CLIENT, batch.ready, batch.cause, stores)


@dataclass(frozen=True)
class Line:
    """One row of a file: its product, its variant, and what it says."""

    handle: str
    key: str
    price: int
    units: int
    title: str = ""

    def said(self, line: int) -> SourceVariant:
        return variant(self.key, line, self.price, quantity=self.units)


Sheet = Sequence[Line]


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    """Products of a few rows each; the first row of each has its title."""
    made: list[Line] = []
    for handle in draw(st.lists(st.sampled_from(["shirt", "hat", "sock"]), min_size=1, unique=True)):
        for n, key in enumerate(draw(st.permutations("abcd"))[: draw(st.integers(1, 4))]):
            made.append(Line(handle, key, draw(st.integers(1, 3)), draw(st.integers(0, 2)), handle if n == 0 else ""))
    return made


@st.composite
def edited(draw: st.DrawFn, sheet: Sheet) -> tuple[Sheet, dict[int, str]]:
    """The sheet with some of its rows edited and a few rows added, and what must become of each row."""
    made: list[Line] = []
    fates: dict[int, str] = {}
    for number, row in enumerate(sheet):
        fields = ["price", "units", *(["title"] if row.title else [])]
        changes = draw(st.sets(st.sampled_from(fields)))
        new: dict[str, Any] = {"price": row.price + 10, "units": row.units + 10, "title": f"{row.title} II"}
        made.append(replace(row, **{name: new[name] for name in changes}))
        fates[number] = "updated" if changes else "unchanged"
    for handle in draw(st.sets(st.sampled_from([row.handle for row in sheet]))):
        fates[len(made)] = "created"
        made.append(Line(handle, "new", 5, 5))
    return made, fates


@st.composite
def batches(draw: st.DrawFn, sheet: Sheet, minutes: int) -> list[tuple[Batch, list[int]]]:
    """The sheet as an import of several batches in any order, each with the numbers of its rows. A product's rows may lie in
    several fragments and batches."""
    first_line = draw(st.integers(2, 40))
    fragments: list[tuple[SourceProduct, list[int]]] = []
    begun: set[str] = set()
    rows = list(enumerate(sheet))
    while rows:
        handle = rows[0][1].handle
        size = draw(st.integers(1, 3))
        mine = list(takewhile(lambda pair: pair[1].handle == handle, rows[:size]))  # noqa: B023 - used at once
        title = mine[0][1].title
        variants = [row.said(first_line + number) for number, row in mine]
        made = part(handle, *variants) if handle in begun else product(handle, *variants, title=title)
        fragments.append((made, [number for number, _ in mine]))
        begun.add(handle)
        rows = rows[len(mine) :]
    name = f"imp_{minutes + 1:032x}"
    found: list[tuple[Batch, list[int]]] = []
    while fragments:
        size = draw(st.integers(1, 4))
        numbers = [number for _, own in fragments[:size] for number in own]
        found.append((Batch(tuple(one for one, _ in fragments[:size]), name, len(found), minutes), numbers))
        fragments = fragments[size:]
    return draw(st.permutations(found))


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_updated_rows_are_those_that_were_edited_wherever_a_worker_dies(data: st.DataObject) -> None:
    catalogue = Catalogue()
    sheet = data.draw(sheets())
    new, fates = data.draw(edited(sheet))
    every = dict.fromkeys(fates, "unchanged")
    imports = [(sheet, dict.fromkeys(range(len(sheet)), "created")), (new, fates), (new, every)]
    for minutes, (rows, expected) in enumerate(imports):
        for batch, numbers in data.draw(batches(rows, minutes)):
            deliver(catalogue, batch, data.draw(st.integers(0, 12), label="calls until death"))
            outcome = catalogue.batches.outcome(CLIENT, batch.import_id, batch.number)
            became = Counter({name: getattr(outcome, name) for name in ("created", "updated", "unchanged")})
            assert +became == Counter(expected[number] for number in numbers)
