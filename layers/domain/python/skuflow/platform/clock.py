"""The real clock and the real source of ids: the two things that everything else takes as arguments."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4


def utc_now() -> datetime:
    return datetime.now(UTC)


def new_id(prefix: str) -> str:
    """`prefix_` and 32 random hex digits."""
    return f"{prefix}_{uuid4().hex}"
