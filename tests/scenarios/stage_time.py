"""The time on the stage. It runs as the real one does until somebody moves it on: nobody ever waits for a delay to pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from skuflow.platform import clock


@dataclass(slots=True)
class StageTime:
    """A clock that can be moved on. `standing`: it stands still apart from that, so that the same story has the same times."""

    ahead: timedelta = timedelta()
    standing: datetime | None = None

    def __call__(self) -> datetime:
        return (self.standing or datetime.now(UTC)) + self.ahead

    def advance(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)

    def monotonic(self) -> float:
        return self().timestamp()

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Whoever asks the platform for the time is given this one."""
        real = clock.datetime
        clock.datetime = SimpleNamespace(now=lambda zone: self().astimezone(zone))  # type: ignore[assignment,misc]
        try:
            yield
        finally:
            clock.datetime = real  # type: ignore[misc]
