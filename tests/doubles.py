"""Stand-ins for what a process is given: the time, fresh ids, Lambda's context object, the bus."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

START = datetime(2026, 3, 14, 9, 26, 53, 589_000, tzinfo=UTC)


@dataclass(slots=True)
class FakeClock:
    """A `Clock` that stands still until it is told to move."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, step: timedelta | None = None, /, **units: float) -> datetime:
        """Move on by `step`, or by timedelta's keywords: `clock.advance(minutes=5)`. Returns the new time."""
        self.now += (step or timedelta()) + timedelta(**units)
        return self.now


@dataclass(slots=True)
class CountedIds:
    """A `NewId` whose n-th id ends in n (hexadecimal, 32 digits)."""

    _numbers: count[int] = field(default_factory=lambda: count(1))

    def __call__(self, prefix: str) -> str:
        return f"{prefix}_{next(self._numbers):032x}"


@dataclass(slots=True)
class FakeLambdaContext:
    """Lambda's context object; set `remaining_ms` to say how much time is left."""

    function_name: str = "skuflow-test-function"
    aws_request_id: str = "5f1d1f4e-0000-4000-8000-000000000001"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:ca-central-1:123456789012:function:skuflow-test-function"
    remaining_ms: int = 30_000

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_ms


@dataclass(slots=True)
class RecordingBus:
    """An EventBridge client that takes everything."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - boto's name
        self.entries += Entries
        return {"FailedEntryCount": 0, "Entries": [{} for _ in Entries]}
