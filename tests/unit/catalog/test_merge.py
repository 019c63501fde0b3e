"""Observations of a product, in any order, come to the same product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.catalog import merge
from skuflow.catalog.html import sanitised
from skuflow.catalog.incoming import Observation, fragment, observation
from skuflow.catalog.incoming_values import Refused
from skuflow.catalog.model import API, Product, content_hash, edited, product_id, removed, variant_id
from skuflow.contracts.sync import SourceImage, SourceProduct
from skuflow.kernel.events import Cause
from skuflow.kernel.money import Money
from tests.doubles import START
from tests.product_batches import CLIENT, Batch, part, product, variant

NAME = product_id(CLIENT, "shopify", "shirt")
CAUSE = Cause("r", "c")


def observed(number: int = 1, minutes: int = 0, **more: Any) -> Observation:
    """Batch `number` of the import that was started `minutes` after the start."""
    return observation(Batch((), number=number, minutes=minutes, **more).header, mark=f"import{minutes}")


def seen(stored: Product | None, said: SourceProduct, by: Observation) -> Product:
    """The product after the batch `by` that says just this. Fails if it would be refused."""
    made, _ = fragment(said, by, sanitised)
    assert made is not None
    merged = merge.merge(stored, NAME, made, by, START)
    written = merge.signed(stored, merged, by, START, channel="import", cause=CAUSE)
    return written or stored or merged


def imported(stored: Product | None, parts: Sequence[SourceProduct], minutes: int = 0, **more: Any) -> Product:
    """The product after an import of `parts`, each in a batch of its own."""
    for number, said in enumerate(parts):
        stored = seen(stored, said, observed(number, minutes, **more))
    assert stored is not None
    return stored


def facts(one: Product) -> tuple[Any, ...]:
    """All that orders of arrival must agree on."""
    return content_hash(one), one.described, tuple((v.variant_id, v.described) for v in one.variants)


def prices(one: Product) -> dict[str, Money | None]:
    return {v.key: v.price for v in one.variants}


# -- what covers what -------------------------------------------------------------------------------------------------------


def test_covered_fields_replace_and_others_stay() -> None:
    first = imported(None, [product("shirt", variant("s", 2, 100), brand="Acme", tags=("a",))])
    said = product("shirt", variant("s", 2, 200), title="New", brand="", tags=())
    after = imported(first, [said], 1, product_fields=("title", "tags"), variant_fields=("price",))
    assert (after.title, after.brand, after.tags) == ("New", "Acme", ())
    assert prices(after) == {"s": Money(200, "CAD")}
    assert after.variants[0].sku == "s"


def test_variants_that_are_not_mentioned_stay() -> None:
    first = imported(None, [product("shirt", variant("s", 2), variant("m", 3))])
    after = imported(first, [product("shirt", variant("m", 2, 100))], 1)
    assert prices(after) == {"s": Money(1999, "CAD"), "m": Money(100, "CAD")}


def test_external_ids_of_other_systems_stay() -> None:
    first = imported(None, [product("shirt", external_ids={"erp": "1", "shopify": "9"})])
    assert imported(first, [product("shirt", external_ids={"shopify": "10"})], 1).external_ids == {
        "erp": "1",
        "shopify": "10",
    }


def test_an_older_import_changes_nothing() -> None:
    stored = imported(None, [product("shirt", variant("s", 2, 200), title="New")], 5)
    assert imported(stored, [product("shirt", variant("s", 2, 100), title="Old")], 1) == stored


def test_an_older_import_still_brings_what_nobody_has_seen_since() -> None:
    stored = imported(None, [product("shirt", variant("s", 2), title="New")], 5)
    after = imported(stored, [product("shirt", variant("m", 3), title="Old")], 1)
    assert (after.title, set(prices(after))) == ("New", {"s", "m"})


def test_variants_stand_in_the_order_of_their_rows() -> None:
    parts = [part("shirt", variant("l", 40)), product("shirt", variant("s", 2), variant("m", 3))]
    assert [v.key for v in imported(None, parts).variants] == ["s", "m", "l"]


def test_the_last_of_two_rows_of_one_variant_counts_and_the_first_gives_its_place() -> None:
    rows = [variant("s", 2, 100), variant("m", 3), variant("s", 9, 300)]
    for order in permutations([product("shirt", rows[0]), part("shirt", rows[1]), part("shirt", rows[2])]):
        after = imported(None, order)
        assert [(v.key, v.price) for v in after.variants] == [("s", Money(300, "CAD")), ("m", Money(1999, "CAD"))]


# -- descriptions -----------------------------------------------------------------------------------------------------------


def test_a_product_is_shown_only_once_it_is_described() -> None:
    bare = imported(None, [part("shirt", variant("s", 9))])
    assert not bare.is_visible
    assert seen(bare, product("shirt", variant("m", 2)), observed(2)).is_visible


def test_nothing_is_added_to_a_product_that_no_file_describes() -> None:
    with pytest.raises(Refused, match="no such product"):
        imported(None, [part("shirt", variant("s", 2))], product_fields=())


def test_rows_that_name_the_product_differently_give_it_the_first_rows_name_for_good() -> None:
    feed = [
        product("shirt", variant("red", 2), title="Shirt, red"),
        product("shirt", variant("blue", 9), title="Shirt, blue"),
    ]
    for order in permutations(feed):
        first = imported(None, order)
        assert first.title == "Shirt, red"
        for again in permutations(feed):
            assert imported(first, again, 1) == first


def test_a_new_name_in_any_of_its_rows_is_news() -> None:
    old = [
        product("shirt", variant("red", 2), title="Shirt, red"),
        product("shirt", variant("blue", 9), title="Shirt, blue"),
    ]
    new = [old[0], replace(old[1], title="Shirt, sky")]
    results = {imported(imported(None, old), order, 1).title for order in permutations(new)}
    assert results == {"Shirt, sky"}


def test_a_name_that_comes_back_is_news_again() -> None:
    stored = None
    for minutes, title in enumerate(["Shirt", "Blouse", "Shirt"]):
        stored = imported(stored, [product("shirt", variant("s", 2), title=title)], minutes)
        assert stored.title == title


def test_images_without_a_description_are_added_to_the_described_ones() -> None:
    whole = product("shirt", variant("s", 2), images=(SourceImage("https://x.example/1"),))
    more = part("shirt", lines=(8,), images=(SourceImage("https://x.example/2"), SourceImage("https://x.example/1")))
    for order in permutations([whole, more]):
        after = imported(None, order)
        assert [image.url for image in after.all_images] == ["https://x.example/1", "https://x.example/2"]


# -- edits and removals -----------------------------------------------------------------------------------------------------


def test_an_edit_outlives_files_seen_before_it_and_yields_to_later_ones() -> None:
    said = product("shirt", variant("s", 2), title="From the file")
    stored = imported(None, [said])
    by_hand = edited(stored, START + timedelta(minutes=5), CAUSE, {"title": "By hand"})
    assert imported(by_hand, [said], 3).title == "By hand"
    assert imported(by_hand, [said], 7).title == "From the file"


def test_a_removed_product_comes_back_with_a_later_file_only() -> None:
    said = product("shirt", variant("s", 2))
    trace = removed(imported(None, [said]), START + timedelta(minutes=5), API, CAUSE)
    assert imported(trace, [said], 3) == trace
    back = imported(trace, [said], 7)
    assert (back.is_visible, back.version, back.product_id) == (True, 3, NAME)


# -- any order --------------------------------------------------------------------------------------------------------------

TITLES = st.sampled_from(["Shirt", "Blouse", "Top"])
PRICES = st.integers(1, 3)
URLS = st.sampled_from([f"https://x.example/{n}" for n in range(3)])


@st.composite
def files(draw: st.DrawFn, keys: str = "abcdef") -> list[SourceProduct]:
    """The fragments of one product in a file: rows of different variants, in some order of lines, some of them with a
    description, and at least one."""
    rows = draw(st.permutations(keys))[: draw(st.integers(1, len(keys)))]
    parts: list[SourceProduct] = []
    line = 2
    while rows:
        size = draw(st.integers(1, len(rows)))
        variants = [variant(key, line + n, draw(PRICES)) for n, key in enumerate(rows[:size])]
        more = {"images": tuple(SourceImage(url) for url in draw(st.lists(URLS, max_size=2, unique=True)))}
        if not parts or draw(st.booleans()):
            parts.append(product("shirt", *variants, title=draw(TITLES), **more))
        else:
            parts.append(part("shirt", *variants, **more))
        rows, line = rows[size:], line + size
    return parts


@given(files(), files(), st.randoms(use_true_random=False))
def test_the_order_in_which_the_parts_of_a_file_come_does_not_matter(
    before: list[SourceProduct], now: list[SourceProduct], chance: Any
) -> None:
    start = imported(None, before)
    expected = facts(imported(start, now, 1))
    shuffled = list(now)
    chance.shuffle(shuffled)
    assert facts(imported(start, shuffled, 1)) == expected
    assert facts(imported(None, shuffled)) == facts(imported(None, now))


@given(files(), st.randoms(use_true_random=False))
def test_the_same_file_again_changes_nothing(said: list[SourceProduct], chance: Any) -> None:
    stored = imported(None, said)
    chance.shuffle(said)
    assert imported(stored, said) == stored
    assert imported(stored, said, 1) == stored


@given(files(), files(), st.randoms(use_true_random=False))
def test_a_part_that_is_delivered_again_changes_nothing(
    before: list[SourceProduct], now: list[SourceProduct], chance: Any
) -> None:
    start = imported(None, before)
    after = imported(start, now, 1)
    by = {id(said): observed(number, 1) for number, said in enumerate(now)}
    again = chance.choice(now)
    assert facts(seen(after, again, by[id(again)])) == facts(after)


@given(st.lists(files(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_every_variant_is_as_the_latest_file_that_names_it_says(
    history: list[list[SourceProduct]], chance: Any
) -> None:
    expected = {v.key: v.price for said in history for one in said for v in one.variants}
    everything = [(one, observed(n, minutes)) for minutes, said in enumerate(history) for n, one in enumerate(said)]
    chance.shuffle(everything)
    stored = None
    for one, by in everything:
        stored = seen(stored, one, by)
    assert stored is not None
    # A file that says the same as is known leaves no trace, so an older one that comes after it may win: see the next test.
    in_order = None
    for minutes, said in enumerate(history):
        in_order = imported(in_order, said, minutes)
    assert in_order is not None
    assert {v.key: (v.price.minor, v.price.currency) for v in in_order.variants if v.price} == expected
    assert {v.variant_id for v in stored.variants} == {variant_id(NAME, key) for key in expected}


def test_a_file_that_says_nothing_new_leaves_no_trace() -> None:
    stored = imported(None, [product("shirt", variant("s", 2, 100))])
    confirmed = imported(stored, [product("shirt", variant("s", 2, 100))], 9)
    assert confirmed == stored
    assert prices(imported(confirmed, [product("shirt", variant("s", 2, 200))], 5)) == {"s": Money(200, "CAD")}


# -- signatures -------------------------------------------------------------------------------------------------------------


def test_a_product_remembers_the_batches_of_its_last_two_imports() -> None:
    stored = None
    for minutes in range(4):
        rows = [variant("s", 2, 100 + minutes), variant("m", 3, 100 + minutes)]
        stored = imported(stored, [product("shirt", rows[0]), part("shirt", rows[1])], minutes)
    assert stored is not None
    assert stored.changed_by == ("import2:0", "import2:1", "import3:0", "import3:1")
    assert stored.created_by == "import0:0"


def test_the_time_of_a_write_never_goes_back() -> None:
    stored = replace(imported(None, [product("shirt", variant("s", 2))]), updated_at=START + timedelta(hours=1))
    assert imported(stored, [product("shirt", variant("s", 2, 5))], 1).updated_at == stored.updated_at


def test_a_product_takes_2048_variants_and_no_more() -> None:
    stored = imported(None, [product("shirt", *(variant(f"v{n}", n + 2) for n in range(2048)))])
    assert len(stored.variants) == 2048
    with pytest.raises(Refused, match="more than 2048"):
        imported(stored, [part("shirt", variant("one more", 9999))], 1)
