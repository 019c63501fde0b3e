"""Time in the sandbox: the real one, plus whatever has been skipped. Nothing here waits for hours."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass
class Clock:
    """`skipped` is seconds; it grows until the clock is set right again."""

    skipped: float = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.skipped)

    def seconds(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self.skipped

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("advance_seconds: time does not go back; give 0 or more")
        self.skipped += seconds

    def set_right(self) -> None:
        """Back to the real time. What has happened keeps the moments it happened at, although they may be to come now."""
        self.skipped = 0.0

    def instant(self) -> str:
        """As Shopify's GraphQL writes a DateTime: UTC, whole seconds, `Z`."""
        return iso(self.now())


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_iso(text: str) -> datetime:
    return datetime.fromisoformat(text)
