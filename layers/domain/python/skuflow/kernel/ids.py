"""Ids: random ones come in as an argument, derived ones are a digest of what they stand for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

NewId = Callable[[str], str]
"""Makes a fresh id with the given prefix, e.g. `new_id("imp")` -> `imp_0f3c…`."""


def derived_id(prefix: str, *parts: str) -> str:
    """The same parts always give the same id, so that a repeat or a twin meets the original instead of a copy.

    128 bits of SHA-256; every part is length-prefixed, so ("a", "bc") and ("ab", "c") differ.
    """
    digest = hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode())
    return f"{prefix}_{digest.hexdigest()[:32]}"
