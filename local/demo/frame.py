"""What every demo does before and after: bring the platform up, say what came of it, take the platform down if asked to."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from local.demo.screen import Screen
from local.platform import bring_up, take_down
from local.problems import LocalProblem
from local.progress import ConsoleSteps
from local.stage.instance import Instance
from local.workspace import Workspace


class Summary(Protocol):
    """What a demo came to. `problem` is what stopped it."""

    problem: str

    def line(self, seconds: float) -> str:
        """One JSON object without line breaks."""
        ...


@contextmanager
def on_the_platform(instance: Instance, screen: Screen, summary: Summary, *, down: bool) -> Iterator[Instance]:
    """The instance, running. However it ends, the last line on stdout is the summary's; `down` stops the platform before."""
    start = time.monotonic()
    try:
        screen.title("Bringing the platform up")
        instance = bring_up(Workspace.here(), instance, ConsoleSteps(screen.console))
        yield instance
    except LocalProblem as problem:
        summary.problem = problem.detail
        raise
    finally:
        if down:
            take_down(instance)
        screen.console.print(f"\n{time.monotonic() - start:.1f} s in all", highlight=False)
        print(summary.line(time.monotonic() - start), flush=True)
