"""Encodings, delimiters, line ends and quotes."""

from __future__ import annotations

import codecs

import pytest

from tests.unit.sync.reading.files import Outcome, read, refusal, table

ROWS = [
    ["Handle", "Title", "Body (HTML)", "Variant Price"],
    ["crème", "Crème brûlée dish", "<p>One; two, three\tfour | “five”</p>", "5.00"],
    ["plat", "Plat à tarte", "line one\nline two\r\nline three", "6.00"],
]


def assert_whole(outcome: Outcome) -> None:
    first, second = outcome.products
    assert (first.key, first.title) == ("crème", "Crème brûlée dish")
    assert first.description_html == "<p>One; two, three\tfour | “five”</p>"
    assert (second.title, second.description_html) == ("Plat à tarte", "line one\nline two\r\nline three")
    assert [one.price for one in outcome.variants] == [(500, "CAD"), (600, "CAD")]


@pytest.mark.parametrize("step", [1, 7, 65_536])
@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("cp1252", b""),
    ],
)
def test_every_encoding_reads_alike_whatever_pieces_it_comes_in(encoding: str, mark: bytes, step: int) -> None:
    outcome = read(mark + table(ROWS, encoding=encoding), step=step)
    assert (outcome.plan.encoding, outcome.plan.bom) == (encoding, len(mark))
    assert_whole(outcome)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_delimiter_and_line_end_is_found_out(delimiter: str, end: str) -> None:
    outcome = read(table(ROWS, delimiter=delimiter, end=end))
    assert outcome.plan.delimiter == delimiter
    assert_whole(outcome)


def test_the_line_of_a_row_is_the_one_it_begins_on() -> None:
    content = table([*ROWS, ["x", "X", "", "7.00"]], end="\r\n")
    assert [product.lines for product in read(content).products] == [(2,), (3,), (6,)]


def test_a_delimiter_announced_as_excel_does_is_believed() -> None:
    outcome = read("sep=;\r\nHandle;Title;Price\r\nmug;Mug, big;5,00\r\n")
    assert (outcome.product.title, outcome.product.lines) == ("Mug, big", (3,))


def test_blank_lines_and_blank_rows_are_not_rows() -> None:
    outcome = read("\n\nHandle,Title\n\nmug,Mug\n,\n \nbowl,Bowl\n\n")
    assert outcome.plan.rows_total == 2
    assert [product.lines for product in outcome.products] == [(5,), (8,)]


def test_quotes_inside_unquoted_cells_are_characters() -> None:
    outcome = read('Handle,Title\npipe,5" pipe\nname,The "best" one\n')
    assert [product.title for product in outcome.products] == ['5" pipe', 'The "best" one']


def test_characters_outside_the_basic_plane_survive_utf16() -> None:
    outcome = read(
        codecs.BOM_UTF16_LE + table([["Handle", "Title"], ["a", "Mug 🍵 tea"], ["b", "漢字"]], encoding="utf-16-le")
    )
    assert [product.title for product in outcome.products] == ["Mug 🍵 tea", "漢字"]


def test_code_units_that_contain_the_bytes_of_a_line_end_do_not_end_a_line() -> None:
    outcome = read(
        codecs.BOM_UTF16_LE + table([["Handle", "Title"], ["a", "\u0a0d\u0d0a\u2c0a"]], encoding="utf-16-le")
    )
    assert outcome.product.title == "\u0a0d\u0d0a\u2c0a"


def test_control_characters_are_dropped() -> None:
    outcome = read("Handle,Title,Vendor\nmug,M\x00ug\x07,Har\x1bbour\x7f\n")
    assert (outcome.product.title, outcome.product.brand) == ("Mug", "Harbour")


def test_unicode_line_separators_do_not_end_a_row() -> None:
    assert read("Handle,Title\nmug,Mug\u2028big\u0085\n").product.title.startswith("Mug")


def test_a_byte_that_cp1252_does_not_have_is_refused_with_its_line() -> None:
    refused = refusal(b"Handle,Title\nmug,Caf\xe9\nbowl,B\x81owl\n")
    assert refused.code == "bad_encoding"
    assert "line 3" in refused.detail


def test_damaged_utf8_is_refused_rather_than_read_as_cp1252() -> None:
    refused = refusal("Handle,Title\nmug,Café\nbowl,Bol à thé\n".encode() + b"x,Caf\xe9\n")
    assert refused.code == "bad_encoding"
    assert "line 4" in refused.detail


def test_a_marked_file_is_refused_where_it_is_not_what_its_mark_says() -> None:
    assert refusal(codecs.BOM_UTF8 + b"Handle,Title\nmug,Caf\xe9\n").code == "bad_encoding"
    lone_surrogate = codecs.BOM_UTF16_LE + "Handle,Title\nmug,".encode("utf-16-le") + b"\x00\xd8x\x00\n\x00"
    refused = refusal(lone_surrogate)
    assert refused.code == "bad_encoding"
    assert "line 2" in refused.detail


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Кружка для чая большая", "cp1251"),
        ("マグカップ 大きい", "shift_jis"),
        ("シャツ", "shift_jis"),
        ("きれいな シャツ", "shift_jis"),
        ("żółta łyżka, świeża mąka, książka", "cp1250"),
        ("Stühle größer, Bettwäsche", "mac_roman"),
        ("Café décaféiné", "mac_roman"),
    ],
    ids=[
        "Cyrillic",
        "Japanese",
        "short Japanese",
        "mixed kana",
        "Polish",
        "German of a Macintosh",
        "French of a Macintosh",
    ],
)
def test_text_in_another_code_page_is_refused_rather_than_garbled(text: str, encoding: str) -> None:
    rows = [["Handle", "Title"], *([f"h{number}", text] for number in range(5))]
    assert refusal(table(rows, encoding=encoding)).code == "bad_encoding"


@pytest.mark.parametrize(
    "text", ["Žižkov a Šumava", "œuvre, cœur et Œuf", "‚Übung‘ und „Ärger“", "ŠKODA Žena", "10 ƒ – l’été…"]
)
def test_letters_that_only_the_western_code_page_has_are_read_as_they_are(text: str) -> None:
    rows = [["Handle", "Title"], *([f"h{number}", text] for number in range(5))]
    assert {product.title for product in read(table(rows, encoding="cp1252")).products} == {text}


def test_utf32_is_refused_by_name() -> None:
    assert "UTF-32" in refusal("Handle,Title\nmug,Mug\n".encode("utf-32")).detail
