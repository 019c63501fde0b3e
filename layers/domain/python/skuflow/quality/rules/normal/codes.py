"""GTINs: the check digit, and what spreadsheets do to them."""

from __future__ import annotations

import re
from typing import Literal

_SEPARATORS = re.compile(r"[\s-]+")
LENGTHS = (8, 12, 13, 14)
_RESTRICTED = ("02", "04", "2", "05", "980", "981", "982", "983", "984", "99")

Flaw = Literal["digits", "length", "zeros", "check_digit"]


def flaw_of(code: str) -> Flaw | None:
    """What is wrong with `code` as a GTIN-8, -12, -13 or -14; blanks and hyphens do not count."""
    digits = _SEPARATORS.sub("", code)
    if not (digits.isascii() and digits.isdigit()):
        return "digits"
    if len(digits) not in LENGTHS:
        return "length"
    if not int(digits):
        return "zeros"
    return None if has_check_digit(digits) else "check_digit"


def has_check_digit(digits: str) -> bool:
    """GS1 General Specifications 7.9: weights 3 and 1 from the right, the sum a multiple of 10."""
    return not sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits))) % 10


def is_restricted(code: str) -> bool:
    """Whether the number is for use within a company or region, or for a coupon or refund receipt, and names no goods to others.
    Prefixes of the GTIN-13: GS1 prefix list, and Google Merchant Center, which refuses the same ones."""
    digits = _SEPARATORS.sub("", code)
    return len(digits) > 8 and digits.zfill(14)[1:].startswith(_RESTRICTED)


def padded(code: str) -> str:
    """`code` as it was before a spreadsheet took it for a number: a UPC-A that lost its leading zero has eleven digits. The zero
    comes back only if the check digit then holds. Separators go from a code that is sound without them. Anything else stays as it
    is."""
    digits = _SEPARATORS.sub("", code)
    if flaw_of(digits) is None:
        return digits
    if digits.isascii() and digits.isdigit() and len(digits) == 11 and flaw_of("0" + digits) is None:
        return "0" + digits
    return code


def gtin_key(code: str) -> str:
    """The form in which GTINs are compared: the same goods have one, written with 12 or with 14 digits."""
    return _SEPARATORS.sub("", code).zfill(14)
