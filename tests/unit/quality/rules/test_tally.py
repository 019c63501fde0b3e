"""Tallies: the same in whatever order and grouping they are made, put away and taken up again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skuflow.quality.model import Snapshot
from skuflow.quality.rules.judging import Judge, Judgement
from skuflow.quality.rules.known import Known
from skuflow.quality.rules.rule_set import rule_set
from skuflow.quality.rules.scoring import quality_of
from skuflow.quality.rules.seen import Mark, joined, unpacked
from skuflow.quality.rules.tally import EXAMPLES, Counting, Tally, merged, repeated
from tests.unit.quality.rules.products import NOW, collections, product, variant

RULES = rule_set()
JUDGE = Judge(RULES, Known(NOW))


def tally_of(products: list[Snapshot]) -> Tally:
    counting = Counting()
    for one in products:
        counting.add(JUDGE.judge(one))
    return counting.tally()


def stored(tally: Tally) -> Tally:
    """Put away and taken up again."""
    return msgspec.json.decode(msgspec.json.encode(tally), type=Tally)


@settings(max_examples=40, deadline=None)
@given(collections, st.data())
def test_chunks_add_up_to_the_whole_in_any_order(products: tuple[Snapshot, ...], data: st.DataObject) -> None:
    whole = tally_of(list(products))
    shuffled = data.draw(st.permutations(products))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(products)), max_size=3)))
    edges = [0, *cuts, len(products)]
    chunks = [stored(tally_of(shuffled[start:end])) for start, end in pairwise(edges)]
    assert merged(*chunks) == whole
    assert merged(*reversed(chunks)) == whole


@settings(max_examples=40, deadline=None)
@given(collections, collections, collections)
def test_merging_is_associative(
    first: tuple[Snapshot, ...], second: tuple[Snapshot, ...], third: tuple[Snapshot, ...]
) -> None:
    a, b, c = (tally_of(list(some)) for some in (first, second, third))
    assert merged(merged(a, b), c) == merged(a, merged(b, c)) == merged(c, a, b)
    assert merged(a, Tally()) == a


def test_duplicates_across_chunks_are_found() -> None:
    one, two = tally_of([product("prd_1")]), tally_of([product("prd_2", title="Other boots")])
    assert repeated(one) == repeated(two) == {}
    both = merged(stored(one), stored(two))
    assert {rule_id: len(found) for rule_id, found in repeated(both).items()} == {
        "variant.sku.unique": 2,
        "variant.gtin.unique": 2,
    }
    assert quality_of(both, RULES).score < quality_of(one, RULES).score == 100


def test_a_value_within_one_product_twice_is_repeated_too() -> None:
    twice = tally_of([product(variants=(variant(1), variant(2, sku="BOOT-1")))])
    assert set(repeated(twice)) == {"variant.sku.unique"}


def test_examples_are_few_and_the_same_whoever_adds() -> None:
    products = [replace(product(f"prd_{number:02}"), title="") for number in range(12)]
    tally = merged(tally_of(products[6:]), tally_of(products[:6]))
    assert tally.rules["title.required"].failed == 12
    assert tally.rules["title.required"].examples == tuple(f"prd_{number:02}" for number in range(EXAMPLES))


def test_a_value_takes_twenty_bytes() -> None:
    tally = tally_of([product(f"prd_{number}", (variant(1, sku=f"S{number}"),)) for number in range(100)])
    assert len(tally.seen["variant.sku.unique"]) == 2000
    assert len(tally.seen["variant.gtin.unique"]) == 20


def test_what_was_cut_is_not_read() -> None:
    kept = tally_of([product()]).seen["variant.sku.unique"]
    with pytest.raises(ValueError, match="cut"):
        list(unpacked(kept[:-1]))
    assert joined([]) == joined([b""]) == b""


def test_a_hundred_thousand_products_are_added_up_in_one_pass() -> None:
    chunks = []
    for start in range(0, 100_000, 10_000):
        counting = Counting()
        for number in range(start, start + 10_000):
            mark = Mark("variant.sku.unique", "var_1", number % 75_000, 1000)
            counting.add(Judgement(f"prd_{number}", 1, (), 5, (mark,), Decimal(100)))
        chunks.append(counting.tally())
    whole = merged(*chunks)
    assert (whole.products, whole.loss) == (100_000, 500_000)
    assert len(repeated(whole)["variant.sku.unique"]) == 25_000
    assert len(whole.seen["variant.sku.unique"]) == 75_000 * 20
