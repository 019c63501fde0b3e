"""Codes that others gave to goods, and the check digits that catch a mistyped one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from skuflow.catalog.model import Product

Kind = Literal["sku", "gtin", "mpn", "asin"]

_SEPARATORS = re.compile(r"[\s-]+")
_ASIN = re.compile(r"B[0-9A-Z]{9}")
_ISBN10 = re.compile(r"[0-9]{9}[0-9X]")
_GTIN_LENGTHS = (8, 12, 13, 14)

MAX_SKU = 255
MAX_MPN = 70
"""Google Merchant product data specification, `mpn`."""


def gtin(text: str) -> str:
    """`text` as a GTIN-8, -12, -13 or -14, separators removed. Raises ValueError that says what is wrong.

    Check digit: GS1 General Specifications 7.9, weights 3 and 1 from the right, modulo 10.
    """
    digits = _SEPARATORS.sub("", text)
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in _GTIN_LENGTHS:
        raise ValueError("is not a GTIN: it has 8, 12, 13 or 14 digits")
    if not int(digits):
        raise ValueError("is not a GTIN: it is all zeros")
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    if total % 10:
        raise ValueError("is not a GTIN: its check digit does not match")
    return digits


def asin(text: str) -> str:
    """`text` as an ASIN in capitals: `B` and nine letters or digits, or (books) an ISBN-10. Raises ValueError.

    ISBN-10 check digit: ISO 2108, weights 10 to 1, modulo 11, X for ten.
    """
    code = _SEPARATORS.sub("", text).upper()
    if _ASIN.fullmatch(code):
        return code
    if not _ISBN10.fullmatch(code):
        raise ValueError("is not an ASIN: it is `B` and nine letters or digits, or an ISBN-10")
    total = sum(
        (10 if digit == "X" else int(digit)) * weight for digit, weight in zip(code, range(10, 0, -1), strict=True)
    )
    if total % 11:
        raise ValueError("is not an ISBN-10: its check digit does not match")
    return code


def mpn(text: str) -> str:
    """`text` as a manufacturer's part number: 1 to 70 printable characters, at least one letter or digit. Raises ValueError."""
    code = text.strip()
    if not 1 <= len(code) <= MAX_MPN or not code.isprintable() or not any(char.isalnum() for char in code):
        raise ValueError(f"is not a part number: it has 1 to {MAX_MPN} characters, one of them a letter or digit")
    return code


def sku(text: str) -> str:
    """`text` as an SKU: 1 to 255 printable characters. Raises ValueError."""
    code = text.strip()
    if not 1 <= len(code) <= MAX_SKU or not code.isprintable():
        raise ValueError(f"is not an SKU: it has 1 to {MAX_SKU} characters, none of them a control character")
    return code


def look_up_value(kind: Kind, code: str) -> str:
    """The form in which `code` is looked up: the same goods have one GTIN, whether written with 12 or with 14 digits."""
    plain = _SEPARATORS.sub("", code) if kind in ("gtin", "asin") else code.strip()
    return plain.zfill(14) if kind == "gtin" else plain.upper() if kind == "asin" else plain


def codes_of(product: Product | None) -> frozenset[tuple[Kind, str]]:
    """All codes by which the product (None: no product) can be found, in the form for look-up."""
    return frozenset(_codes(product)) if product is not None else frozenset()


def _codes(product: Product) -> Iterator[tuple[Kind, str]]:
    for variant in product.variants:
        if variant.sku:
            yield "sku", look_up_value("sku", variant.sku)
        if variant.gtin:
            yield "gtin", look_up_value("gtin", variant.gtin)
        if variant.mpn:
            yield "mpn", look_up_value("mpn", variant.mpn)
    if product.external_ids.get("asin"):
        yield "asin", look_up_value("asin", product.external_ids["asin"])
