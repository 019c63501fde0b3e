"""Measures: a number, one blank, the unit's symbol (SI Brochure, 9th edition, 5.4.3).

Single letters are left alone: `5G` is a network, `32L` a length of trousers, `8W` a width of shoes. So are pounds written out: a
gift card has fifty of another kind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_SPELLINGS: Mapping[str, str] = {
    "mm": "mm millimeter millimeters millimetre millimetres",
    "cm": "cm cms centimeter centimeters centimetre centimetres",
    "m": "meter meters metre metres mtr mtrs",
    "in": "inch inches",
    "ft": "ft feet foot",
    "mg": "mg milligram milligrams",
    "g": "gm gms gram grams gramme grammes",
    "kg": "kg kgs kilo kilos kilogram kilograms",
    "oz": "oz ounce ounces",
    "lb": "lb lbs",
    "ml": "ml mls milliliter milliliters millilitre millilitres",
    "cl": "cl centiliter centiliters centilitre centilitres",
    "L": "liter liters litre litres ltr ltrs",
}
SYMBOLS: Mapping[str, str] = {word: symbol for symbol, words in _SPELLINGS.items() for word in words.split()}
_MEASURE = re.compile(r"([0-9]{1,9}(?:[.,][0-9]{1,6})?)\s*([A-Za-z]{2,11})\.?")


def measure(text: str) -> str:
    """`text` with its unit as a symbol if all of it is a number and a unit; else as it is."""
    found = _MEASURE.fullmatch(text)
    symbol = SYMBOLS.get(found[2].lower()) if found is not None else None
    return f"{found[1]} {symbol}" if found is not None and symbol is not None else text
