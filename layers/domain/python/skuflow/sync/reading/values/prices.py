"""Price cells: strict. A text that could mean two amounts is refused; it is never a guess that is wrong a hundredfold.

Rules for one separator (`,` or `.`) in a number:
- followed by one, two or more than three digits it is the decimal separator, for thousands come in threes;
- followed by exactly three digits it is the thousands separator, unless the file writes its decimals with it; then it is
  refused in a two-decimal currency (12.500: twelve and a half, or twelve thousand five hundred?) and read as decimals in a
  three-decimal one. A leading zero or four digits in front (0.990, 1299.000) leave only the decimal reading.
Thousands may be grouped by comma, dot, space or apostrophe, and the Indian way (1,29,900).
"""

from __future__ import annotations

import re
import unicodedata

from skuflow.kernel.currency import minor_digits
from skuflow.sync.reading.outcome import BadCell
from skuflow.sync.reading.values.currency_signs import currency_of

Amount = tuple[int, str]
"""Minor units and the ISO 4217 code."""

HINT = "give a plain number, such as 12.50, or one with its currency, such as 12.50 CAD"
_PLAIN = re.compile(r"\d{1,12}(?:\.\d\d?)?", re.ASCII)
_NUMBER = re.compile(r"(?<!\d)(?:\d[\d.,' ]*\d|\d|(?<![\w.,])[.,]\d+)(?!\d)", re.ASCII)
_SINGLE = re.compile(r"(\d*)([.,])(\d+)", re.ASCII)
_SPACED = re.compile(r"(\d{1,3}([ '])\d{3}(?:\2\d{3})*)(?:[.,](\d+))?", re.ASCII)
_COMMAS = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3})(?:\.(\d+))?", re.ASCII)
_DOTS = re.compile(r"(\d{1,3}(?:\.\d{3})+)(?:,(\d+))?", re.ASCII)
_NO_CENTS = re.compile(r"[.,][-—]{1,2}")
_FREE = {"free", "gratis", "gratuit", "kostenlos", "free of charge", "muft", "मुफ्त"}
_ALIKE = str.maketrans({"−": "-", "–": "-", "’": "'", "`": "'", "´": "'", "٫": ".", "٬": ",", "،": ","})
_CACHE = 50_000
_MAX_WHOLE = 12


class PriceReader:
    """Reads the price cells of one file. Remembers what it has read: catalogues repeat their prices."""

    def __init__(self, style: str, *, sure: bool, currency: str) -> None:
        """`style` is the file's decimal separator, `sure` whether the file showed it; `currency` is meant where none is named."""
        self._style = style
        self._sure = sure
        self._currency = currency
        self._plain = minor_digits(currency) == 2
        self._seen: dict[str, Amount] = {}

    def read(self, cell: str, currency: str = "") -> Amount | None:
        """The amount in a cell; None if it is blank. `currency` is the row's own. Raises BadCell."""
        if currency and currency != self._currency:
            return self._parse(cell, currency) if cell.strip() else None
        known = self._seen.get(cell)
        if known is not None:
            return known
        if self._plain and _PLAIN.fullmatch(cell):
            whole, _, cents = cell.partition(".")
            amount = (int(whole) * 100 + int((cents + "00")[:2]), self._currency)
        elif not cell.strip():
            return None
        else:
            amount = self._parse(cell, self._currency)
        if len(self._seen) >= _CACHE:
            self._seen.clear()
        self._seen[cell] = amount
        return amount

    def _parse(self, cell: str, default: str) -> Amount:
        before, number, after = dissect(cell)
        currency = currency_of([token for token in (before, after) if token], default)
        digits = minor_digits(currency)
        whole, decimals = self._split(number, digits)
        if len(whole) > _MAX_WHOLE:
            raise BadCell("the amount is larger than any price", HINT)
        if len(decimals.rstrip("0")) > digits:
            raise BadCell(f"{number} has more decimals than {currency} has", f"give at most {digits} decimals")
        return int(whole or "0") * 10**digits + int(decimals[:digits].ljust(digits, "0") or "0"), currency

    def _split(self, number: str, digits: int) -> tuple[str, str]:
        """The digits before and behind the decimal separator."""
        if number.isdigit():
            return number.lstrip("0"), ""
        if single := _SINGLE.fullmatch(number):
            whole, separator, rest = single.groups()
            return (whole, rest) if self._is_decimal(whole, separator, rest, digits) else (whole + rest, "")
        for pattern in (_SPACED, _COMMAS, _DOTS):
            if grouped := pattern.fullmatch(number):
                return re.sub(r"\D", "", grouped[1]), grouped[grouped.re.groups] or ""
        raise BadCell(f"{number!r} is not one number", HINT)

    def _is_decimal(self, whole: str, separator: str, rest: str, digits: int) -> bool:
        if len(rest) != 3 or no_thousands(whole):
            return True
        if digits == 3 and self._sure:
            return separator == self._style
        if digits == 3 or separator == self._style:
            plain = whole + rest
            fraction = rest[:2] if digits < 3 else f"{rest}0"  # a fourth decimal leaves only one reading
            raise BadCell(
                f"{whole}{separator}{rest} can mean {plain} or {whole} and a fraction",
                f"write {plain} or {whole}.{fraction} without a thousands separator",
            )
        return False


def no_thousands(whole: str) -> bool:
    """Whether the digits in front of a separator cannot be thousands: none, more than three, or a leading zero."""
    return len(whole) > 3 or whole.startswith("0") or not whole


def dissect(cell: str) -> tuple[str, str, str]:
    """What stands before the number, the number, what stands behind it; digits and signs of every script as ASCII.

    Raises BadCell for anything that is not one non-negative number with at most a currency around it.
    """
    text = _ascii_digits(unicodedata.normalize("NFKC", cell).translate(_ALIKE)).strip()
    found = _NUMBER.search(text)
    if found is None:
        raise _not_a_number(text)
    before, number, after = text[: found.start()].strip(": "), found[0], text[found.end() :].strip()
    if no_cents := _NO_CENTS.match(after):
        number, after = f"{number}{after[0]}00", after[no_cents.end() :]
    elif after[:1] in {".", ","}:
        after = after[1:]
    after = after.strip("* ")  # a footnote mark
    if any(char.isdigit() for char in before + after) or "%" in after:
        raise BadCell("more than one number, or not a price", HINT)
    if "-" in (before[-1:], before[:1], after[:1]) or (before[:1] == "(" and after[-1:] == ")"):
        raise BadCell("a price cannot be negative", "write the price without the minus sign")
    return before, number, after


def _not_a_number(text: str) -> BadCell:
    if text.casefold() in _FREE:
        return BadCell("a word, not a price", "write 0 if it costs nothing")
    return BadCell("not a price", f"{HINT}; leave the cell blank if there is no price")


def _ascii_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
