"""What clients say about fixes."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from skuflow.kernel.errors import Invalid
from skuflow.quality.fixes.settings import MAX_ACRONYMS, MAX_CATEGORIES, MAX_COLOURS, FixSettings, checked


def test_names_are_compared_in_any_case_and_lead_to_the_end() -> None:
    made = checked(
        {" Footwear>BOOTS ": ["Schuhe"], "schuhe": ["Shoes", " Boots "], "Shoes > Boots": ["Shoes", "Boots"]},
        {"GREY ": " Gray"},
        acronyms=["UHMW", "UHMW"],
        disabled=["title.shouting"],
    )
    assert made == FixSettings(
        category_map={"footwear > boots": ("Shoes", "Boots"), "schuhe": ("Shoes", "Boots")},
        colours={"grey": "Gray"},
        acronyms=("UHMW",),
        disabled=frozenset({"title.shouting"}),
    )
    assert msgspec.json.decode(msgspec.json.encode(made), type=FixSettings) == made


def test_there_may_be_none() -> None:
    assert checked({}, {}) == FixSettings()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"categories": {"A": ["B"], "B": ["C"], "C": ["A"]}}, "category_map"),
        ({"categories": {"A": ["B"], "B": ["A"]}}, "category_map"),
        ({"categories": {"A": ["B"], "B": ["C"], "C": ["B"]}}, "category_map"),
        ({"categories": {"A": []}}, "category_map"),
        ({"categories": {"A": [" "]}}, "category_map"),
        ({"categories": {" > ": ["A"]}}, "category_map"),
        ({"categories": {"A": ["x > y"]}}, "category_map"),
        ({"categories": {"A": ["x"] * 11}}, "category_map"),
        ({"categories": {str(n): ["x"] for n in range(MAX_CATEGORIES + 1)}}, "category_map"),
        ({"colours": {"a": "b", "b": "c"}}, "colours"),
        ({"colours": {"a": "b", "b": "a"}}, "colours"),
        ({"colours": {"a": "Red/Blue"}}, "colours"),
        ({"colours": {"a": " "}}, "colours"),
        ({"colours": {"": "Red"}}, "colours"),
        ({"colours": {f"c{n}": "Red" for n in range(MAX_COLOURS + 1)}}, "colours"),
        ({"acronyms": ["two words"]}, "acronyms"),
        ({"acronyms": [""]}, "acronyms"),
        ({"acronyms": [f"A{n}" for n in range(MAX_ACRONYMS + 1)]}, "acronyms"),
        ({"disabled": ["title.required"]}, "disabled"),
        ({"disabled": ["nonsense"]}, "disabled"),
    ],
)
def test_what_makes_no_sense_is_refused(given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        checked(**{"categories": {}, "colours": {}, **given})
    assert {problem.field for problem in caught.value.problems} == {field}
    assert all(problem.remedy for problem in caught.value.problems)
