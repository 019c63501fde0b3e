"""Titles that shout, and how they would be said calmly. What might be an acronym, a size or a part number is left as it is."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from skuflow.quality.rules.normal.words import ACRONYMS, COMMON, SIZES, SMALL

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ROMAN = re.compile(r"[IVX]+")
_TOKEN = re.compile(r"\S+")
_LONG = 4
"""Letters of a word that counts towards shouting: shorter ones are sizes and acronyms as often as not."""


def is_shouting(text: str) -> bool:
    """Whether `text` is in capitals throughout and long enough for that to be no acronym: two words of four letters or more that
    are no known acronyms."""
    if text != text.upper() or text == text.lower():
        return False
    long = (word for word in _WORD.findall(text) if len(word) >= _LONG and word not in ACRONYMS)
    return sum(1 for _ in long) > 1


@dataclass(frozen=True, slots=True)
class Calmed:
    """`certain`: every word that was changed, or could have been, is known to be a word."""

    text: str
    certain: bool


def calmed(text: str, known: Collection[str] = (), kept: Collection[str] = ()) -> Calmed:
    """`text` with capitals at the beginnings of words only. `known` are words, case folded, that are known to be no acronyms (they
    stand elsewhere in small letters); `kept` stay as they are written there (brands, a client's acronyms)."""
    if not is_shouting(text):
        return Calmed(text, True)
    written = {word.casefold(): word for phrase in kept for word in _TOKEN.findall(phrase)}
    words = frozenset(known)
    parts: list[str] = []
    certain, at = True, 0
    for found in _TOKEN.finditer(text):
        token = found[0]
        said = written.get(token.casefold()) or _said(token, words, first=not parts)
        certain = certain and (said is not None)
        parts += [text[at : found.start()], said or _guess(token)]
        at = found.end()
    return Calmed("".join([*parts, text[at:]]), certain)


def _said(token: str, known: Collection[str], *, first: bool) -> str | None:
    """How `token` is said for certain; None if nobody knows."""
    if any(char.isdigit() for char in token):
        return token
    words = _WORD.findall(token)
    if not all(_is_settled(word) or _is_word(word, known) for word in words):
        return None
    return _WORD.sub(lambda found: _calm(found[0], first=first), token)


def _is_settled(word: str) -> bool:
    """Whether `word` stays in capitals whatever the others do."""
    return len(word) == 1 or word in SIZES or word in ACRONYMS or bool(_ROMAN.fullmatch(word))


def _is_word(word: str, known: Collection[str]) -> bool:
    folded = word.casefold()
    return word.lower().upper() == word and (folded in COMMON or folded in SMALL or folded in known)


def _calm(word: str, *, first: bool) -> str:
    if _is_settled(word):
        return word
    if word.casefold() in SMALL and not first:
        return word.lower()
    return word[0] + word[1:].lower()


def _guess(token: str) -> str:
    """What `token` may be: long words that can be spoken are words."""
    speakable = len(token) >= _LONG and any(vowel in token for vowel in "AEIOUYÀÂÄÉÈÊËÎÏÖÔÛÜÙÁÍÓÚ")
    return _WORD.sub(lambda found: _calm(found[0], first=True), token) if speakable and token.isalpha() else token
