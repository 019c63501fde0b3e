"""HTML where plain text belongs, and HTML that carries nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from skuflow.quality.rules.normal.plain import MOST_TAGS, plain_text

_TAGS = "a|abbr|b|big|br|center|del|div|em|font|h[1-6]|hr|i|img|ins|li|ol|p|s|small|span|strike|strong|sub|sup|table|td|th|tr|u|ul"
_TAG_IN_TEXT = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>", re.I)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}[0-9]{0,2});", re.I)

_KEPT_TAGS = (
    "a abbr b blockquote br caption center code col colgroup dd del details div dl dt em figcaption figure h1 h2 "
    "h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s small strike strong sub summary sup table tbody td tfoot "
    "th thead tr u ul"
)
_KEPT_ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
    "col": {"span"},
}
_DROPPED_WITH_CONTENT = {"script", "style", "iframe", "object", "embed", "noscript", "template"}

_EMPTY = re.compile(
    r"<(p|div|ul|ol|h[1-6]|b|i|em|strong|u|span|font|small|center)(?:\s[^<>]*)?>((?:\s|&nbsp;|\u00a0)*)</\1>", re.I
)
_BREAKS = re.compile(r"(?:<br\s*/?>\s*){3,}", re.I)
_BLANKS = re.compile(r"(?:&nbsp;|\u00a0)(?:&nbsp;|[\u00a0 ])*")
_TWO_BLANKS = re.compile(r"(?:&nbsp;|\u00a0) *(?:&nbsp;|\u00a0)")
_ESCAPED = re.compile(r"&lt;/?(?:p|div|br|span|strong|ul|li|b|h[1-6]|table|font)\b", re.I)
_JUNK: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("scripts or embedded pages", re.compile(r"<(?:script|style|iframe|object|embed)\b", re.I)),
    ("event handlers", re.compile(r"<[a-z][^<>]*\son[a-z]{3,20}\s*=", re.I)),
    ("comments", re.compile(r"<!--")),
    ("remains of an office program", re.compile(r"</?[a-z]{1,3}:[a-z]|\bmso-|class=[\"']?Mso", re.I)),
    ("styles of its own", re.compile(r"<[a-z][^<>]*\s(?:style|class|bgcolor|face)\s*=|</?font\b", re.I)),
    ("wrappers that say nothing", re.compile(r"</?span\b", re.I)),
    ("empty elements", _EMPTY),
    ("line breaks instead of paragraphs", _BREAKS),
    ("runs of non-breaking spaces", _TWO_BLANKS),
    ("tags that are shown as text", _ESCAPED),
)
_MOST_ROUNDS = 20


def in_text(text: str) -> str:
    """What of HTML stands in a plain `text`: the first tag or entity; "" if none."""
    found = _TAG_IN_TEXT.search(text) or _ENTITY.search(text)
    return found[0] if found is not None and (found[0][0] == "<" or html.unescape(found[0]) != found[0]) else ""


def as_text(text: str) -> str:
    """A plain `text` without tags, entities resolved. Left as it is where that would bring `<` or `>` into it: who shows it
    without escaping would show a tag."""
    new, before = text, None
    while new != before and in_text(new):
        before, new = new, _ENTITY.sub(lambda found: html.unescape(found[0]), _TAG_IN_TEXT.sub(" ", new))
    if in_text(new) or any(new.count(mark) > text.count(mark) for mark in "<>"):
        return text
    return new


def junk_in(markup: str) -> tuple[str, ...]:
    """What there is in `markup` that readers never see, or see as noise."""
    if "<" not in markup and "&" not in markup:
        return ()
    return tuple(name for name, pattern in _JUNK if pattern.search(markup))


def clean(markup: str) -> str:
    """`markup` without junk (nh3, with fewer elements and attributes than are allowed to be shown). Left as it is if it has none,
    or if cleaning it would change what people read, or would never end."""
    return _settled(_less_junk, markup) or markup


def _less_junk(markup: str) -> str:
    junk = junk_in(markup)
    if not junk or markup.count("<") > MOST_TAGS:
        return markup
    escaped = _ESCAPED.search(markup) is not None and not _TAG_IN_TEXT.search(markup)
    source = html.unescape(markup) if escaped else markup
    new = _settled(_once, source)
    if new is None or (not escaped and plain_text(new) != plain_text(source)):
        return markup
    return new if set(junk_in(new)) < set(junk) else markup


def _settled(step: Callable[[str], str], markup: str) -> str | None:
    """`markup` after so many steps that another changes nothing; None if it never comes to rest."""
    for _ in range(_MOST_ROUNDS):
        new = step(markup)
        if new == markup:
            return new
        markup = new
    return None


def _once(markup: str) -> str:
    import nh3  # only the functions that look into descriptions have it, and only when one with tags comes

    safe = nh3.clean(
        markup,
        tags=set(_KEPT_TAGS.split()),
        attributes={**_KEPT_ATTRIBUTES},
        clean_content_tags=_DROPPED_WITH_CONTENT,
        link_rel="noopener noreferrer",
    )
    bare = _EMPTY.sub(lambda found: " " if found[2] else "", safe)
    spaced = _BLANKS.sub(lambda found: " " if _TWO_BLANKS.search(found[0]) else found[0], bare)
    return _BREAKS.sub("<br><br>", spaced).strip()
