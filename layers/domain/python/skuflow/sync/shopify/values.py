"""Single values as Shopify writes them: ids, moments, amounts, tags, categories, options, weights."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from skuflow.kernel.errors import Invalid
from skuflow.kernel.money import Money
from skuflow.sync.reading.outcome import BadRow
from skuflow.sync.reading.values.text import one_line

Amount = tuple[int, str]
"""Minor units and the ISO 4217 code."""

_GID = re.compile(r"gid://shopify/([A-Za-z]+)/([0-9]{1,40})(?:\?.*)?", re.ASCII)
_DIGITS = re.compile(r"[0-9]{1,40}", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,20})?", re.ASCII)
_GRAMS = {
    "GRAMS": Decimal(1),
    "KILOGRAMS": Decimal(1000),
    "OUNCES": Decimal("28.349523125"),
    "POUNDS": Decimal("453.59237"),
}
"""Grams per unit of GraphQL's WeightUnit; the avoirdupois pound is exactly 0.45359237 kg (1959)."""
_SECOND = timedelta(seconds=1)


def gid_parts(value: object) -> tuple[str, str]:
    """Kind and number of a gid: `gid://shopify/Product/788032119674292922` -> ("Product", "788032119674292922"); ("", "") if it
    is none."""
    found = _GID.fullmatch(value) if isinstance(value, str) else None
    return (found[1], found[2]) if found else ("", "")


def numeric_id(value: object, field: str = "id") -> str:
    """The number of a gid or of a plain id, as text: ids go beyond 2^53, where other languages round. Raises BadRow."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return str(value)
    text = value if isinstance(value, str) else ""
    number = gid_parts(text)[1] or (text if _DIGITS.fullmatch(text) else "")
    if not number.strip("0"):
        raise BadRow(field, text_of(value), "not an id of Shopify's", "leave the ids as Shopify gives them")
    return number


def state_time(updated_at: datetime, seen_at: datetime) -> str:
    """The moment that stands for a state which Shopify says is of `updated_at` and which was seen at `seen_at`: RFC 3339 UTC with
    microseconds.

    Shopify counts whole seconds, and two changes may fall into one. Of two states of one second the one seen later is newer, so
    a fraction f = d / (1 + d) of a second is added, d being the seconds between the two: it grows with d and stays below one.
    """
    whole = updated_at.astimezone(UTC).replace(microsecond=0)
    late = max((seen_at - whole) / _SECOND, 0.0)
    micros = min(int(late / (1 + late) * 1_000_000), 999_999)
    return whole.replace(microsecond=micros).isoformat(timespec="microseconds").replace("+00:00", "Z")


def money(value: object, currency: str, field: str) -> Amount | None:
    """(minor units, currency code) of a decimal text such as `19.99`, or of {amount, currencyCode}; None for None and "". Raises
    BadRow for a negative amount, an exponent, or more decimals than the currency has."""
    if isinstance(value, Mapping):
        code = value.get("currencyCode") or value.get("currency_code")
        return money(value.get("amount"), str(code or currency), field)
    if value is None or value == "":
        return None
    text = str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _DECIMAL.fullmatch(text):
        raise BadRow(field, text_of(value), "not an amount of money", "give a plain decimal number, such as 19.99")
    try:
        amount = Money.from_decimal(Decimal(text), currency)
    except Invalid as error:
        hint = error.problems[0].remedy if error.problems else ""
        raise BadRow(field, text, error.detail, hint) from None
    if amount.minor < 0:
        raise BadRow(field, text, "a price cannot be negative", "give 0 or more")
    return amount.minor, amount.currency


def tags_of(value: object) -> tuple[str, ...]:
    """Distinct tags in alphabetical order (Shopify keeps them as a set), from a list or from one text with commas."""
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, Sequence) else ()
    return tuple(sorted({tag for part in parts if (tag := one_line(text_of(part)))}))


def category_of(value: object) -> tuple[str, ...]:
    """The path of a taxonomy category's full name: `Apparel & Accessories > Clothing`."""
    return tuple(part for raw in text_of(value).split(" > ") if (part := one_line(raw)))


def options_of(pairs: Iterable[tuple[object, object]]) -> tuple[tuple[str, str], ...]:
    """Option names and values; nothing for the one that Shopify gives a product without options."""
    named = tuple((one_line(text_of(name)), one_line(text_of(value))) for name, value in pairs if value is not None)
    return () if named == (("Title", "Default Title"),) else named


def grams_of(value: object, unit: object) -> int | None:
    """Whole grams, rounded half up; None for what is no weight (it is not worth a variant)."""
    factor = _GRAMS.get(text_of(unit).upper())
    text = text_of(value)
    if factor is None or not _DECIMAL.fullmatch(text) or text.startswith("-"):
        return None
    return int((Decimal(text) * factor).to_integral_value(rounding=ROUND_HALF_UP))


def text_of(value: object) -> str:
    """`value` as text; "" for None. Numbers are written as they came: the decoder keeps decimals as text."""
    return value if isinstance(value, str) else "" if value is None else str(value)
