"""The score: by hand, for nothing, and never lower for a finding less."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from skuflow.quality.model import Snapshot
from skuflow.quality.rules.judging import Judge, Judgement, score_of
from skuflow.quality.rules.known import Known
from skuflow.quality.rules.rule import Entity, Finding, Kind, Rule, RuleSet, Severity
from skuflow.quality.rules.rule_set import rule_set
from skuflow.quality.rules.scoring import CollectionQuality, percent, quality_of
from skuflow.quality.rules.tally import Counting, Tally, repeated
from tests.unit.quality.rules.products import NOW, collections, judged, product, variant

ALL = rule_set()


def rule(rule_id: str, field: str, kind: Kind, stake: tuple[Severity, int], entity: Entity = "product") -> Rule:
    return Rule(rule_id, entity, field, kind, *stake, "says", "do")


BY_HAND = RuleSet(
    (
        rule("title", "title", "required", ("error", 2)),  # 20 points
        rule("brand", "brand", "required", ("warning", 4)),  # 20
        rule("sku", "sku", "required", ("error", 3), "variant"),  # 30
        rule("once", "sku", "unique", ("error", 3), "variant"),  # 30, of the same field
        rule("gtin", "gtin", "required", ("info", 5), "variant"),  # 10
    )
)
"""A product can lose 20 + 20, each of n variants 40 / n: 80 in all."""


def quality(products: list[Snapshot], rules: RuleSet = ALL) -> CollectionQuality:
    """In one pass, as a job does it."""
    judge, counting = Judge(rules, Known(NOW)), Counting()
    for one in products:
        counting.add(judge.judge(one))
    return quality_of(counting.tally(), rules)


def looked_at_again(products: list[Snapshot], rules: RuleSet = ALL) -> list[Judgement]:
    """Once it is known what is repeated."""
    judge, counting = Judge(rules, Known(NOW)), Counting()
    for one in products:
        counting.add(judge.judge(one))
    judge = Judge(rules, Known(NOW, repeated=repeated(counting.tally())))
    return [judge.judge(one) for one in products]


@pytest.mark.parametrize(
    ("one", "score"),
    [
        (product(), "100.00"),
        (product(title=""), "75.00"),
        (product(title="", brand=""), "50.00"),
        (product(variants=(variant(1), variant(2, sku=None))), "81.25"),
        (product(variants=(variant(1, sku=None, gtin=None),)), "50.00"),
        (product(variants=(variant(1), variant(2), variant(3, gtin=None))), "95.83"),
        (product(variants=()), "50.00"),
        (product(title="", brand="", variants=()), "0.00"),
    ],
)
def test_a_products_score_by_hand(one: Snapshot, score: str) -> None:
    assert str(judged(one, rules=BY_HAND).score) == score
    assert str(quality([one], BY_HAND).score) == score


def test_a_duplicate_costs_its_field_no_more_than_the_field_is_worth() -> None:
    twins = [product("prd_1", (variant(1),)), product("prd_2", (variant(2, sku="boot-1"),))]
    assert str(quality(twins, BY_HAND).score) == "62.50"
    assert {str(one.score) for one in looked_at_again(twins, BY_HAND)} == {"62.50"}
    worse = [replace(one, brand="") for one in twins]
    assert str(quality(worse, BY_HAND).score) == "37.50"


def test_every_product_counts_alike_however_many_variants_it_has() -> None:
    many = product("prd_1", [variant(1, variant_id=f"var_{n}", sku=f"S{n}", gtin=None) for n in range(50)])
    assert str(quality([many, product("prd_2", (variant(2),))], BY_HAND).score) == "93.75"


def test_an_empty_collection_has_nothing_wrong_with_it() -> None:
    empty = quality([])
    assert (str(empty.score), empty.products, empty.variants) == ("100.00", 0, 0)
    assert {field.missing_percent for field in empty.fields} == {Decimal("0.00")}
    assert quality_of(Tally(), RuleSet(())) == CollectionQuality(Decimal("100.00"), 0, 0, (), ())


def test_without_rules_nothing_is_wrong() -> None:
    assert str(quality([product(title="", variants=())], RuleSet(())).score) == "100.00"


def test_a_score_of_a_hundred_is_given_for_nothing_less() -> None:
    assert str(score_of(1, 100_000)) == "99.99"
    assert str(score_of(0, 100_000)) == "100.00"


def test_fields_tell_what_is_missing_invalid_and_repeated() -> None:
    some = [
        product("prd_1", (variant(1), variant(2, gtin="4006381333932"))),
        product("prd_2", (variant(1, gtin=None),), title="Other  boots &amp; shoes"),
        product("prd_3", (variant(3),), title=""),
    ]
    found = quality(some)
    gtin, sku, title = found.field("variant", "gtin"), found.field("variant", "sku"), found.field("product", "title")
    assert gtin is not None
    assert sku is not None
    assert title is not None
    assert (gtin.subjects, gtin.missing, gtin.invalid, gtin.repeated) == (4, 1, 1, 0)
    assert (sku.missing, sku.invalid, sku.repeated, str(sku.repeated_percent)) == (0, 0, 2, "50.00")
    assert (title.subjects, title.missing, title.invalid) == (3, 1, 1)
    assert (str(title.missing_percent), str(title.invalid_percent)) == ("33.33", "33.33")
    outcomes = {outcome.rule_id: outcome for outcome in found.rules}
    assert outcomes["title.required"].examples == ("prd_3",)
    assert (outcomes["title.markup"].failed, outcomes["title.whitespace"].failed) == (1, 1)
    assert outcomes["variant.sku.unique"].failed == 2
    assert found.field("product", "no such") is None


@pytest.mark.parametrize(
    ("part", "whole", "told"), [(0, 0, "0.00"), (1, 3, "33.33"), (2, 3, "66.67"), (1, 800, "0.12")]
)
def test_shares_have_two_places(part: int, whole: int, told: str) -> None:
    assert str(percent(part, whole)) == told


@settings(max_examples=40, deadline=None)
@given(collections)
def test_one_pass_gives_the_score_that_a_second_look_confirms(products: tuple[Snapshot, ...]) -> None:
    again = looked_at_again(list(products))
    found = quality(list(products))
    assert Decimal(0) <= found.score <= 100
    mean = sum((one.score for one in again), Decimal(0)) / len(again)
    assert abs(found.score - mean) < Decimal("0.02")
    assert (found.score == 100) == (not any(one.findings for one in again))
    for outcome in found.rules:
        told = [finding for one in again for finding in one.findings if finding.rule_id == outcome.rule_id]
        assert outcome.failed == len(told)


SOUND = product()
FIELDS = (
    "title",
    "description_html",
    "brand",
    "category",
    "product_type",
    "tags",
    "url",
    "images",
    "attributes",
    "updated_at",
)
VARIANT_FIELDS = ("sku", "gtin", "options", "price", "compare_at", "cost", "image")


def mended(one: Snapshot, field: str, number: int) -> Snapshot:
    """`one` with a field as a sound product has it."""
    if field in FIELDS:
        return replace(one, **{field: getattr(SOUND, field)})  # type: ignore[arg-type]
    sound = variant(number % 4 + 1)
    variants = [
        replace(old, **{field: getattr(sound, field)}) if place == number else old  # type: ignore[arg-type]
        for place, old in enumerate(one.variants)
    ]
    return replace(one, variants=tuple(variants))


def found_in(products: list[Snapshot]) -> set[tuple[str, str, str]]:
    findings: list[Finding] = [finding for one in looked_at_again(products) for finding in one.findings]
    return {(finding.rule_id, finding.product_id, finding.variant_id) for finding in findings}


@settings(max_examples=50, deadline=None)
@given(collections, st.data())
def test_a_finding_less_never_lowers_the_score(products: tuple[Snapshot, ...], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(products) - 1))
    after = list(products)
    for _ in range(data.draw(st.integers(1, 4))):
        field = data.draw(st.sampled_from([*FIELDS, *VARIANT_FIELDS]))
        after[place] = mended(after[place], field, data.draw(st.integers(0, 2)))
    before = list(products)
    assume(found_in(after) <= found_in(before))
    assert quality(after).score >= quality(before).score
    assert looked_at_again(after)[place].score >= looked_at_again(before)[place].score
