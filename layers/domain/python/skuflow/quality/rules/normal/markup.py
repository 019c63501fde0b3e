"""HTML where plain text belongs, and HTML that carries nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from html.entities import html5

from skuflow.quality.rules.normal.plain import MOST_TAGS, plain_text

_TAGS = "a|abbr|b|big|br|center|del|div|em|font|h[1-6]|hr|i|img|ins|li|ol|p|s|small|span|strike|strong|sub|sup|table|td|th|tr|u|ul"
_TAG_IN_TEXT = re.compile(rf"<(/?)({_TAGS})(?:\s[^<>]*)?/?>", re.I)
_PARTING = frozenset(
    {"br", "center", "div", "hr", "li", "ol", "p", "table", "td", "th", "tr", "ul", *(f"h{n}" for n in range(1, 7))}
)
"""Tags that part words wherever they stand. Others, between two letters, may stand within a word: `so<b>ft</b>`, `new<b>boots`."""
_TELLING = frozenset({"del", "img", "ins", "s", "strike", "sub", "sup"})
"""Tags that say something which is lost with them: a price that no longer holds, 10³, a picture."""
_ALONE = frozenset({"br", "hr", "img"})
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}[0-9]{0,2});", re.I)

_KEPT_TAGS = (
    "a abbr acronym b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl dt em "
    "figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small strike strong sub "
    "summary sup table tbody td tfoot th thead tr u ul var wbr"
)
_KEPT_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"lang"},
    "bdo": {"dir"},
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
    entities = (one for one in _ENTITY.finditer(text) if _resolved(one) != one[0])
    return next((found[0] for found in (*_tags(text), *entities)), "")


def as_text(text: str) -> str:
    """A plain `text` without tags, entities resolved. Left as it is where something might be lost, or come into it that was never
    meant: tags that say something, tags within a word, characters that are none; `<` or `>`, which somebody who shows the text
    without escaping it would show as a tag; tags that were written out (`&lt;div&gt;`) and enclose nothing."""
    new, before, written_out = text, None, not _tags(text)
    while new != before and in_text(new):
        tags = _tags(new)
        if not all(_says_nothing(tag, new) for tag in tags) or (written_out and _unpaired(tags) - _ALONE):
            return text
        before, places = new, {tag.start() for tag in tags}
        new = _TAG_IN_TEXT.sub(lambda found, at=places: " " if found.start() in at else found[0], new)  # type: ignore[misc]
        new = _ENTITY.sub(_resolved, new)
    brought = any(new.count(mark) > text.count(mark) for mark in "<>\ufffd")
    return text if in_text(new) or brought else new


def _tags(text: str) -> list[re.Match[str]]:
    """Single capitals in angle brackets are sizes as often as not: `Shirt <S>`. They are tags if both ends are there."""
    found = list(_TAG_IN_TEXT.finditer(text))
    alone = _unpaired(found)
    return [tag for tag in found if len(tag[2]) > 1 or tag[2].islower() or tag[2].lower() not in alone]


def _unpaired(tags: Iterable[re.Match[str]]) -> set[str]:
    """The names of tags that only begin, or only end."""
    ends = {(tag[2].lower(), tag[1]) for tag in tags}
    return {name for name, _ in ends if len(ends & {(name, ""), (name, "/")}) == 1}


def _says_nothing(tag: re.Match[str], text: str) -> bool:
    """Whether a blank in its place is what everybody would read."""
    name = tag[2].lower()
    between = f"{text[max(0, tag.start() - 1) : tag.start()]}{text[tag.end() : tag.end() + 1]}"
    return name not in _TELLING and (name in _PARTING or len(between) < 2 or not between.isalnum())


def _resolved(entity: re.Match[str]) -> str:
    """The character that a whole entity stands for. `html.unescape` alone takes beginnings of names, too: `&regular;`."""
    known = entity[0][1] == "#" or entity[0][1:] in html5
    return html.unescape(entity[0]) if known else entity[0]


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
    escaped = _is_escaped(markup)
    source = html.unescape(markup) if escaped else markup
    new = _settled(_once, source)
    if new is None or (not escaped and plain_text(new) != plain_text(source)):
        return markup
    return new if set(junk_in(new)) < set(junk) else markup


def _is_escaped(markup: str) -> bool:
    """Whether all of it is HTML that was escaped once too often, and not a text about HTML."""
    bare = markup.strip()
    whole = bare.startswith("&lt;") and bare.endswith("&gt;") and _ESCAPED.search(bare) is not None
    return whole and not _TAG_IN_TEXT.search(bare)


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
