"""What can be wrong with a text, whatever field it is in. By name, as `Params.flaw` has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from skuflow.quality.rules.normal.colours import colour
from skuflow.quality.rules.normal.encoding import is_broken
from skuflow.quality.rules.normal.letter_case import is_shouting
from skuflow.quality.rules.normal.markup import as_text, in_text
from skuflow.quality.rules.normal.units import measure
from skuflow.quality.rules.normal.whitespace import key, tidy

_PLACEHOLDER_TEXTS = (
    "test|test product|sample|sample product|untitled|no title|unknown|n/a|na|none|null|nil|tbd|tba|todo|xxx|-|--|.|?|"
    "placeholder|product|new product|product name|product title|copy|dummy|default title|default|no brand|nobrand|"
    "unbranded|not available|undefined|nan|#n/a|#ref!|#name?|#value!|brand|vendor"
)
_PLACEHOLDERS = frozenset(_PLACEHOLDER_TEXTS.split("|"))
_LOREM = re.compile(r"\blorem ipsum\b", re.I)
_EXPONENT = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]{1,2}")


def _whitespace(text: str, _: Mapping[str, str]) -> str:
    return "has blanks at its ends, several in a row, or invisible characters" if tidy(text) != text else ""


def _shouting(text: str, _: Mapping[str, str]) -> str:
    """Entities and tags are no letters of it."""
    return "is written in capitals throughout" if is_shouting(as_text(text)) else ""


def _markup(text: str, _: Mapping[str, str]) -> str:
    found = in_text(text)
    return f"has HTML in it: {found[:40]}" if found else ""


def _placeholder(text: str, _: Mapping[str, str]) -> str:
    return "is a placeholder" if key(text) in _PLACEHOLDERS or _LOREM.search(text) else ""


def _encoding(text: str, _: Mapping[str, str]) -> str:
    return "has characters that were read in the wrong encoding" if is_broken(text) else ""


def _spreadsheet(text: str, _: Mapping[str, str]) -> str:
    return "was taken for a number by a spreadsheet, which cut it" if _EXPONENT.fullmatch(text) else ""


def _colour(text: str, colours: Mapping[str, str]) -> str:
    normal = colour(text, colours)
    return f"is usually written {normal!r}" if normal != text else ""


def _measure(text: str, _: Mapping[str, str]) -> str:
    normal = measure(text)
    return f"is usually written {normal!r}" if normal != text else ""


FLAWS: Mapping[str, Callable[[str, Mapping[str, str]], str]] = {
    "whitespace": _whitespace,
    "shouting": _shouting,
    "markup": _markup,
    "placeholder": _placeholder,
    "encoding": _encoding,
    "spreadsheet": _spreadsheet,
    "colour": _colour,
    "measure": _measure,
}
"""Each says what is wrong with a text, "" if nothing is. Their second argument is the client's names of colours."""
