"""The header row: names made comparable, columns found by any of their names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from skuflow.kernel.currency import MINOR_DIGITS

_NOT_WORD = re.compile(r"(?:[^\w\u0900-\u0d7f]|_)+")
"""Python's `\\w` leaves out the vowel signs of Indic scripts (Unicode blocks Devanagari to Malayalam), which are parts of words."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

_TRADED = frozenset(
    (
        "usd",
        "cad",
        "eur",
        "gbp",
        "aud",
        "nzd",
        "inr",
        "jpy",
        "chf",
        "sek",
        "nok",
        "dkk",
        "pln",
        "czk",
        "brl",
        "mxn",
        "sgd",
        "hkd",
    )
)
"""Codes that are no words, and so stand for a currency in lower case too (`all`, `top` and `try` are currencies as well)."""

Aliases = Mapping[str, Sequence[str]]
"""Canonical field -> the names (as `comparable` gives them) that its column has, the preferred one first."""


def comparable(header: str) -> str:
    """Lower-case words: `Compare-at price`, `compare_at_price` and `COMPARE AT PRICE ` are the same column."""
    return _NOT_WORD.sub(" ", header.removeprefix("g:").casefold()).strip()


def words(header: str) -> str:
    """As `comparable`, with camelCase taken apart: `priceCurrency` is `price currency`."""
    return comparable(_CAMEL.sub(" ", header))


def currency_in(header: str) -> str:
    """The currency that a header names, as in `Price (CAD)`, `price_usd`, `Preis €`; "" if it names none."""
    codes = set(re.findall(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])", header)) if not header.isupper() else set()
    named = codes & MINOR_DIGITS.keys() | ({"EUR"} if "€" in header else set())
    named |= {word.upper() for word in words(header).split() if word in _TRADED}
    return named.pop() if len(named) == 1 else ""


def duplicates(header: Sequence[str]) -> list[str]:
    """The names that stand over more than one column. Blank names do not count: such columns are not read."""
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for name in header:
        key = " ".join(name.casefold().split())
        if key and key in seen:
            twice[name.strip()] = None
        seen.add(key)
    return list(twice)


def bind(header: Sequence[str], aliases: Aliases) -> dict[str, str]:
    """Canonical field -> the header that stands for it in this file; fields without a column are absent."""
    by_name: dict[str, str] = {}
    for name in header:
        by_name.setdefault(comparable(name), name)
    bound = {}
    for field, names in aliases.items():
        for name in names:
            if name in by_name:
                bound[field] = by_name[name]
                break
    return bound


class Columns:
    """Where each field stands in a row. Rows are given with one blank cell behind the last, which is where the fields
    without a column point: `cells[columns["sku"]]` is always right."""

    def __init__(self, header: Sequence[str], mapping: Mapping[str, str]) -> None:
        position = {name: index for index, name in enumerate(header)}
        self._at = {field: position[name] for field, name in mapping.items()}
        self._names = (*header, "")
        self.width = len(header)

    def __getitem__(self, field: str) -> int:
        return self._at.get(field, self.width)

    def __contains__(self, field: str) -> bool:
        return field in self._at

    def name(self, index: int) -> str:
        """The header over a column, for reports."""
        return self._names[index]
