"""Codes with check digits: right ones pass, mistyped ones do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.catalog import codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("96385074", "96385074"),
        ("036000291452", "036000291452"),
        ("4006381333931", "4006381333931"),
        ("400-6381 333931", "4006381333931"),
        ("10012345000017", "10012345000017"),
    ],
)
def test_a_gtin_of_any_length_is_taken(text: str, code: str) -> None:
    assert codes.gtin(text) == code


@pytest.mark.parametrize(
    "text", ["", "123", "4006381333932", "4006318333931", "4.00638E+12", "00000000", "٤٠٠٦٣٨١٣٣٣٩٣١", "400638133393A"]
)
def test_what_is_no_gtin_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a GTIN"):
        codes.gtin(text)


@given(
    st.text("0123456789", min_size=12, max_size=12).filter(lambda d: int(d) > 0), st.integers(0, 12), st.integers(1, 9)
)
def test_every_single_wrong_digit_is_caught(digits: str, place: int, step: int) -> None:
    total = sum(int(digit) * (3 if n % 2 else 1) for n, digit in enumerate(digits))
    right = digits + str(-total % 10)
    assert codes.gtin(right) == right
    wrong = right[:place] + str((int(right[place]) + step) % 10) + right[place + 1 :]
    with pytest.raises(ValueError, match=r"check digit|zeros"):
        codes.gtin(wrong)


@pytest.mark.parametrize(
    ("text", "code"),
    [("b07xjrq6m2", "B07XJRQ6M2"), ("0-306-40615-2", "0306406152"), ("097522980X", "097522980X")],
)
def test_an_asin_or_an_isbn10_is_taken(text: str, code: str) -> None:
    assert codes.asin(text) == code


@pytest.mark.parametrize("text", ["", "A07XJRQ6M2", "B07XJRQ6M", "0306406153", "X306406152"])
def test_what_is_no_asin_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an"):
        codes.asin(text)


@pytest.mark.parametrize("text", ["", "  ", "--", "x" * 71, "A\x07B"])
def test_what_is_no_part_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a part number"):
        codes.mpn(text)


@pytest.mark.parametrize("text", ["", " ", "x" * 256, "A\nB"])
def test_what_is_no_sku_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an SKU"):
        codes.sku(text)


def test_part_numbers_and_skus_keep_their_spelling() -> None:
    assert (codes.mpn(" aB-1/2 "), codes.sku(" sh s#1 ")) == ("aB-1/2", "sh s#1")


def test_one_gtin_is_looked_up_alike_in_all_its_lengths() -> None:
    forms = {codes.look_up_value("gtin", text) for text in ("036000291452", "0036000291452", "00036000291452")}
    assert forms == {"00036000291452"}
