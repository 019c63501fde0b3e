"""Text cells: formulas made harmless and back, handles, lists, paths, addresses."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from skuflow.sync.reading.values.text import (
    handle_of,
    listed,
    listed_escaped,
    neutralise,
    path_of,
    undo_neutralise,
    web_address,
)
from tests.unit.sync.reading.files import read, table

FORMULAS = ["=1+1", '=HYPERLINK("https://evil.example.com")', "+SUM(A1)", "-2+3", "@cmd", "\t=1", "\r=1", "\n=1"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_is_neutralised(cell: str) -> None:
    assert neutralise(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-5", "+5.20", "-1,299.00", "-.5", "plain", "", "a=b", "'quoted'", "5-3"])
def test_numbers_and_other_texts_stay_as_they_are(cell: str) -> None:
    assert neutralise(cell) == cell


@given(st.text(alphabet="'=+-@\t\r\n15.,ab", max_size=8) | st.text(max_size=20))
@example("'=1")
@example("''=1")
def test_undoing_gives_back_any_cell(cell: str) -> None:
    assert undo_neutralise(neutralise(cell)) == cell
    assert neutralise(cell)[:1] not in {"=", "@", "\t", "\r", "\n"}


def test_a_formula_in_a_text_is_kept_as_text_and_a_neutralised_one_means_the_same() -> None:
    plain = read(table([["Handle", "Title", "Vendor"], ["a", "=1+1", "@home"]]))
    safe = read(table([["Handle", "Title", "Vendor"], ["a", neutralise("=1+1"), neutralise("@home")]]))
    assert (plain.product.title, plain.product.brand) == ("=1+1", "@home")
    assert plain.products == safe.products


def test_scripts_pass_through_as_text() -> None:
    html = "<p onclick='x()'>Hi</p><script>alert(1)</script>"
    assert read(table([["Handle", "Title", "Body (HTML)"], ["a", "A", html]])).product.description_html == html


@pytest.mark.parametrize(
    ("title", "handle"),
    [
        ("Cedar Mug", "cedar-mug"),
        ("  Crème brûlée & Co. ", "creme-brulee-co"),
        ("A__B--C", "a-b-c"),
        ("茶碗", "茶碗"),
        ("!!!", ""),
    ],
)
def test_a_handle_is_made_of_the_words_of_a_title(title: str, handle: str) -> None:
    assert handle_of(title) == handle


def test_lists_lose_blanks_and_repeats() -> None:
    assert listed(" a, b ,,a,c d ") == ("a", "b", "c d")
    assert listed_escaped(r"a\, b, c") == ("a, b", "c")


@pytest.mark.parametrize(
    ("cell", "path"),
    [
        ("Home > Kitchen>Mugs", ("Home", "Kitchen", "Mugs")),
        ("Home | Mugs", ("Home", "Mugs")),
        ("Home / Mugs", ("Home", "Mugs")),
        ("Salt/Pepper", ("Salt/Pepper",)),
        ("", ()),
    ],
)
def test_a_category_is_a_path(cell: str, path: tuple[str, ...]) -> None:
    assert path_of(cell) == path


@pytest.mark.parametrize(
    ("cell", "url"),
    [
        ("https://example.com/a", "https://example.com/a"),
        (" HTTP://example.com ", "HTTP://example.com"),
        ("//cdn.example.com/a.jpg", "https://cdn.example.com/a.jpg"),
        ("javascript:alert(1)", None),
        ("image.jpg", None),
        ("https://exa mple.com", None),
        ("https://example.com/" + "x" * 2_100, None),
    ],
)
def test_an_address_is_on_the_web_or_nothing(cell: str, url: str | None) -> None:
    assert web_address(cell) == url
