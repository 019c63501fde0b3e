"""Changes the number in a price text and leaves everything else about it: sign, code, separators, digits, decimal places."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

_SPACES = "\u0020\u00a0\u2009\u202f"
_MARKS = ".,'\u2019\u066b\u066c" + _SPACES
_NUMBER = re.compile(rf"\d(?:[\d{re.escape(_MARKS)}]*\d)?")
_ARABIC_DECIMAL = "\u066b"
LARGEST_DROP = 45
"""Percent. Whole numbers as small as 2 can only fall by more than a sale would; they are left alone."""


@dataclass(frozen=True, slots=True)
class Number:
    """`units` counts in the last decimal place. `groups` are the lengths of the digit groups after the first."""

    units: int
    places: int
    decimal_mark: str
    group_mark: str
    groups: tuple[int, ...]
    zero: str


def changed(text: str, percent: int, decimal_style: str, more_places: int = 0) -> str | None:
    """`text` with its price moved by `percent` (negative: down), rounded half up to the decimal places that it shows. A whole
    number too small to move by about that much gets `more_places`.

    None when the text does not hold exactly one price that can move that way: empty, words, several numbers, negative, zero.
    """
    found = list(_NUMBER.finditer(text))
    if len(found) != 1 or text[: found[0].start()].rstrip().endswith(("-", "\u2212", "(")):
        return None
    number = parse(found[0][0], decimal_style)
    if number is None:
        return None
    moved = _moved(number, percent)
    if moved is None and number.places == 0 and more_places:
        units = number.units * 10**more_places
        moved = _moved(replace(number, units=units, places=more_places, decimal_mark=decimal_style), percent)
    if moved is None:
        return None
    return text[: found[0].start()] + _written(moved) + text[found[0].end() :]


def _moved(number: Number, percent: int) -> Number | None:
    units = (number.units * (100 + percent) * 2 + 100) // 200
    fallen = number.units - units
    if units <= 0 or fallen * percent >= 0 or fallen * 100 > LARGEST_DROP * number.units:
        return None
    return replace(number, units=units)


def parse(text: str, decimal_style: str) -> Number | None:
    """The number that `text` (digits and marks, a digit at either end) shows. `decimal_style` decides what a lone mark is."""
    marks = [character for character in text if not character.isdecimal()]
    decimal_mark = _decimal_mark(text, marks, decimal_style)
    whole, _, fraction = text.rpartition(decimal_mark) if decimal_mark else (text, "", "")
    group_marks = {character for character in whole if not character.isdecimal()}
    if len(group_marks) > 1:
        return None
    group_mark = group_marks.pop() if group_marks else ""
    first, *groups = whole.split(group_mark) if group_mark else [whole]
    sizes = tuple(len(group) for group in groups)
    if groups and not (1 <= len(first) <= 3 and sizes[-1] == 3 and set(sizes) <= {2, 3}):
        return None
    digits = "".join(str(unicodedata.digit(character)) for character in (*first, *"".join(groups), *fraction))
    zero = chr(ord(text[0]) - unicodedata.digit(text[0]))
    return Number(int(digits), len(fraction), decimal_mark, group_mark, sizes, zero)


def _decimal_mark(text: str, marks: list[str], decimal_style: str) -> str:
    if not marks or marks[-1] not in (".", ",", _ARABIC_DECIMAL) or marks.count(marks[-1]) > 1:
        return ""
    last = marks[-1]
    lone = len(set(marks)) == 1
    thousands = lone and last != decimal_style and len(text.rpartition(last)[2]) == 3
    return "" if thousands and last != _ARABIC_DECIMAL else last


def _written(number: Number) -> str:
    digits = str(number.units).rjust(number.places + 1, "0")
    whole, fraction = digits[: len(digits) - number.places], digits[len(digits) - number.places :]
    pieces = [fraction] if number.places else []
    text = number.decimal_mark.join([_grouped(number, whole), *pieces])
    return "".join(chr(ord(number.zero) + int(d)) if d.isascii() and d.isdigit() else d for d in text)


def _grouped(number: Number, whole: str) -> str:
    if not number.group_mark:
        return whole
    # Two digits a group beyond the last three: the Indian way. It shows from the second group on.
    step = 2 if 2 in number.groups else 3
    head, tail = whole[:-3], [whole[-3:]]
    while head:
        head, tail = head[:-step], [head[-step:], *tail]
    return number.group_mark.join(tail)
