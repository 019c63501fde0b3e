"""HTML as the text that people read."""

from __future__ import annotations

import html
import re
from functools import lru_cache

from skuflow.quality.rules.normal.whitespace import tidy

_BLOCKS = (
    "address article aside blockquote br caption center dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr legend li main nav ol option p pre section summary table tbody td tfoot th thead tr ul"
)
_UNREAD = "script style template noscript iframe object embed head title"
_TAG = re.compile(r"</?[a-z0-9]+>")
_ANY_TAG = re.compile(r"<[^<>]*>")

MOST_TAGS = 5000
"""A parser of HTML takes time with the square of the depth of what it reads; nobody's description has so many tags."""


@lru_cache(maxsize=32)
def plain_text(markup: str) -> str:
    """`markup` without tags, entities resolved, on one line, as a browser understands it: a `<` that begins no tag stays."""
    if "<" not in markup and "&" not in markup:
        return tidy(markup)
    if markup.count("<") > MOST_TAGS:
        return tidy(html.unescape(_ANY_TAG.sub(" ", markup)))
    import nh3  # only the functions that look into descriptions have it, and only when one with tags comes

    unread = set(_UNREAD.split())
    blocks = nh3.clean(markup, tags=set(_BLOCKS.split()), attributes={}, clean_content_tags=unread, link_rel=None)
    return tidy(html.unescape(_TAG.sub(" ", blocks)))
