"""Rules that clients write: taken if they make sense, refused with every fault named if they do not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from skuflow.kernel.errors import Invalid
from skuflow.kernel.money import Money
from skuflow.quality.model import Snapshot
from skuflow.quality.rules.defining import MAX_RULES, Definition, defined, overridden
from skuflow.quality.rules.params import MAX_VALUES
from skuflow.quality.rules.rule import Override, Params, Rule
from tests.unit.quality.rules.products import broken, cad, product, with_variant


def definition(**changes: Any) -> Definition:
    given = {"name": "mine", "entity": "product", "field": "title", "kind": "required", **changes}
    return Definition(**given)


def rule(**changes: Any) -> Rule:
    return defined(definition(**changes))


def faults(wrong: Definition, *others: Rule) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        defined(wrong, others=others)
    assert all(problem.remedy for problem in caught.value.problems)
    return {problem.field: problem.message for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("wanted", "sound", "faulty"),
    [
        ({"field": "attributes.Material"}, product(), product(attributes={})),
        ({"entity": "variant", "field": "options.size"}, product(), with_variant(options=())),
        ({"entity": "variant", "field": "weight_grams"}, product(), with_variant(weight_grams=None)),
        ({"field": "attributes.year", "kind": "type", "params": {"value_type": "integer"}}, product(), ("20x",)),
        ({"field": "attributes.year", "kind": "type", "params": {"value_type": "number"}}, ("1.5",), ("1,5",)),
        ({"field": "attributes.year", "kind": "type", "params": {"value_type": "boolean"}}, ("Yes",), ("ja",)),
        (
            {"field": "attributes.year", "kind": "type", "params": {"value_type": "date"}},
            ("2024-02-29",),
            ("2023-02-29",),
        ),
        ({"field": "attributes.year", "kind": "type", "params": {"value_type": "url"}}, ("https://a.example",), ("a",)),
        ({"field": "attributes.year", "kind": "format", "params": {"pattern": "[0-9]{4}"}}, ("2024",), ("20245",)),
        ({"field": "attributes.year", "kind": "range", "params": {"minimum": "1990"}}, ("1990",), ("1989.9",)),
        ({"field": "attributes.year", "kind": "range", "params": {"maximum": 5}}, ("no number",), ("6",)),
        ({"field": "tags", "kind": "length", "params": {"maximum": 2}}, product(), product(tags=("a", "b", "c"))),
        ({"kind": "length", "params": {"minimum": 10}}, product(), product(title="Boots")),
        (
            {"field": "description_html", "kind": "length", "params": {"maximum": 60}},
            product(),
            product(description_html=f"<p>{'word ' * 20}</p>"),
        ),
        ({"field": "brand", "kind": "enumeration", "params": {"values": ["NORTHPATH"]}}, product(), product(brand="X")),
        (
            {"field": "brand", "kind": "enumeration", "params": {"values": ["NORTHPATH"], "ignore_case": False}},
            product(brand="NORTHPATH"),
            product(),
        ),
        (
            {"entity": "variant", "field": "price", "kind": "range", "params": {"maximum": "100", "currency": "CAD"}},
            with_variant(price=Money(99_999, "USD"), compare_at=None),
            with_variant(price=cad(10_001)),
        ),
        ({"entity": "variant", "field": "image", "kind": "reference", "params": {"target": "own_images"}}, None, None),
    ],
)
def test_a_clients_rule_tells_faulty_products_from_sound_ones(wanted: dict[str, Any], sound: Any, faulty: Any) -> None:
    own = rule(**wanted)
    assert own.rule_id == "own.mine"
    if faulty is None:
        faulty, sound = with_variant(image="https://img.example.com/other.jpg"), product()
    assert "own.mine" not in broken(_with_year(sound), own)
    assert "own.mine" in broken(_with_year(faulty), own)


def _with_year(given: Snapshot | tuple[str, ...]) -> Snapshot:
    return given if isinstance(given, Snapshot) else product(attributes={"Year": given})


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": ""}, {"name"}),
        ({"name": "Has Blanks"}, {"name"}),
        ({"name": "a" * 65}, {"name"}),
        ({"entity": "shop"}, {"entity"}),
        ({"field": "colour"}, {"field"}),
        ({"field": "attributes."}, {"field"}),
        ({"field": "attributes." + "a" * 101}, {"field"}),
        ({"field": "attributes.a\nb"}, {"field"}),
        ({"field": "product"}, {"field"}),
        ({"field": "price"}, {"field"}),
        ({"kind": "same_product"}, {"kind"}),
        ({"kind": "nonsense"}, {"kind"}),
        ({"severity": "fatal"}, {"severity"}),
        ({"weight": 0}, {"weight"}),
        ({"weight": 11}, {"weight"}),
        ({"weight": True}, {"weight"}),
        ({"summary": "a" * 301}, {"summary"}),
        ({"remedy": "a\u0000"}, {"remedy"}),
        ({"params": {"pattern": "a"}}, {"params.pattern"}),
        ({"kind": "format"}, {"params.pattern"}),
        ({"kind": "format", "params": {"pattern": ""}}, {"params.pattern"}),
        ({"kind": "format", "params": {"pattern": 5}}, {"params.pattern"}),
        ({"kind": "format", "params": {"pattern": "a" * 201}}, {"params.pattern"}),
        ({"kind": "format", "params": {"pattern": "("}}, {"params.pattern"}),
        ({"kind": "format", "params": {"pattern": r"(a)\1"}}, {"params.pattern"}),
        ({"kind": "format", "params": {"pattern": "(?=a)b"}}, {"params.pattern"}),
        ({"kind": "format", "params": {"pattern": "((a{100}){100}){100}"}}, {"params.pattern"}),
        ({"kind": "format", "params": {"pattern": "\ud800"}}, {"params.pattern"}),
        ({"kind": "type", "params": {"value_type": "colour"}}, {"params.value_type"}),
        ({"kind": "range", "params": {"minimum": "1"}, "field": "description_html"}, {"field"}),
        ({"kind": "length"}, {"params"}),
        ({"kind": "length", "params": {"minimum": "1.5"}}, {"params"}),
        ({"kind": "length", "params": {"minimum": 5, "maximum": 4}}, {"params.minimum"}),
        ({"kind": "length", "params": {"minimum": "NaN"}}, {"params.minimum"}),
        ({"kind": "length", "params": {"minimum": "many"}}, {"params.minimum"}),
        ({"kind": "length", "params": {"minimum": "1E+999999"}}, {"params.minimum"}),
        ({"kind": "length", "params": {"minimum": 1.5}}, {"params.minimum"}),
        ({"kind": "length", "params": {"minimum": True}}, {"params.minimum"}),
        ({"kind": "enumeration"}, {"params.values"}),
        ({"kind": "enumeration", "params": {"values": []}}, {"params.values"}),
        ({"kind": "enumeration", "params": {"values": ["a", " "]}}, {"params.values"}),
        ({"kind": "enumeration", "params": {"values": ["a" * 201]}}, {"params.values"}),
        ({"kind": "enumeration", "params": {"values": ["a"] * (MAX_VALUES + 1)}}, {"params.values"}),
        ({"kind": "enumeration", "params": {"values": "abc"}}, {"params.values"}),
        ({"kind": "unique", "params": {"ignore_case": "yes"}}, {"params.ignore_case"}),
        ({"kind": "reference", "params": {"target": "elsewhere"}}, {"params.target"}),
        ({"kind": "unique", "field": "tags"}, {"field"}),
        ({"entity": "variant", "field": "sku", "kind": "unique"}, {"field"}),
        (
            {"entity": "variant", "field": "price", "kind": "range", "params": {"minimum": 1, "currency": "XXX"}},
            {"params.currency"},
        ),
        (
            {"name": "?", "entity": "x", "kind": "format", "severity": "", "params": {"pattern": "["}},
            {"name", "entity", "severity", "params.pattern"},
        ),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_every_fault(changes: dict[str, Any], fields: set[str]) -> None:
    assert set(faults(definition(**changes))) == fields


def test_there_are_so_many_rules_and_no_more() -> None:
    others = [rule(name=f"r{number}") for number in range(MAX_RULES)]
    assert defined(definition(), others=others[1:]).rule_id == "own.mine"
    assert set(faults(definition(), *others)) == {"name"}


def test_one_field_is_made_unique_by_one_rule() -> None:
    first = rule(name="first", field="attributes.Serial", kind="enumeration", params={"values": ["a"]})
    unique = rule(name="second", field="brand", kind="unique")
    assert "own.second" in faults(definition(field="brand", kind="unique"), first, unique)["field"]
    assert defined(definition(name="second", field="brand", kind="unique"), others=[first, unique]).kind == "unique"


def test_attributes_are_one_field_in_any_case() -> None:
    assert rule(field="attributes.MATERIAL").field == rule(field="attributes.material").field


def test_a_pattern_on_which_others_search_for_ever_is_matched_at_once() -> None:
    own = rule(kind="format", params={"pattern": "(a+)+"})
    assert "own.mine" in broken(product(title="a" * 900 + "!"), own)
    assert "own.mine" not in broken(product(title="a" * 900), own)
    assert "own.mine" in broken(product(title="a\ud800"), own)


@pytest.mark.parametrize(
    "override",
    [
        Override("title.length", params=Params(minimum=Decimal(10))),
        Override("product.stale", params=Params(days=30), weight=1),
        Override("title.required", enabled=False),
        Override("variant.price.plausible", params=Params(maximum=Decimal(3)), severity="error"),
    ],
)
def test_built_in_rules_can_be_changed(override: Override) -> None:
    assert overridden(override) == override


@pytest.mark.parametrize(
    ("override", "field"),
    [
        (Override("no.such", enabled=False), "rule_id"),
        (Override("own.mine", enabled=False), "rule_id"),
        (Override("title.length", weight=11), "weight"),
        (Override("title.length", severity="fatal"), "severity"),  # type: ignore[arg-type]
        (Override("title.length", params=Params(minimum=Decimal(200))), "params.minimum"),
        (Override("title.length", params=Params(maximum=Decimal("NaN"))), "params.maximum"),
        (Override("title.length", params=Params(days=3)), "params.days"),
        (Override("title.required", params=Params(minimum=Decimal(1))), "params.minimum"),
        (Override("title.length", params=Params(pattern="a")), "params"),
        (Override("product.stale", params=Params(days=-1)), "params.days"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(override: Override, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        overridden(override)
    assert field in {problem.field for problem in caught.value.problems}
