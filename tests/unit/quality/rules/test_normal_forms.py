"""Normal forms: examples, and that the normal form of a normal form is itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skuflow.quality.rules.normal.codes import flaw_of, gtin_key, has_check_digit, is_restricted, padded
from skuflow.quality.rules.normal.colours import COLOURS, colour
from skuflow.quality.rules.normal.encoding import is_broken, mended
from skuflow.quality.rules.normal.letter_case import calmed, is_shouting
from skuflow.quality.rules.normal.markup import as_text
from skuflow.quality.rules.normal.units import SYMBOLS, measure
from skuflow.quality.rules.normal.whitespace import key, tidy
from tests.unit.quality.rules.products import texts

measures = st.builds(
    "{}{}{}".format, st.integers(0, 999), st.sampled_from(["", " ", "  "]), st.sampled_from([*SYMBOLS, "x"])
)
shades = st.lists(st.sampled_from([*COLOURS, "midnight", "dark gray", "LIGHT  blue"]), min_size=1, max_size=3).map(
    "/".join
)


@pytest.mark.parametrize("form", [tidy, as_text, colour, measure, padded, mended, key])
@settings(deadline=None)
@given(text=texts | measures | shades | st.text())
def test_a_normal_form_is_its_own(form: Callable[[str], str], text: str) -> None:
    assert form(form(text)) == form(text)


@settings(deadline=None)
@given(text=texts | st.text(alphabet="ABCÉß ĳǅ'’-./1"), words=st.lists(texts))
def test_a_calmed_title_no_longer_shouts_and_has_the_same_letters(text: str, words: list[str]) -> None:
    calm = calmed(text, {word.casefold() for word in words}, words)
    if calm.text != text:
        assert not is_shouting(calm.text)
        assert calm.text.casefold() == text.casefold()


@pytest.mark.parametrize(
    ("text", "known", "kept", "calm", "certain"),
    [
        ("LEATHER BOOTS FOR WOMEN", "", "", "Leather Boots for Women", True),
        ("STEEL USB CABLE WITH HDMI AND LED", "", "", "Steel USB Cable with HDMI and LED", True),
        ("BLACK SHIRT XXL", "", "", "Black Shirt XXL", True),
        ("STEEL BOLT M8X20 DIN 912", "", "", "Steel Bolt M8X20 DIN 912", True),
        ("WORLD WAR II POSTER PAPER", "world war poster", "", "World War II Poster Paper", True),
        ("IKEA STORAGE SHELF", "", "", "IKEA Storage Shelf", True),
        ("NORTHPATH LEATHER BOOTS", "", "NorthPath", "NorthPath Leather Boots", True),
        ("ACME STEEL SHELF", "", "ACME", "ACME Steel Shelf", True),
        ("WOMEN'S LEATHER SHOES", "women's", "", "Women's Leather Shoes", True),
        ("CHAISE PLIANTE EN BOIS", "chaise pliante bois", "", "Chaise Pliante en Bois", True),
        ("LEATHER XKCD BOOTS", "", "", "Leather XKCD Boots", False),
        ("LEATHER BOOTS KURZA", "", "", "Leather Boots Kurza", False),
        ("HITCH PLATE O/RIDE", "", "", "Hitch Plate O/RIDE", False),
        ("STRASSE STEEL SIGN", "straße steel sign", "", "Strasse Steel Sign", False),
    ],
)
def test_titles_are_calmed(text: str, known: str, kept: str, calm: str, certain: bool) -> None:
    done = calmed(text, set(known.split()), (kept,) if kept else ())
    assert (done.text, done.certain) == (calm, certain)


@pytest.mark.parametrize(
    "text", ["USB HDMI", "BMW M3", "IKEA PAX", "XXL", "Leather BOOTS", "ABCD", "123 456", "", "ASTM NEMA"]
)
def test_short_or_mixed_titles_do_not_shout(text: str) -> None:
    assert not is_shouting(text)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("RED", "Red"),
        ("blk", "Black"),
        ("gray", "Gray"),
        ("GREY", "Grey"),
        ("black/white", "Black/White"),
        ("navy & RED", "Navy & Red"),
        ("dark GREEN", "Dark Green"),
        ("Midnight Dream", "Midnight Dream"),
        ("midnight/red", "midnight/Red"),
        ("", ""),
    ],
)
def test_colours_are_written_in_one_way(text: str, normal: str) -> None:
    assert colour(text) == normal


def test_a_clients_names_of_colours_come_first() -> None:
    own = {"grey": "Gray", "nv": "Deep Navy"}
    assert [colour(text, own) for text in ("GREY", "gray", "nv/red", "Deep Navy")] == [
        "Gray",
        "Gray",
        "Deep Navy/Red",
        "Deep Navy",
    ]


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("500ML", "500 ml"),
        ("10 centimetres", "10 cm"),
        ("2,5KG", "2,5 kg"),
        ("12 fl oz", "12 fl oz"),
        ("12 lbs", "12 lb"),
        ("50 pounds", "50 pounds"),
        ("1 liter", "1 L"),
        ("6 inches", "6 in"),
        ("5G", "5G"),
        ("32L", "32L"),
        ("8W", "8W"),
        ("10x20 cm", "10x20 cm"),
        ("XL", "XL"),
        ("42", "42"),
    ],
)
def test_measures_have_the_symbol_of_their_unit(text: str, normal: str) -> None:
    assert measure(text) == normal


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("  a\t b\u00a0c \n", "a b c"),
        ("e\u0301te\u0301", "été"),
        ("soft\u00adware\u200b", "software"),
        ("Prix\u00a0: 1\u202f000\u00a0€", "Prix\u00a0: 1\u202f000\u00a0€"),
        ("«\u00a0Été\u00a0»", "«\u00a0Été\u00a0»"),
        ("Prix \u00a0: 5", "Prix : 5"),
        ("linen\u00a0shirt", "linen shirt"),
        ("綿\u3000シャツ", "綿\u3000シャツ"),
        ("Linen\u3000shirt", "Linen shirt"),
        ("សៀវភៅ\u200bថ្មី", "សៀវភៅ\u200bថ្មី"),
        ("क्\u200dष", "क्\u200dष"),
    ],
)
def test_blanks_are_tidied(text: str, normal: str) -> None:
    assert tidy(text) == normal


@pytest.mark.parametrize(
    ("text", "right"),
    [("CafÃ©", "Café"), ("Itâ€™s", "It’s"), ("Café", "Café"), ("SÃO PAULO", "SÃO PAULO"), ("Ã© 漢", "Ã© 漢")],
)
def test_texts_that_were_read_wrongly_are_read_again(text: str, right: str) -> None:
    assert mended(text) == right
    assert is_broken(text) == (text != right)


def test_lost_characters_are_broken() -> None:
    assert is_broken("Caf\ufffd")


@pytest.mark.parametrize(
    ("code", "flaw"),
    [
        ("4006381333931", None),
        ("96385074", None),
        ("036000291452", None),
        ("00012345600012", None),
        ("4006381-333931", None),
        ("4006381333932", "check_digit"),
        ("400638133393", "check_digit"),
        ("123", "length"),
        ("40063813339ab", "digits"),
        ("٤٠٠٦٣٨١٣٣٣٩٣١", "digits"),
        ("0000000000000", "zeros"),
    ],
)
def test_gtins_are_checked(code: str, flaw: str | None) -> None:
    assert flaw_of(code) == flaw


@pytest.mark.parametrize(
    ("code", "restricted"),
    [
        ("2201482925265", True),
        ("0201482925265", True),
        ("4006381333931", False),
        ("036000291452", False),
        ("9780306406157", False),
        ("9810306406157", True),
        ("24006381333935", False),
        ("96385074", False),
    ],
)
def test_numbers_for_use_within_a_shop_are_told(code: str, restricted: bool) -> None:
    assert is_restricted(code) == restricted


@settings(deadline=None)
@given(st.integers(0, 10**10 - 1))
def test_a_upc_that_lost_its_zero_gets_it_back(number: int) -> None:
    body = f"0{number:010}"
    upc = next(body + digit for digit in "0123456789" if has_check_digit(body + digit))
    lost = upc[1:]
    assert padded(lost) == (upc if int(upc) else lost)
    wrong = lost[:-1] + str((int(lost[-1]) + 1) % 10)
    assert padded(wrong) == wrong


def test_the_same_goods_have_one_number() -> None:
    assert gtin_key("0360-0029 1452") == gtin_key("036000291452") == gtin_key("00036000291452")
    assert padded("036000 291452") == "036000291452"
    assert padded("12345") == "12345"
