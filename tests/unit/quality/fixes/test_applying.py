"""Paths into a product, and fixes made where the value that they were decided on still stands."""

from __future__ import annotations

import pytest

from skuflow.quality.fixes.applying import applied, inverse
from skuflow.quality.fixes.fix import Fix
from skuflow.quality.fixes.paths import NoSuchPlace, listed, place_of, texts_of, value_at, with_value
from tests.unit.quality.rules.products import product, variant

ONE = product(
    title="Boots",
    attributes={"a.b": ("x",), "Color": ("Brown", "Dark red")},
    variants=(variant(1, options=(("Größe", "40"), ("a.b", "c"))), variant(2, gtin=None)),
)


def fix(path: str, old: str, new: str) -> Fix:
    return Fix(path, old, new, ("rule",), "because")


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("title", "Boots", "Shoes"),
        ("description_html", ONE.description_html, "<p>x</p>"),
        ("brand", "Northpath", "N"),
        ("product_type", "Boots", ""),
        ("category", '["Shoes","Boots"]', '["Schuhe"]'),
        ("tags", '["walking","leather"]', "[]"),
        ("attributes.a.b", '["x"]', '["é"]'),
        ("attributes.Color", '["Brown","Dark red"]', '["Brown"]'),
        ("variants.var_1.gtin", "4006381333931", ""),
        ("variants.var_2.gtin", "", "4006381333931"),
        ("variants.var_1.sku", "BOOT-1", "B"),
        ("variants.var_1.options.Größe", "40", "41"),
        ("variants.var_1.options.a.b", "c", "d"),
    ],
)
def test_what_stands_at_a_path_is_read_changed_and_put_back(path: str, old: str, new: str) -> None:
    assert value_at(ONE, path) == old
    changed, skipped = applied(ONE, [fix(path, old, new)])
    assert skipped == ()
    assert value_at(changed, path) == new
    assert changed != ONE
    assert applied(changed, inverse([fix(path, old, new)])) == (ONE, ())


@pytest.mark.parametrize(
    "path",
    [
        "",
        "status",
        "product_id",
        "attributes",
        "attributes.None",
        "variants",
        "variants.var_9.gtin",
        "variants.var_1",
        "variants.var_1.price",
        "variants.var_1.options.None",
        "variants.var_1.options",
        "options.Größe",
    ],
)
def test_a_path_that_leads_nowhere_changes_nothing(path: str) -> None:
    wrong = fix(path, "", "x")
    with pytest.raises(NoSuchPlace):
        value_at(ONE, path)
    with pytest.raises(NoSuchPlace):
        with_value(ONE, path, "x")
    assert applied(ONE, [wrong]) == (ONE, (wrong,))


def test_a_fix_is_skipped_where_another_value_stands() -> None:
    late, good = fix("title", "Old boots", "Boots"), fix("brand", "Northpath", "N")
    changed, skipped = applied(ONE, [late, good])
    assert skipped == (late,)
    assert (changed.title, changed.brand) == ("Boots", "N")


@pytest.mark.parametrize("value", ["", "x", "{}", "[1]", '["a"', '"a"'])
def test_a_list_that_is_none_changes_nothing(value: str) -> None:
    wrong = fix("tags", '["walking","leather"]', value)
    assert applied(ONE, [wrong]) == (ONE, (wrong,))


def test_fixes_at_one_path_follow_each_other_and_are_taken_back_in_turn() -> None:
    steps = (fix("title", "Boots", "Shoes"), fix("title", "Shoes", "Slippers"))
    changed, _ = applied(ONE, steps)
    assert changed.title == "Slippers"
    assert applied(changed, inverse(steps)) == (ONE, ())


def test_lists_are_written_as_they_are_read() -> None:
    assert listed(("a", "é")) == '["a","é"]'
    assert texts_of(listed(("a", "é"))) == ("a", "é")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("title", ("", "title")),
        ("attributes.Color", ("", "attributes")),
        ("variants.var_1.options.a.b", ("var_1", "options")),
        ("variants.var_1.gtin", ("var_1", "gtin")),
    ],
)
def test_a_path_tells_its_field(path: str, place: tuple[str, str]) -> None:
    assert place_of(path) == place
