"""Descriptions that strangers wrote, made harmless, and as plain text."""

from __future__ import annotations

import html
import re

_BLOCK_END = re.compile(
    r"</(?:p|div|li|tr|h[1-6]|ul|ol|table|blockquote|pre|section|article)>|<br\s*/?>|<hr\s*/?>", re.I
)
_TAG = re.compile(r"<[^>]*>")
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")


def sanitised(text: str) -> str:
    """`text` as HTML that may be shown as it is: scripts, styles, handlers, forms and dangerous links are gone (nh3's allow
    list of elements and attributes), links get `rel="noopener noreferrer"`. Doing it again changes nothing."""
    if "<" not in text and "&" not in text and ">" not in text:
        return text.strip()
    import nh3  # only the functions that take in descriptions have it, and only when one comes

    return nh3.clean(text).strip()


def plain_text(markup: str) -> str:
    """Sanitised `markup` without tags: one line per block, entities resolved."""
    text = html.unescape(_TAG.sub("", _BLOCK_END.sub("\n", markup.replace("\n", " "))))
    return _LINES.sub("\n", _BLANKS.sub(" ", text)).strip()
