"""Waiting for what the platform does in the background."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Any

from local.problems import LocalProblem

STALLED_AFTER = 300.0
"""Seconds without any progress. A message that failed comes back when its queue's visibility timeout is over."""
_LOOK_EVERY = (0.25, 2.0)
"""Seconds between two looks, at first and at most."""

Show = Callable[[dict[str, Any]], None]
"""Shown the thing each time it was looked at."""


def await_status(
    name: str, look: Callable[[], dict[str, Any]], over: Collection[str], told: Collection[str], show: Show
) -> dict[str, Any]:
    """What `look` gives once its status is one of `over`. Raises LocalProblem, with `name`, if it stands still: if none of what it
    tells under the names `told` changes."""
    pause, most = _LOOK_EVERY
    moved, place = time.monotonic(), None
    while True:
        seen = look()
        show(seen)
        if seen["status"] in over:
            return seen
        if (now := [seen.get(each) for each in told]) != place:
            moved, place, pause = time.monotonic(), now, _LOOK_EVERY[0]
        if time.monotonic() - moved > STALLED_AFTER:
            raise LocalProblem(
                f"{name} does not move; it is {seen['status']}", "see: skuflow status; it goes on by itself"
            )
        time.sleep(pause)
        pause = min(pause * 1.5, most)
