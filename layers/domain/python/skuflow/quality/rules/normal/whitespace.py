"""Blanks as people see them: one between words, none at the ends, nothing invisible."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000e-\u001b\u007f\u00ad\u2060\ufeff]+|(?<![\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])\u200b"
)
"""Control characters, soft hyphens, zero-width spaces, byte order marks. Joiners and direction marks stay: Indic scripts, Persian,
emoji and Hebrew need them; so do zero-width spaces in Thai, Lao, Burmese and Khmer, where they part words."""
_BLANKS = re.compile(r"\s+")
_HELD = re.compile(
    r"(?<=[^\s])[\u00a0\u202f](?=[:;!?»%€$£°](?:\s|$))|(?<=«)[\u00a0\u202f](?=\S)|(?<=[0-9])\u202f(?=[0-9]{3})"
    r"|(?<=[^\s\u0000-\u024f])\u3000(?=[^\s\u0000-\u024f])"
)
"""One blank that is meant as it is: before a French punctuation mark or unit and inside guillemets, between thousands, between
words in Chinese and Japanese."""


def tidy(text: str) -> str:
    """`text` on one line, with single blanks, in Unicode's composed form (NFC)."""
    seen = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).strip()
    held = {found.start() for found in _HELD.finditer(seen)}
    return _BLANKS.sub(lambda found: found[0] if found.start() in held else " ", seen)


def key(text: str) -> str:
    """The form in which two texts are compared: tidy, in compatibility form (NFKC), case folded."""
    return tidy(unicodedata.normalize("NFKC", text)).casefold()
