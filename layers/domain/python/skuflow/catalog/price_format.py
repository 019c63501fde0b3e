"""Prices in words and figures for the five locales we speak. Figures follow CLDR, through Babel.

Babel is imported when the first price is formatted: loading it would cost every cold start of the API its locale data.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from skuflow.catalog.pricing import Display, Saving
from skuflow.kernel.currency import minor_digits
from skuflow.kernel.money import Money

if TYPE_CHECKING:
    from babel import Locale

LOCALES = ("en-US", "en-IN", "hi", "en-CA", "fr-CA")
_NBSP = "\u00a0"

_LOCALE_OF_CURRENCY = {"INR": "en-IN", "CAD": "en-CA"}

_CODE_BESIDE_DIGIT = re.compile(r"([^\W\d_])(?=\d)|(?<=\d)([^\W\d_])")
"""CLDR's currencySpacing: a symbol that ends in a letter (KWD) keeps a no-break space from the digits; one that ends in a sign
(CA$) does not. Babel does not apply it."""


@dataclass(frozen=True, slots=True)
class _Words:
    starting_at: str
    out_of_stock: str
    range: str
    save: str
    below_low: str


_ENGLISH = _Words(
    starting_at="Starting at {price}",
    out_of_stock="Out of stock",
    range="{low}–{high}",
    save="Save {amount} ({percent})",
    below_low="{amount} ({percent}) below the lowest price of the 30 days before",
)
_WORDS = {
    "en-US": _ENGLISH,
    "en-IN": _ENGLISH,
    "en-CA": _ENGLISH,
    "hi": _Words(
        starting_at="{price} से शुरू",
        out_of_stock="स्टॉक में नहीं",
        range="{low}–{high}",
        save="{amount} ({percent}) की बचत",
        below_low="पिछले 30 दिनों की सबसे कम कीमत से {amount} ({percent}) कम",
    ),
    "fr-CA": _Words(
        starting_at=f"À partir de{_NBSP}{{price}}",
        out_of_stock="En rupture de stock",
        range=f"{{low}}{_NBSP}–{_NBSP}{{high}}",
        save="Économisez {amount} ({percent})",
        below_low="{amount} ({percent}) de moins que le prix le plus bas des 30 jours précédents",
    ),
}


@dataclass(frozen=True, slots=True)
class PriceText:
    """`price` is one price or a range; `starting_at` is said of a range only."""

    price: str
    starting_at: str | None
    save: str | None
    below_30_day_low: str | None


def default_locale(currency: str) -> str:
    """The locale to speak when nobody asked for one: English as it is written where `currency` is at home."""
    return _LOCALE_OF_CURRENCY.get(currency, "en-US")


def out_of_stock(locale: str) -> str:
    return _WORDS[locale].out_of_stock


def price_text(display: Display, locale: str) -> PriceText:
    """`display` in the words of `locale` (one of LOCALES)."""
    words = _WORDS[locale]
    low, high = format_prices([display.lowest, display.highest], locale)
    return PriceText(
        price=words.range.format(low=low, high=high) if display.is_range else low,
        starting_at=words.starting_at.format(price=format_money(display.lowest, locale)) if display.is_range else None,
        save=_saved(words.save, display.saving_on_compare_at, locale),
        below_30_day_low=_saved(words.below_low, display.saving_on_30_day_low, locale),
    )


def _saved(template: str, saving: Saving | None, locale: str) -> str | None:
    if saving is None:
        return None
    return template.format(amount=format_money(saving.amount, locale), percent=_percent(saving.percent, locale))


def format_money(money: Money, locale: str) -> str:
    """`$50`, `$49.50`, `₹1,29,900`, `1 234,50 $`: all of the currency's decimals, or none if the amount is whole."""
    return format_prices([money], locale)[0]


def format_prices(prices: list[Money], locale: str) -> list[str]:
    """Each price as `format_money`; but all with decimals if one needs them, so that a range reads `$49.50–$75.00`."""
    plain = all(price.to_decimal() == price.to_decimal().to_integral_value() for price in prices)
    return [_figure(price, locale, 0 if plain else minor_digits(price.currency)) for price in prices]


def _figure(money: Money, locale: str, decimals: int) -> str:
    language = _cldr(locale)
    pattern = copy(language.currency_formats["standard"])
    pattern.frac_prec = (decimals, decimals)
    figure: str = pattern.apply(money.to_decimal(), language, currency=money.currency, currency_digits=False)
    return _CODE_BESIDE_DIGIT.sub(lambda m: f"{m[1]}{_NBSP}" if m[1] else f"{_NBSP}{m[2]}", figure)


def _percent(percent: int, locale: str) -> str:
    from babel.numbers import format_percent

    return format_percent(Decimal(percent).scaleb(-2), locale=_cldr(locale))


@cache
def _cldr(locale: str) -> Locale:
    from babel import Locale

    return Locale.parse(locale, sep="-")


def currencies_of(market: str, day: date) -> tuple[str, ...]:
    """The legal tenders of `market` (ISO 3166-1 alpha-2) on `day`, by CLDR; empty for a territory that it does not know."""
    from babel.numbers import get_territory_currencies

    return tuple(get_territory_currencies(market, start_date=day, end_date=day))
