"""Counts, weights, flags, product codes and sale dates."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.sync.reading.outcome import BadCell
from skuflow.sync.reading.values.quantities import flag_of, gtin_of, quantity_of, weight_of
from skuflow.sync.reading.values.sale_dates import sale_runs


@pytest.mark.parametrize(
    ("text", "style", "expected"),
    [
        ("12", ".", 12),
        ("12.0", ".", 12),
        ("12,00", ",", 12),
        ("12.000", ".", 12),
        ("12.000", ",", 12_000),
        ("1,200", ".", 1_200),
        ("1 200", ".", 1_200),
        ("1'200", ",", 1_200),
        ("-3", ".", -3),
        ("−3", ".", -3),
        ("+4", ".", 4),
        ("०१२", ".", 12),
        (" 7 ", ".", 7),
        ("", ".", None),
    ],
)
def test_a_count_is_a_whole_number(text: str, style: str, expected: int | None) -> None:
    assert quantity_of(text, style) == expected


@pytest.mark.parametrize("text", ["12.5", "1.200", "many", ">10", "10+", "1e3", "12 pcs", "1,2,3", "--3", "9" * 12])
def test_anything_else_is_no_count(text: str) -> None:
    with pytest.raises(BadCell, match="whole number"):
        quantity_of(text, ".")


@pytest.mark.parametrize(
    ("text", "unit", "grams"),
    [
        ("145", "g", 145),
        ("0.0", "g", 0),
        ("0.5", "kg", 500),
        ("0,25", "kg", 250),
        ("1.250", "kg", 1_250),
        ("1", "lbs", 454),
        ("2 oz", "", 57),
        ("0.9kg", "", 900),
        ("180.00g", "", 180),
        ("1 KG", "g", 1_000),
        ("", "g", None),
    ],
)
def test_a_weight_is_in_grams(text: str, unit: str, grams: int | None) -> None:
    assert weight_of(text, unit) == grams


@pytest.mark.parametrize(("text", "unit"), [("-5", "g"), ("heavy", "g"), ("5", ""), ("5 stone", "g"), ("1,200", "g")])
def test_a_weight_that_is_unclear_is_refused(text: str, unit: str) -> None:
    with pytest.raises(BadCell, match="not a weight"):
        weight_of(text, unit)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TRUE", True),
        (" yes ", True),
        ("1", True),
        ("Continue", True),
        ("FALSE", False),
        ("deny", False),
        ("", None),
        ("?", None),
    ],
)
def test_a_flag_is_yes_no_or_nothing(text: str, expected: bool | None) -> None:
    assert flag_of(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4006381333931", "4006381333931"),
        (" 4006381-333931 ", "4006381333931"),
        ("'036000291452", "036000291452"),
        ('="036000291452"', "036000291452"),
        ("036000291452.0", "036000291452"),
        ("96385074", "96385074"),
        ("00012345600012", "00012345600012"),
        ("", None),
        ("N/A", None),
        ("does not apply", None),
        ("000000000000", None),
    ],
)
def test_a_gtin_is_its_digits(text: str, expected: str | None) -> None:
    assert gtin_of(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("4006381333932", "check digit"),
        ("3.65275E+11", "last digits are lost"),
        ("4,00638E+12", "last digits are lost"),
        ("36000291452", "not a GTIN"),
        ("ABC-123", "not a GTIN"),
        ("12345", "not a GTIN"),
        ("４００６３８１３３３９３１", "not a GTIN"),
    ],
)
def test_a_code_that_is_no_gtin_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadCell) as caught:
        gtin_of(text)
    assert reason in caught.value.reason


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(body: str, place: int, shift: int) -> None:
    check = -sum(int(digit) * (1, 3)[index % 2] for index, digit in enumerate(body)) % 10
    right = f"{body}{check}"
    assert gtin_of(right) == (right if right.strip("0") else None)
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]
    if wrong.strip("0"):
        with pytest.raises(BadCell):
            gtin_of(wrong)


@pytest.mark.parametrize(
    ("dates", "as_of", "runs"),
    [
        ("", None, True),
        (" / ", None, True),
        ("2026-01-01/", None, False),
        ("2026-01-01/", date(2026, 1, 1), True),
        ("2026-01-01/", date(2025, 12, 31), False),
        ("/2026-01-31", date(2026, 1, 31), True),
        ("/2026-01-31", date(2026, 2, 1), False),
        ("soon/later", date(2026, 2, 1), False),
        ("2026-02-30/", date(2026, 3, 1), False),
    ],
)
def test_a_sale_runs_from_its_first_day_to_its_last(dates: str, as_of: date | None, runs: bool) -> None:
    assert sale_runs(dates, as_of) is runs
