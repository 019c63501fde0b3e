"""The short form of a name, for keys and addresses. Brands and categories are the same when their slugs are."""

from __future__ import annotations

import unicodedata


def slug(name: str) -> str:
    """Lower-case letters and digits of any script, everything else a single `-`: `Crème & Co.` -> `creme-co`.

    Latin accents are dropped, other scripts' vowel signs are kept (without them Hindi is another word). "" for a name
    without a letter or digit.
    """
    folded = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(char if _belongs(char) else "-" for char in folded if not "\u0300" <= char <= "\u036f")
    return "-".join(part for part in unicodedata.normalize("NFC", kept).split("-") if part)


def _belongs(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char) in {"Mn", "Mc"}
