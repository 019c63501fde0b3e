"""The small languages in BigCommerce's cells: a variant's options, and a rule's effect on a price."""

from __future__ import annotations

import re
from collections.abc import Callable

from skuflow.sync.reading.values.prices import Amount
from skuflow.sync.reading.values.text import one_line

Options = tuple[tuple[str, str], ...]

_LEGACY = re.compile(r"\[([A-Z]+)\]([^=]+)=(.*?)(?=,\s*\[[A-Z]+\]|$)", re.DOTALL)
_SWATCH = re.compile(r":(?:https?://\S+|#?[0-9A-Fa-f]{3,8}(?:[|,]\S+)?)$")
_RULE = re.compile(r"\[(ADD|REMOVE|FIXED)\]\s*(.+)")


def options_of(cell: str) -> Options:
    """(name, value) pairs of `[RT]Size=M,[CS]Color=Black:#000000` (legacy) or `Type=Dropdown|Name=Size|Value=M` (current)."""
    if cell.lstrip().startswith("["):
        pairs = [
            (name, _SWATCH.sub("", value) if kind.startswith("CS") else value)
            for kind, name, value in _LEGACY.findall(cell)
        ]
    else:
        parts = cell.split("|")
        names = [part[5:] for part in parts if part.startswith("Name=")]
        values = [part[6:] for part in parts if part.startswith("Value=")]
        pairs = list(zip(names, values, strict=False))
    cleaned = ((one_line(name), one_line(value)) for name, value in pairs)
    return tuple((name, value) for name, value in cleaned if name and value)


def matches(options: Options, wanted: Options) -> bool:
    """Whether a variant with `options` falls under a rule for `wanted`."""
    return bool(wanted) and set(wanted) <= set(options)


def ruled_price(price: Amount | None, rule: str, amount: Callable[[str], Amount | None]) -> Amount | None:
    """`price` after `[ADD]4`, `[REMOVE]4` or `[FIXED]25`; None if the rule is none of these or cannot be applied.

    `amount` reads the number in the rule. A price never falls below zero.
    """
    match = _RULE.fullmatch(rule.strip())
    change = amount(match[2]) if match else None
    if match is None or change is None:
        return None
    if match[1] == "FIXED":
        return change
    if price is None or price[1] != change[1]:
        return None
    minor = price[0] + (change[0] if match[1] == "ADD" else -change[0])
    return max(minor, 0), price[1]
