"""Names in any script: drawn where a font has them, else in Latin letters and saying so; never as a question mark."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pypdf import PdfReader

from skuflow.billing.pdf.fonts import fonts_for
from skuflow.billing.pdf.render import invoice_pdf
from skuflow.billing.pdf.words import ENGLISH
from tests.unit.billing.pdf.reading import text
from tests.unit.billing.pdf.samples import CUSTOMER, LINES, SELLER, invoice, line

OTHERS = {
    "रमेश कुमार": "rmes kumar",
    "สวัสดี": "swasdi",
    "שלום": "slvm",
    "العربية": "l`rbyh",
    "party 🎉": "party :tada:",
}


def printed(name: str) -> str:
    return text(invoice_pdf(invoice(LINES[:1], customer=replace(CUSTOMER, name=name, language="en"))))


@pytest.mark.parametrize("name", ["Ελληνικά Ώρα", "Привіт Їжак", "Nguyễn Thị Hằng", "Łódź ąęș ğİ"])
def test_what_the_embedded_font_has_is_drawn_with_it(name: str) -> None:
    shown = printed(name)
    assert name in shown
    assert ENGLISH.foreign not in shown
    assert ENGLISH.rewritten not in shown


@pytest.mark.parametrize("name", ["株式会社スカイ・コマース（東京）", "北京软件有限公司", "臺灣數位", "주식회사 한국"])
def test_chinese_japanese_and_korean_are_drawn_and_can_be_searched(name: str) -> None:
    shown = printed(name)
    assert name in shown
    assert ENGLISH.foreign in shown
    assert ENGLISH.rewritten not in shown


@pytest.mark.parametrize(("name", "latin"), OTHERS.items())
def test_other_scripts_stand_in_latin_letters_and_the_document_says_so_and_keeps_them(name: str, latin: str) -> None:
    content = invoice_pdf(invoice(LINES[:1], customer=replace(CUSTOMER, name=name, language="en")))
    shown, told = text(content), PdfReader(BytesIO(content)).metadata
    assert latin in shown
    assert ENGLISH.rewritten in shown
    assert told is not None
    assert name in str(told["/Keywords"])


def test_the_characters_that_all_of_east_asia_shares_follow_the_language_of_the_document() -> None:
    shared = "東京"
    assert [run.font for run in fonts_for([shared]).runs(shared)] == ["STSong-Light"]
    assert [run.font for run in fonts_for([shared, "スカイ"]).runs(shared)] == ["HeiseiKakuGo-W5"]
    assert [run.font for run in fonts_for([shared, "한국"]).runs(shared)] == ["HYSMyeongJo-Medium"]


def test_the_seller_stands_on_every_page_in_its_own_script() -> None:
    seller = replace(SELLER, name="株式会社スカイ" * 3, registrations={})
    lines = tuple(line(at, f"Source {at}", "1.25") for at in range(40))
    found = PdfReader(BytesIO(invoice_pdf(invoice(lines, seller=seller)))).pages
    assert all(seller.name in page.extract_text() for page in found)


def test_markup_controls_and_marks_of_direction_do_not_break_the_page() -> None:
    odd = replace(CUSTOMER, name="<b>रमेश</b> & Söhne \x00\n\u202e")
    shown = text(invoice_pdf(invoice((line(1, "a<br/>b & <i>c", "5"),), customer=odd)))
    assert "a<br/>b & <i>c" in shown
    assert "<b>rmes</b> & Söhne" in shown


@given(st.text(max_size=40))
@example("҈ ͸ \U0010ffff \ue000 a\u0301 \U00020bb7")
def test_nothing_with_a_shape_is_lost(name: str) -> None:
    fonts = fonts_for([name])
    drawn = "".join(run.text for run in fonts.runs(name))
    assert drawn.strip() or not any(one.isprintable() and not one.isspace() for one in name)
    assert all(run.font or all(ord(one) in fonts.known or one == "\n" for one in run.text) for run in fonts.runs(name))
