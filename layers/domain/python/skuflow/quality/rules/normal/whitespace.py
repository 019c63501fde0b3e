"""Blanks as people see them: one between words, none at the ends, nothing invisible."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(r"[\u0000-\u0008\u000e-\u001b\u007f\u00ad\u200b\u2060\ufeff]+")
"""Control characters, soft hyphens, zero-width spaces, byte order marks. Joiners and direction marks stay: Indic scripts, Persian,
emoji and Hebrew need them."""
_BLANKS = re.compile(r"\s+")


def tidy(text: str) -> str:
    """`text` on one line, with single blanks, in Unicode's composed form (NFC)."""
    return unicodedata.normalize("NFC", _BLANKS.sub(" ", _INVISIBLE.sub("", text)).strip())


def key(text: str) -> str:
    """The form in which two texts are compared: tidy, in compatibility form (NFKC), case folded."""
    return tidy(unicodedata.normalize("NFKC", text)).casefold()
