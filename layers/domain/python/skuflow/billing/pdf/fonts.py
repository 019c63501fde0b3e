"""Which font draws what.

Latin, Greek and Cyrillic: Source Sans Pro (SIL Open Font License 1.1, from the package font-source-sans-pro), embedded as a subset.
Chinese, Japanese and Korean: the fonts that PDF readers bring for them; nothing is embedded, the text can be searched and copied.
All other scripts, and pictures, need shaping or fonts of megabytes each: they are written in Latin letters, character by character
(anyascii), and the document says that it did so. Nothing that has a shape is left out, or replaced by a sign that says
nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

REGULAR, SEMIBOLD, BOLD = "SourceSans", "SourceSans-Semibold", "SourceSans-Bold"
_FILES = {REGULAR: "Regular", SEMIBOLD: "Semibold", BOLD: "Bold"}
_JAPANESE, _CHINESE, _KOREAN = "HeiseiKakuGo-W5", "STSong-Light", "HYSMyeongJo-Medium"
_REPERTOIRES = {_JAPANESE: "cp932", _CHINESE: "gbk", _KOREAN: "cp949"}
"""Font of the readers -> the character set that it is made for."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
"""Categories of what has no shape: controls, marks of direction, halves of characters."""


@dataclass(frozen=True, slots=True)
class Run:
    """`text` in one `font`; "" stands for the one that the place has. `rewritten`: in Latin letters that are not its own."""

    text: str
    font: str = ""
    rewritten: bool = False


@dataclass(frozen=True, slots=True)
class Fonts:
    """`known`: what Source Sans draws. `order`: in which order the readers' fonts are asked for the rest."""

    known: frozenset[int]
    order: tuple[str, ...]

    def runs(self, text: str) -> Iterator[Run]:
        """`text` as it is drawn."""
        seen = [one for one in unicodedata.normalize("NFC", text) if one == "\n" or not _is_unseen(one)]
        for ours, group in groupby(seen, self._is_ours):
            stretch = "".join(group)
            if ours:
                yield Run("".join(one if one == "\n" or ord(one) in self.known else " " for one in stretch))
            else:
                yield from self._others(stretch)

    def _is_ours(self, one: str) -> bool:
        return ord(one) in self.known or one.isspace()

    def _others(self, stretch: str) -> Iterator[Run]:
        """In one font, if one has all of it."""
        for font in self.order:
            if _draws(font, stretch):
                yield Run(stretch, font)
                return
        for font, group in groupby(stretch, lambda one: next((font for font in self.order if _draws(font, one)), "")):
            text = "".join(group)
            yield Run(text, font) if font else Run(_in_latin_letters(text), rewritten=True)


def fonts_for(texts: Iterable[str]) -> Fonts:
    """The fonts for a document with `texts`: kana and hangul say whose form of the characters that are common to all is meant."""
    asked = frozenset(_script(one) for text in texts for one in text)
    order = sorted(_REPERTOIRES, key=lambda font: (font not in asked, font != _CHINESE))
    return Fonts(_registered(), tuple(order))


def _script(one: str) -> str:
    if "\u3040" <= one <= "\u30ff":
        return _JAPANESE
    return _KOREAN if "\uac00" <= one <= "\ud7a3" else ""


def _is_unseen(one: str) -> bool:
    return unicodedata.category(one) in _UNSEEN


def _draws(font: str, text: str) -> bool:
    try:
        text.encode(_REPERTOIRES[font])
    except UnicodeEncodeError:
        return False
    return max(text) <= "\uffff"


def _in_latin_letters(text: str) -> str:
    """What has no counterpart among them at all is named by its code point."""
    from anyascii import anyascii

    return anyascii(text) or "".join(f"[U+{ord(one):04X}]" for one in text)


@cache
def _registered() -> frozenset[int]:
    """Make the fonts known to reportlab. The code points that all cuts of Source Sans can draw."""
    import font_source_sans_pro
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFont

    for name in _REPERTOIRES:
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    files = Path(font_source_sans_pro.__file__).parent / "files"
    drawn: list[frozenset[int]] = []
    for name, file in _FILES.items():
        font = TTFont(name, str(files / f"SourceSansPro-{file}.ttf"))
        pdfmetrics.registerFont(font)
        drawn.append(frozenset(font.face.charToGlyph))
    return frozenset.intersection(*drawn)
