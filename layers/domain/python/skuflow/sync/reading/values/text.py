"""Text cells: cleaning, formulas made harmless, lists and paths taken apart."""

from __future__ import annotations

import re
import unicodedata

_TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n")
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r\n]")
_PLAIN_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)*|[.,]\d+)")
_NOT_IN_HANDLE = re.compile(r"[^\w]+|_+")
_UNESCAPED_COMMA = re.compile(r"(?<!\\),")
_ADDRESS = re.compile(r"[Hh][Tt][Tt][Pp][Ss]?://\S{1,2040}")
_PATH_SEPARATORS = (">", "»", "|", " / ")


def neutralise(cell: str) -> str:
    """`cell` so that no spreadsheet takes it for a formula when the file is opened: an apostrophe before = + - @, tab and line
    ends, unless it is a plain number (OWASP, CSV injection). `undo_neutralise` gives exactly `cell` back."""
    if cell.startswith(_TRIGGERS):
        return cell if _PLAIN_NUMBER.fullmatch(cell) else "'" + cell
    return "'" + cell if _NEUTRALISED.match(cell) else cell


def undo_neutralise(cell: str) -> str:
    """The cell before `neutralise` (or before WooCommerce's export, which does the same)."""
    return cell[1:] if _NEUTRALISED.match(cell) else cell


def clean(cell: str) -> str:
    """The text of a cell, as a person meant it: outer blanks off, a neutralising apostrophe undone."""
    if cell.startswith("'"):
        cell = undo_neutralise(cell)
    return cell.strip()


def one_line(cell: str) -> str:
    """As `clean`, with every run of white space as one space: for titles and names."""
    if cell.startswith("'"):
        cell = undo_neutralise(cell)
    return " ".join(cell.split())


def handle_of(title: str) -> str:
    """The URL handle that Shopify derives from a title: lower case, words joined by hyphens, accents off."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", title) if not unicodedata.combining(char))
    return _NOT_IN_HANDLE.sub("-", plain.casefold()).strip("-")


def listed(cell: str, separator: str = ",") -> tuple[str, ...]:
    """The distinct, non-blank parts of a separated list, in order."""
    return tuple(dict.fromkeys(part for raw in cell.split(separator) if (part := one_line(raw))))


def listed_escaped(cell: str) -> tuple[str, ...]:
    """As `listed` for WooCommerce, which writes a comma that belongs to a value as a backslash and a comma."""
    if "\\" not in cell:
        return listed(cell)
    parts = (one_line(raw.replace("\\,", ",")) for raw in _UNESCAPED_COMMA.split(cell))
    return tuple(dict.fromkeys(part for part in parts if part))


def path_of(cell: str) -> tuple[str, ...]:
    """A category path from the root to the leaf, whichever of the usual separators it is written with."""
    for separator in _PATH_SEPARATORS:
        if separator in cell:
            return tuple(part for raw in cell.split(separator) if (part := one_line(raw)))
    name = one_line(cell)
    return (name,) if name else ()


def web_address(cell: str) -> str | None:
    """An http(s) address, or None if the cell is not one. An address without a scheme (`//cdn…`) gets https."""
    if _ADDRESS.fullmatch(cell):
        return cell
    url = clean(cell)
    if url.startswith("//"):
        url = "https:" + url
    return url if _ADDRESS.fullmatch(url) else None
