"""Doing things no faster than others can bear."""

from __future__ import annotations

import time
from collections.abc import Callable


def paced(
    per_second: float, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
) -> Callable[[], None]:
    """A `pace` that lets `per_second` through, evenly."""
    due = clock()

    def pace() -> None:
        nonlocal due
        wait = due - clock()
        if wait > 0:
            sleep(wait)
        due = max(due, clock()) + 1 / per_second

    return pace
