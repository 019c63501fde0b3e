"""HTML where plain text belongs, and HTML that carries nothing: what goes, what stays, and what is left to people."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skuflow.quality.rules.normal.markup import as_text, clean, in_text, junk_in
from skuflow.quality.rules.normal.plain import plain_text
from tests.unit.quality.rules.products import html


@settings(deadline=None)
@given(text=html | st.text(alphabet="<>/&;pbr spandiv\u00a0\"'=-!"))
def test_clean_html_stays_as_it_is_and_reads_the_same(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert set(junk_in(cleaned)) <= set(junk_in(text))
    if "&lt;" not in text:
        assert plain_text(cleaned) == plain_text(text)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Boots &amp; laces", "Boots & laces"),
        ("<b>Boots</b>", " Boots "),
        ("R&amp;amp;D kit", "R&D kit"),
        ("5 &lt; 6", "5 &lt; 6"),
        ("&lt;b&gt;Boots&lt;/b&gt;", " Boots "),
        ("R&D; A&B", "R&D; A&B"),
        ("A<B", "A<B"),
        ("100&nbsp;ml", "100\u00a0ml"),
        ("Rock&regular;", "Rock&regular;"),
        ("Shirt <S>", "Shirt <S>"),
        ("<P>Shirt</P>", " Shirt "),
        ("<p>Shirt", " Shirt"),
    ],
)
def test_plain_texts_have_no_html(text: str, normal: str) -> None:
    assert as_text(text) == normal
    assert (normal == text) or in_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "H<sub>2</sub>O filter",
        "10<sup>3</sup> pieces",
        "<del>$50</del> $40",
        "Waterproof<b>Boots</b>",
        'Boots <img src="https://x/new.png">',
        "Learn &lt;div&gt; in a day",
        "Smile &#55357;&#56832;",
    ],
)
def test_html_that_may_say_something_is_found_and_left_to_people(text: str) -> None:
    assert in_text(text)
    assert as_text(text) == text


@pytest.mark.parametrize(
    ("markup", "cleaned"),
    [
        ("<p>Soft.</p>", "<p>Soft.</p>"),
        ("<p>Soft.</p><p>&nbsp;</p><div><span></span></div>", "<p>Soft.</p>"),
        ('<p style="color:red">Soft <span class="x">leather</span>.</p>', "<p>Soft leather.</p>"),
        ("a<b> </b>b", "a b"),
        ("Soft<br><br/><br><br>leather", "Soft<br><br>leather"),
        ("Soft&nbsp;&nbsp;&nbsp;leather", "Soft leather"),
        ("<!-- note --><p>Soft</p>", "<p>Soft</p>"),
        ("&lt;p&gt;Soft&lt;/p&gt;", "<p>Soft</p>"),
        ("<p>Soft</p><script>alert(1)</script>", "<p>Soft</p>"),
        ('<p onclick="x()">Soft</p>', "<p>Soft</p>"),
        ("Rock & Roll", "Rock & Roll"),
        ("Learn about &lt;p&gt; and &lt;div&gt; today", "Learn about &lt;p&gt; and &lt;div&gt; today"),
        ("<p><span>漢字</span></p><ruby>漢<rt>かん</rt></ruby>", "<p>漢字</p><ruby>漢<rt>かん</rt></ruby>"),
        ('<p lang="fr"><span>Été</span></p><bdo dir="rtl">abc</bdo>', '<p lang="fr">Été</p><bdo dir="rtl">abc</bdo>'),
        ("<table><tbody><tr><td>1</td></tr></tbody></table>", "<table><tbody><tr><td>1</td></tr></tbody></table>"),
    ],
)
def test_html_is_cleaned(markup: str, cleaned: str) -> None:
    assert clean(markup) == cleaned


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Soft</p><p>leather</p>", "Soft leather"),
        ("so<b>ft</b>", "soft"),
        ("5 < 6 &amp; 7 > 2", "5 < 6 & 7 > 2"),
        ("<style>p{}</style>Soft<!-- x -->", "Soft"),
        ("a<br>b", "a b"),
    ],
)
def test_html_is_read(markup: str, text: str) -> None:
    assert plain_text(markup) == text


@pytest.mark.parametrize(
    "piece",
    [
        "<p>",
        "<div><p>",
        "<a ",
        "<script>",
        "<!--",
        "<p style ",
        "<",
        "&nbsp;",
        "&lt;p",
        "<b>",
        "<br>",
        "<p on",
        "\u00a0 ",
        "&amp;",
    ],
)
def test_no_description_keeps_us_busy(piece: str) -> None:
    """As long as descriptions may be. Patterns that look again from every place would not come to an end here."""
    markup = piece * (150_000 // len(piece))
    assert len(plain_text(markup)) <= len(markup)
    assert len(clean(markup)) <= 2 * len(markup)
    assert len(as_text(markup[:1000])) <= 1000
