"""Texts that were read in the wrong encoding: `CafÃ©` for `Café`."""

from __future__ import annotations

import re

_LOST = "\ufffd"
_MISREAD = re.compile(
    "[\u00c2\u00c3\u00e2\u00ef][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
"""The beginnings of UTF-8 for Latin letters and punctuation, each byte read as windows-1252."""


def is_broken(text: str) -> bool:
    """Whether characters were lost, or there are some that reading it rightly would turn into others."""
    return _LOST in text or mended(text) != text


def mended(text: str) -> str:
    """`text` as it was before UTF-8 was read as windows-1252; as it is if that is not what happened, or cannot be undone."""
    if not _MISREAD.search(text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text
