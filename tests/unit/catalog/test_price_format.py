"""Prices in words and figures."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.catalog.price_format import LOCALES, currencies_of, default_locale, format_money, out_of_stock, price_text
from skuflow.catalog.pricing import Listing, display_prices
from skuflow.kernel.money import Money

NB = "\u00a0"


@pytest.mark.parametrize(
    ("locale", "minor", "currency", "figure"),
    [
        ("en-US", 5000, "USD", "$50"),
        ("en-US", 4950, "USD", "$49.50"),
        ("en-US", 123456700, "USD", "$1,234,567"),
        ("en-US", 5000, "CAD", "CA$50"),
        ("en-CA", 5000, "CAD", "$50"),
        ("en-CA", 5000, "USD", "US$50"),
        ("fr-CA", 123450, "CAD", f"1{NB}234,50{NB}$"),
        ("fr-CA", 5000, "USD", f"50{NB}${NB}US"),
        ("en-IN", 12990000, "INR", "₹1,29,900"),
        ("en-IN", 1234567850, "INR", "₹1,23,45,678.50"),
        ("hi", 12990000, "INR", "₹1,29,900"),
        ("en-US", 1299, "JPY", "¥1,299"),
        ("fr-CA", 1299, "JPY", f"1{NB}299{NB}¥"),
        ("en-US", 1299, "KWD", f"KWD{NB}1.299"),
        ("en-CA", 5000, "KWD", f"KWD{NB}5"),
        ("en-CA", 1050, "IQD", f"IQD{NB}1.050"),
    ],
)
def test_figures_follow_the_locale(locale: str, minor: int, currency: str, figure: str) -> None:
    assert format_money(Money(minor, currency), locale) == figure


def shown(locale: str, *minors: int, currency: str, compare_at: int | None = None, low: int | None = None) -> object:
    was = Money(compare_at, currency) if compare_at else None
    offers = [Listing(f"o{n}", "v1", "", "", Money(m, currency), was, True) for n, m in enumerate(minors)]
    lows = {("o0", "v1"): Money(low, currency)} if low else {}
    text = price_text(display_prices(offers, currencies=(), lows=lows)[0], locale)
    return text.price, text.starting_at, text.save, text.below_30_day_low


@pytest.mark.parametrize(
    ("locale", "currency", "expected"),
    [
        ("en-US", "USD", ("$50–$75", "Starting at $50", None, None)),
        ("en-CA", "CAD", ("$50–$75", "Starting at $50", None, None)),
        ("en-IN", "INR", ("₹50–₹75", "Starting at ₹50", None, None)),
        ("hi", "INR", ("₹50–₹75", "₹50 से शुरू", None, None)),
        ("fr-CA", "CAD", (f"50{NB}${NB}–{NB}75{NB}$", f"À partir de{NB}50{NB}$", None, None)),
    ],
)
def test_a_range_says_where_it_starts(locale: str, currency: str, expected: object) -> None:
    assert shown(locale, 5000, 7500, currency=currency) == expected


def test_one_price_starts_nowhere() -> None:
    assert shown("en-US", 5000, 5000, currency="USD") == ("$50", None, None, None)


def test_a_range_has_decimals_at_both_ends_or_at_none() -> None:
    assert shown("en-US", 4950, 7500, currency="USD") == ("$49.50–$75.00", "Starting at $49.50", None, None)


@pytest.mark.parametrize(
    ("locale", "save", "below"),
    [
        ("en-CA", "Save $25 (33%)", "$5 (9%) below the lowest price of the 30 days before"),
        (
            "fr-CA",
            f"Économisez 25{NB}$ (33{NB}%)",
            f"5{NB}$ (9{NB}%) de moins que le prix le plus bas des 30 jours précédents",
        ),
    ],
)
def test_savings_are_put_into_words(locale: str, save: str, below: str) -> None:
    said = shown(locale, 5000, currency="CAD", compare_at=7500, low=5500)
    assert said == (format_money(Money(5000, "CAD"), locale), None, save, below)


def test_savings_in_hindi() -> None:
    said = shown("hi", 5000, currency="INR", compare_at=7500, low=5500)
    assert said == ("₹50", None, "₹25 (33%) की बचत", "पिछले 30 दिनों की सबसे कम कीमत से ₹5 (9%) कम")


def test_out_of_stock_in_every_locale() -> None:
    said = {locale: out_of_stock(locale) for locale in LOCALES}
    english = dict.fromkeys(("en-US", "en-IN", "en-CA"), "Out of stock")
    assert said == {**english, "hi": "स्टॉक में नहीं", "fr-CA": "En rupture de stock"}


@given(
    minor=st.integers(0, 10**14),
    currency=st.sampled_from(["CAD", "JPY", "KWD", "INR"]),
    locale=st.sampled_from(LOCALES),
)
def test_no_digit_is_lost_or_rounded(minor: int, currency: str, locale: str) -> None:
    figure = format_money(Money(minor, currency), locale)
    digits = int("".join(char for char in figure if char.isdigit()))
    amount = Money(minor, currency).to_decimal()
    assert digits == (minor if amount != amount.to_integral_value() else int(amount))


def test_a_market_has_its_currency() -> None:
    today = date(2026, 5, 1)
    assert [currencies_of(market, today) for market in ("CA", "US", "IN", "HR", "XX")] == [
        ("CAD",),
        ("USD",),
        ("INR",),
        ("EUR",),
        (),
    ]


def test_english_is_written_as_where_the_currency_is_at_home() -> None:
    assert [default_locale(currency) for currency in ("CAD", "INR", "USD", "EUR")] == [
        "en-CA",
        "en-IN",
        "en-US",
        "en-US",
    ]
