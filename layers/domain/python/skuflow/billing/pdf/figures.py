"""Amounts, quantities, rates and days as a reader writes them: CLDR, through Babel, which is imported on first use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from skuflow.kernel.currency import minor_digits
from skuflow.kernel.money import Money

_CODE_BESIDE_DIGIT = re.compile(r"([^\W\d_])(?=\d)|(?<=\d)([^\W\d_])")
"""CLDR's currencySpacing: a code that ends in a letter keeps a space from the digits. Babel does not apply it."""

_NBSP = "\u00a0"
_MINUS = "\u2212"
"""As wide as the plus sign; a hyphen before an amount is easily missed."""


def locale_for(language: str, country: str) -> str:
    """The locale of a reader of `language` in `country`: figures differ even where words do not (1,00,000 in India)."""
    if language[:2] == "fr":
        return "fr_CA"
    return {"IN": "en_IN", "US": "en_US"}.get(country, "en_CA")


@dataclass(frozen=True, slots=True)
class Figures:
    """`locale` is one that the layer keeps (see infra/packaging/trim.py); `time_zone` says on which day a moment falls."""

    locale: str
    currency: str
    time_zone: str

    def money(self, amount: Money) -> str:
        """With all decimals of its currency: 1 234,50 $."""
        return self._currency(amount.to_decimal(), exactly=False)

    def price(self, amount: Decimal) -> str:
        """Of a unit, in major units: the currency's decimals, and more where more count: $0.0125."""
        decimals = -int(amount.normalize().as_tuple().exponent)
        return self._currency(amount.normalize(), exactly=decimals > minor_digits(self.currency))

    def quantity(self, number: Decimal) -> str:
        from babel.numbers import format_decimal

        return format_decimal(
            number.normalize() if number else 0, locale=self.locale, decimal_quantization=False
        ).replace("-", _MINUS)

    def share(self, number: Decimal) -> str:
        """A part of a whole period, to six decimals; how it came about stands with the workings."""
        return self.quantity(round(number, 6))

    def rate(self, percent: Decimal) -> str:
        """A percentage with the decimals that count: 9,975 %."""
        from babel.numbers import format_percent

        return format_percent(percent.normalize() / 100, locale=self.locale, decimal_quantization=False)

    def day(self, at: datetime) -> str:
        return self._long(self._day_of(at))

    def span(self, start: datetime, end: datetime) -> str:
        """From the first to the last day; `end` is the moment after it."""
        first, last = self._day_of(start), self._day_of(max(end - timedelta(microseconds=1), start))
        return self._long(first) if first == last else f"{self._long(first)} – {self._long(last)}"

    def currency_name(self) -> str:
        from babel.numbers import get_currency_name

        return get_currency_name(self.currency, count=2, locale=self.locale)

    def country(self, code: str) -> str:
        """Its name; the code where CLDR has none."""
        from babel import Locale

        return str(Locale.parse(self.locale).territories.get(code, code))

    def _day_of(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.time_zone)).date()

    def _long(self, day: date) -> str:
        from babel.dates import format_date

        text = format_date(day, "long", locale=self.locale).replace(" ", _NBSP)
        return text.replace("1", "1er", 1) if day.day == 1 and self.locale.startswith("fr") else text

    def _currency(self, amount: Decimal, *, exactly: bool) -> str:
        """`exactly`: with all decimals of the amount, whatever the currency has."""
        from babel.numbers import format_currency

        text = format_currency(
            amount,
            self.currency,
            locale=self.locale,
            currency_digits=not exactly,
            decimal_quantization=not exactly,
        )
        spaced = _CODE_BESIDE_DIGIT.sub(lambda beside: beside[1] + _NBSP if beside[1] else _NBSP + beside[2], text)
        return spaced.replace("-", _MINUS)
