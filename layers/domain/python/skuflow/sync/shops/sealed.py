"""A token pair as it is kept: encrypted, with the two times that must be known without decrypting it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Until when the access token works, and until when the refresh token does; None: it never ends."""

    expires_at: datetime | None
    refresh_until: datetime | None


@dataclass(frozen=True, slots=True)
class SealedPair:
    """Access token and refresh token, encrypted together (`seal.KmsSeal`)."""

    sealed: bytes
    lifetimes: Lifetimes


@dataclass(frozen=True, slots=True)
class StoredPair:
    """`version` grows with every pair that a shop was ever given, and with every loss of one. `pair` None: there is none."""

    version: int
    pair: SealedPair | None
