"""Texts of strangers, made fit to be looked at: secrets and what tells who a person is are covered.

What a field is called decides first; then what its text looks like. That errs on the side of covering too much, and cannot know
everything: a name in the middle of a sentence stays.
"""

from __future__ import annotations

import json
import re
from typing import Any

COVERED = "***"

_CONFIDENTIAL = "token|secret|passw|authorization|signature|hmac|api_?key|credential|cookie|session|sealed"
_PERSON = (
    "e_?mail|phone|address|street|city|zip|postal|postcode|province|latitude|longitude|customer|shipping|billing|"
    "first_?name|last_?name|full_?name|recipient|buyer|note|birth|ip$|browser|iban|card|company"
)
_NAMES = re.compile(f"(?:{_CONFIDENTIAL}|{_PERSON})", re.IGNORECASE)
_PATTERNS = (
    re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"\b(?:sk|pk|rk|whsec)_[\w-]{8,}|\bshp(?:at|ca|pa|ss|ua|rt)_[\w-]{8,}|\bAKIA[0-9A-Z]{12,}"),
    re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"),
    re.compile(r"(?i)\b(?:bearer|basic)\s+[\w.~+/=-]{8,}"),
    re.compile(r"(?<![\w.-])\+\d[\d ()-]{7,}\d"),
    re.compile(r"(?<![\w-])(?:\d{4}[ -]){3}\d{1,7}(?![\w-])"),
    re.compile(r"(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w.-])"),
)
_LONGEST_SHOWN = 4_000
_BINARY = re.compile(r"[A-Za-z0-9+/]{200,}={0,2}")


def masked(text: str) -> str:
    """`text` with what is nobody's business covered: as JSON if it is that, and JSON inside of JSON too."""
    document = _parsed(text)
    if document is None:
        return _plain(text)
    return json.dumps(_covered(document), ensure_ascii=False, separators=(",", ":"))


def _covered(value: Any, name: str = "") -> Any:
    if name and _NAMES.search(name) and value not in (None, "", True, False):
        return COVERED
    if isinstance(value, dict):
        return {key: _covered(each, str(key)) for key, each in value.items()}
    if isinstance(value, list):
        return [_covered(each) for each in value]
    if isinstance(value, str):
        inner = _parsed(value)
        return _plain(value) if inner is None else masked(value)
    return value


def _parsed(text: str) -> Any:
    """The object or list that `text` is as JSON; None if it is none."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _plain(text: str) -> str:
    if _BINARY.fullmatch(text):
        return f"{COVERED} ({len(text)} characters of base64)"
    for pattern in _PATTERNS:
        text = pattern.sub(COVERED, text)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}… ({len(text)} characters)"
