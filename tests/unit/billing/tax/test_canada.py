"""Canada: every province and territory, since when, on what."""

from __future__ import annotations

from datetime import date

import pytest

from skuflow.billing.tax.compute_tax import compute_tax
from skuflow.billing.tax.model import Customer, Place
from skuflow.kernel.errors import Invalid
from tests.unit.billing.tax.sales import line, moment, sale, taxes, told

TODAY = {
    "AB": [("GST", "5", "5.00")],
    "BC": [("GST", "5", "5.00"), ("PST", "7", "7.00")],
    "MB": [("GST", "5", "5.00"), ("RST", "7", "7.00")],
    "NB": [("HST", "15", "15.00")],
    "NL": [("HST", "15", "15.00")],
    "NS": [("HST", "14", "14.00")],
    "NT": [("GST", "5", "5.00")],
    "NU": [("GST", "5", "5.00")],
    "ON": [("HST", "13", "13.00")],
    "PE": [("HST", "15", "15.00")],
    "QC": [("GST", "5", "5.00"), ("QST", "9.975", "9.98")],
    "SK": [("GST", "5", "5.00"), ("PST", "6", "6.00")],
    "YT": [("GST", "5", "5.00")],
}


@pytest.mark.parametrize(("region", "expected"), TODAY.items())
def test_what_each_province_and_territory_takes_on_a_hundred_dollars(region: str, expected: list[object]) -> None:
    assert taxes(region, line("100.00")) == expected


CHANGES = [
    ("NS", "HST", "2025-03-31", "15", "14"),
    ("PE", "HST", "2016-09-30", "14", "15"),
    ("NB", "HST", "2016-06-30", "13", "15"),
    ("NL", "HST", "2016-06-30", "13", "15"),
    ("SK", "PST", "2017-03-22", "5", "6"),
    ("MB", "RST", "2013-06-30", "7", "8"),
    ("MB", "RST", "2019-06-30", "8", "7"),
]


@pytest.mark.parametrize(("region", "tax", "last", "before", "after"), CHANGES)
def test_a_rate_changes_with_the_day(region: str, tax: str, last: str, before: str, after: str) -> None:
    day = date.fromisoformat(last)
    for at, rate in ((day, before), (date.fromordinal(day.toordinal() + 1), after)):
        assert {name: one for name, one, _ in taxes(region, line("100.00"), at=at)}[tax] == rate


MIDNIGHTS = [
    ("NS", "2025-03-31T23:59:59.999999-03:00", "2025-04-01T00:00:00-03:00", "HST"),
    ("NL", "2016-06-30T23:59:59.999999-02:30", "2016-07-01T00:00:00-02:30", "HST"),
    ("SK", "2017-03-22T23:59:59.999999-06:00", "2017-03-23T00:00:00-06:00", "PST"),
    ("MB", "2019-06-30T23:59:59.999999-05:00", "2019-07-01T00:00:00-05:00", "RST"),
]


@pytest.mark.parametrize(("region", "last", "first", "tax"), MIDNIGHTS)
def test_the_midnight_that_counts_is_the_one_at_the_place_of_supply(
    region: str, last: str, first: str, tax: str
) -> None:
    rates = [{name: rate for name, rate, _ in taxes(region, line("100"), at=moment(at))}[tax] for at in (last, first)]
    assert rates in (["15", "14"], ["13", "15"], ["5", "6"], ["8", "7"])


def test_the_customers_own_time_zone_decides_where_it_is_known() -> None:
    """Lloydminster's clocks are Alberta's, on the Saskatchewan side too."""
    at = moment("2017-03-23T00:30:00-06:00")
    there = Customer(Place("CA", "SK", time_zone="America/Edmonton"))
    assert taxes("SK", line("100"), at=at)[1] == ("PST", "6", "6.00")
    assert taxes("SK", line("100"), at=moment("2017-03-22T23:30:00-07:00"), customer=there)[1] == ("PST", "6", "6.00")
    assert taxes("SK", line("100"), at=moment("2017-03-22T22:30:00-07:00"), customer=there)[1] == ("PST", "5", "5.00")


@pytest.mark.parametrize(
    ("region", "first"),
    [
        ("AB", "2008-01-01"),
        ("BC", "2013-04-01"),
        ("MB", "2008-01-01"),
        ("NB", "2008-01-01"),
        ("NL", "2008-01-01"),
        ("NS", "2010-07-01"),
        ("NT", "2008-01-01"),
        ("NU", "2008-01-01"),
        ("ON", "2010-07-01"),
        ("PE", "2013-04-01"),
        ("QC", "2013-01-01"),
        ("SK", "2008-01-01"),
        ("YT", "2008-01-01"),
    ],
)
def test_a_day_before_the_table_is_refused_and_the_first_one_is_not(region: str, first: str) -> None:
    day = date.fromisoformat(first)
    assert taxes(region, line("100"), at=day)
    with pytest.raises(Invalid) as refused:
        compute_tax(sale(region, line("100"), at=date.fromordinal(day.toordinal() - 1)))
    assert first in told(refused.value.problems)["tax_date"]


CODES = [
    ("ON", "groceries", []),
    ("QC", "groceries", []),
    ("BC", "prescription_drugs", []),
    ("NS", "exempt", []),
    ("ON", "books", [("HST", "5", "5.00")]),
    ("NL", "books", [("HST", "5", "5.00")]),
    ("QC", "books", [("GST", "5", "5.00")]),
    ("MB", "books", [("GST", "5", "5.00")]),
    ("PE", "childrens_clothing", [("HST", "5", "5.00")]),
    ("NB", "childrens_clothing", [("HST", "15", "15.00")]),
    ("SK", "childrens_clothing", [("GST", "5", "5.00"), ("PST", "6", "6.00")]),
    ("QC", "childrens_clothing", [("GST", "5", "5.00"), ("QST", "9.975", "9.98")]),
    ("MB", "saas", [("GST", "5", "5.00"), ("RST", "7", "7.00")]),
    ("BC", "saas", [("GST", "5", "5.00"), ("PST", "7", "7.00")]),
    ("SK", "digital", [("GST", "5", "5.00"), ("PST", "6", "6.00")]),
]


@pytest.mark.parametrize(("region", "code", "expected"), CODES)
def test_what_a_kind_of_product_bears(region: str, code: str, expected: list[object]) -> None:
    assert taxes(region, line("100.00", code)) == expected


KINDS_THAT_CHANGED = [
    ("NL", "books", "2016-12-31", [("HST", "5")]),
    ("NL", "books", "2017-01-01", [("HST", "15")]),
    ("NL", "books", "2018-01-01", [("HST", "5")]),
    ("SK", "childrens_clothing", "2017-03-31", [("GST", "5")]),
    ("SK", "childrens_clothing", "2017-04-01", [("GST", "5"), ("PST", "6")]),
    ("MB", "saas", "2025-12-31", [("GST", "5")]),
    ("MB", "saas", "2026-01-01", [("GST", "5"), ("RST", "7")]),
    ("MB", "digital", "2021-11-30", [("GST", "5")]),
    ("MB", "digital", "2021-12-01", [("GST", "5"), ("RST", "7")]),
    ("ON", "books", "2024-12-13", [("HST", "5")]),
    ("ON", "books", "2024-12-14", []),
    ("NB", "childrens_clothing", "2025-02-15", []),
    ("NB", "childrens_clothing", "2025-02-16", [("HST", "15")]),
    ("QC", "childrens_clothing", "2025-01-02", [("QST", "9.975")]),
]


@pytest.mark.parametrize(("region", "code", "day", "expected"), KINDS_THAT_CHANGED)
def test_what_a_kind_of_product_bore_when(region: str, code: str, day: str, expected: list[object]) -> None:
    found = taxes(region, line("100.00", code), at=date.fromisoformat(day))
    assert [(name, rate) for name, rate, _ in found] == expected


def test_what_is_streamed_in_saskatchewan_is_not_guessed_at_before_2019() -> None:
    with pytest.raises(Invalid) as refused:
        compute_tax(sale("SK", line("10", "digital"), at=date(2018, 12, 31)))
    assert "2019-01-01" in told(refused.value.problems)["tax_date"]
    assert taxes("SK", line("10"), at=date(2018, 12, 31))


def test_qst_is_on_the_price_before_gst() -> None:
    result = compute_tax(sale("QC", line("100.00")))
    assert [one.base.minor for one in result.taxes] == [10_000, 10_000]
    assert (result.net.minor, result.tax.minor, result.gross.minor) == (10_000, 1_498, 11_498)


def test_each_tax_is_rounded_once_for_the_whole_sale() -> None:
    """Three lines of 0.10 at 13 % are 0.039 together and 0.03 apart."""
    lines = [line("0.10", name=str(number)) for number in range(3)]
    assert taxes("ON", *lines) == [("HST", "13", "0.04")]


def test_a_half_goes_up() -> None:
    assert taxes("AB", line("0.10")) == [("GST", "5", "0.01")]
