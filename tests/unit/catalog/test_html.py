"""Descriptions made harmless, and as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.catalog.html import plain_text, sanitised


@pytest.mark.parametrize(
    ("markup", "harmless"),
    [
        ("<p>Linen<script>alert(1)</script></p>", "<p>Linen</p>"),
        ('<img src="x" onerror="alert(1)">', '<img src="x">'),
        ('<a href="javascript:alert(1)">x</a>', '<a rel="noopener noreferrer">x</a>'),
        ("<style>*{display:none}</style>shirt", "shirt"),
        ("<iframe src='//evil'></iframe>", ""),
        ("<svg><script>1</script></svg><b>ok</b>", "<b>ok</b>"),
        ("<p>open", "<p>open</p>"),
        ("plain text", "plain text"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
    ],
)
def test_what_could_do_harm_is_gone(markup: str, harmless: str) -> None:
    assert sanitised(markup) == harmless


@given(st.text(alphabet='<>&"/= abscriptonerjv:;\n', max_size=60))
def test_making_it_harmless_again_changes_nothing(markup: str) -> None:
    once = sanitised(markup)
    assert sanitised(once) == once
    assert "<script" not in once.lower()


def test_text_has_a_line_for_each_block_and_no_markup() -> None:
    markup = "<h2>Linen&nbsp;shirt</h2><p>Soft <b>and</b>\n light.</p><ul><li>S &amp; M</li><li>L</li></ul>a<br>b"
    assert plain_text(markup) == "Linen shirt\nSoft and light.\nS & M\nL\na\nb"


def test_text_of_nothing_is_nothing() -> None:
    assert plain_text("") == ""
