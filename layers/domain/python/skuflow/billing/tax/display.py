"""How a rate may stand on a document.

Québec: GST and QST are shown apart, or their sum as an amount, never as one rate, and the QST's rate never short of a decimal:
9.97 %, 14.97 % and 14.975 % must not appear (Revenu Québec, Calculating the Taxes).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

FORBIDDEN = ("9.97", "14.97", "14.975")
"""Percentages, with a point or a comma."""

_PERCENTAGE = re.compile(r"(?<![\d.,])(\d+(?:[.,]\d+)?)\s*%")


def rate_text(rate: Decimal, *, decimal_mark: str = ".") -> str:
    """All decimals that count and no others: `5`, `9.975`, `0.25`."""
    return f"{rate.normalize():f}".replace(".", decimal_mark)


def forbidden_rates(texts: Iterable[str]) -> tuple[str, ...]:
    """The percentages in `texts` that a document for a buyer in Québec must not show, each once, as they stand there."""
    found = (match for text in texts for match in _PERCENTAGE.finditer(text))
    return tuple(dict.fromkeys(match[0] for match in found if match[1].replace(",", ".") in FORBIDDEN))
