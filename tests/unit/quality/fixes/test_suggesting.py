"""What is suggested where mending by itself would not be safe."""

from __future__ import annotations

from typing import Any

import pytest

from skuflow.quality.fixes.applying import applied
from skuflow.quality.fixes.deciding import decide
from skuflow.quality.fixes.fix import Suggestion
from skuflow.quality.fixes.settings import FixSettings
from skuflow.quality.fixes.suggesting import as_fix
from skuflow.quality.model import Snapshot
from skuflow.quality.rules.defining import Definition, defined
from skuflow.quality.rules.judging import Judge
from skuflow.quality.rules.known import Known
from skuflow.quality.rules.rule import Rule
from skuflow.quality.rules.rule_set import rule_set
from tests.unit.quality.rules.products import NOW, cad, product, variant, with_variant

KNOWN: dict[str, Any] = {
    "categories": frozenset({("Shoes", "Boots"), ("Shoes", "Sandals")}),
    "brands": frozenset({"Northpath", "North", "Southpath"}),
}
OWN = defined(Definition("sizes", "variant", "options.size", "enumeration", params={"values": ["Small", "Medium"]}))


def suggested(one: Snapshot, *own: Rule) -> tuple[Suggestion, ...]:
    return decide(one, Judge(rule_set(own), Known(NOW, **KNOWN)), FixSettings()).suggestions


def of(one: Snapshot, rule_id: str, *own: Rule) -> Suggestion:
    (only,) = (each for each in suggested(one, *own) if each.rule_id == rule_id)
    assert 0 < only.confidence < 100
    assert only.reason
    return only


@pytest.mark.parametrize(
    ("one", "rule_id", "path", "new"),
    [
        (product(title="KURZA LEATHER BOOTS"), "title.shouting", "title", "Kurza Leather Boots"),
        (product(title="Boots &lt;3 laces"), "title.markup", "title", "Boots <3 laces"),
        (product(title="CafÃ© boots"), "title.encoding", "title", "Café boots"),
        (product(title="Boots, " * 30 + "laces"), "title.length", "title", ("Boots, " * 21).strip(" ,")),
        (product(title="Northpath boots", brand=""), "brand.required", "brand", "Northpath"),
        (product(brand="Nortpath"), "brand.known", "brand", "Northpath"),
        (product(category=("Shoes", "Boot")), "category.known", "category", '["Shoes","Boots"]'),
        (
            product(description_html="<p>Des bottes pour un cafÃ© sur les sentiers</p>"),
            "description_html.encoding",
            "description_html",
            "<p>Des bottes pour un café sur les sentiers</p>",
        ),
    ],
)
def test_what_is_suggested_can_be_taken(one: Snapshot, rule_id: str, path: str, new: str) -> None:
    suggestion = of(one, rule_id)
    assert (suggestion.path, suggestion.new) == (path, new)
    fix = as_fix(one, suggestion)
    assert fix is not None
    changed, skipped = applied(one, [fix])
    assert (skipped, rule_id in {each.rule_id for each in suggested(changed)}) == ((), False)


def test_a_value_that_is_spelt_like_one_that_is_allowed() -> None:
    one = product(variants=(variant(1, options=(("Size", "Smal"),)),))
    suggestion = of(one, "own.sizes", OWN)
    assert (suggestion.path, suggestion.new) == ("variants.var_1.options.size", "Small")


def test_prices_are_only_shown_to_somebody() -> None:
    siblings = [variant(number, price=cad(9900), compare_at=None) for number in (1, 2, 3)]
    far = product(variants=(*siblings, variant(4, price=cad(999_900), compare_at=None)))
    suggestion = of(far, "variant.price.plausible")
    assert (suggestion.path, suggestion.old, suggestion.new) == ("variants.var_4.price", "9999.00", "99.99")
    assert as_fix(far, suggestion) is None
    low = product(variants=(*siblings, variant(4, price=cad(99), compare_at=None, cost=None)))
    assert of(low, "variant.price.plausible").new == "99"
    useless = of(with_variant(compare_at=cad(100)), "variant.compare_at.plausible")
    assert (useless.old, useless.new) == ("1.00", "")


def test_a_price_that_is_far_off_otherwise_is_left_to_people() -> None:
    siblings = [variant(number, price=cad(9900), compare_at=None) for number in (1, 2, 3)]
    far = product(variants=(*siblings, variant(4, price=cad(200_000), compare_at=None)))
    assert suggested(far) == ()


@pytest.mark.parametrize(
    "one",
    [product(), product(brand="Eastwind"), product(category=("Garden",)), product(title="Boots", brand="")],
)
def test_where_nobody_knows_better_nothing_is_suggested(one: Snapshot) -> None:
    assert suggested(one) == ()


def test_a_suggestion_that_is_out_of_date_is_no_fix() -> None:
    suggestion = of(product(brand="Nortpath"), "brand.known")
    assert as_fix(product(brand="Other"), suggestion) is None
