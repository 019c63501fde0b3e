"""Counts, weights, flags and product codes."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from skuflow.sync.reading.outcome import BadCell

_WHOLE = re.compile(r"([+-]?\d{1,9})(?:([.,])(0+))?", re.ASCII)
_GROUPED = re.compile(r"(-?\d{1,3}(?:([., ']))\d{3}(?:\2\d{3})*)(?:[.,](0+))?", re.ASCII)
_WEIGHT = re.compile(r"(\d{1,9})(?:[.,](\d{1,6}))?\s*([^\W\d]*)\.?")
_GRAMS = {
    "g": Decimal(1), "gr": Decimal(1), "gram": Decimal(1), "grams": Decimal(1), "gramm": Decimal(1),
    "kg": Decimal(1000), "kgs": Decimal(1000), "kilo": Decimal(1000), "kilogram": Decimal(1000), "kilograms": Decimal(1000),
    "mg": Decimal("0.001"), "oz": Decimal("28.349523125"), "ounce": Decimal("28.349523125"),
    "ounces": Decimal("28.349523125"), "lb": Decimal("453.59237"), "lbs": Decimal("453.59237"),
    "pound": Decimal("453.59237"), "pounds": Decimal("453.59237"),
}  # fmt: skip
"""Grams per unit; the avoirdupois pound is exactly 0.45359237 kg (international yard and pound agreement, 1959)."""

_YES = {"true", "yes", "y", "1", "on", "oui", "ja", "si", "sí", "sim", "wahr", "vrai", "continue", "x"}
_NO = {"false", "no", "n", "0", "off", "non", "nein", "falsch", "faux", "não", "deny", "-1"}
_FLAGS: dict[str, bool | None] = {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False), "": None}
_ABSENT_CODES = {"n/a", "na", "none", "null", "-", "0", "does not apply", "doesnotapply", "not applicable", "no gtin"}
_GTIN_LENGTHS = frozenset((8, 12, 13, 14))
_SCIENTIFIC = re.compile(r"\d+(?:[.,]\d+)?[eE]\+?\d+")


def quantity_of(cell: str, style: str) -> int | None:
    """A count of pieces; None if blank. Negative is allowed: oversold. `style` is the file's decimal separator.

    Raises BadCell for anything but one whole number.
    """
    if cell.isdigit() and cell.isascii() and len(cell) < 10:
        return int(cell)
    text = unicodedata.normalize("NFKC", cell).replace("−", "-").replace("’", "'").strip()
    if not text:
        return None
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
    plain = _WHOLE.fullmatch(text)
    if plain and (plain[2] == style or len(plain[3] or "") != 3):
        return int(plain[1])
    grouped = _GROUPED.fullmatch(text)
    if grouped and len(text) < 16 and grouped[2] != style:
        return int(re.sub(r"[., ']", "", grouped[1]))
    raise BadCell(
        "not a whole number of pieces",
        "give a whole number such as 12, or leave the cell blank if stock is not counted",
    )


def weight_of(cell: str, unit: str) -> int | None:
    """Whole grams, rounded half up; None if blank. `unit` is the column's, for cells that name none ("" if it names none either).

    Raises BadCell for a negative or unreadable weight and for one without a unit.
    """
    if unit == "g" and cell.isdigit() and cell.isascii() and len(cell) < 10:
        return int(cell)
    text = unicodedata.normalize("NFKC", cell).strip().casefold()
    if not text:
        return None
    match = _WEIGHT.fullmatch(text)
    factor = _GRAMS.get(match[3] or unit) if match else None
    if match is None or factor is None or ("," in text and len(match[2]) == 3 and factor <= 1):
        raise BadCell(
            "not a weight", "give a number in the unit of the column, such as 0.25, or with its unit, such as 250 g"
        )
    grams = Decimal(f"{match[1]}.{match[2] or 0}") * factor
    return int(grams + Decimal("0.5"))


def flag_of(cell: str) -> bool | None:
    """Yes or no in the words that exports use; None if blank or anything else."""
    if cell in _FLAGS:
        return _FLAGS[cell]
    return _FLAGS.get(cell.strip().casefold())


def gtin_of(cell: str) -> str | None:
    """A GTIN-8, -12, -13 or -14 with a right check digit; None if blank or a word for "none".

    Raises BadCell otherwise: a code with a wrong digit is another product's, or nobody's.
    """
    if (
        cell.isdigit()
        and len(cell) in _GTIN_LENGTHS
        and cell.isascii()
        and _check_digit_right(cell)
        and cell.strip("0")
    ):
        return cell
    text = re.sub(r"[\s\-\u200b]", "", cell).strip("'\"=")
    if not text or text.casefold() in _ABSENT_CODES or cell.strip().casefold() in _ABSENT_CODES or not text.strip("0"):
        return None
    if _SCIENTIFIC.fullmatch(text):
        raise BadCell(
            "a spreadsheet turned the barcode into a rounded number; its last digits are lost",
            "format the column as text before you paste the barcodes, and save again",
        )
    if text.endswith(".0"):
        text = text[:-2]
    if not (text.isascii() and text.isdigit()) or len(text) not in _GTIN_LENGTHS:
        hint = "give 8, 12, 13 or 14 digits"
        if text.isdigit() and len(text) in {7, 10, 11}:
            hint += "; a leading zero may have been lost: format the column as text"
        raise BadCell("not a GTIN (UPC, EAN, ISBN-13)", hint)
    if not _check_digit_right(text):
        raise BadCell("the check digit of the GTIN is wrong", "compare it with the barcode on the product")
    return text


def _check_digit_right(digits: str) -> bool:
    """GS1 General Specifications, 7.9: weights 3 and 1 alternate from the right, the sum is a multiple of ten."""
    return (sum(map(int, digits[::-2])) + 3 * sum(map(int, digits[-2::-2]))) % 10 == 0
