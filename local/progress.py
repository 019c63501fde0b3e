"""Long work shows that it lives: a spinner on a terminal, a line at the start and at the end anywhere else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from rich.console import Console

Step = AbstractContextManager[Callable[[str], None]]
"""A stretch of work under way. Calling what it gives adds a detail to it."""


class Steps(Protocol):
    """Told about each stretch of work."""

    def step(self, title: str) -> Step: ...


class ConsoleSteps:
    """Writes to `console`; seconds are wall time."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def step(self, title: str) -> Step:
        return self._spinning(title) if self._console.is_terminal else self._plain(title)

    @contextmanager
    def _spinning(self, title: str) -> Iterator[Callable[[str], None]]:
        start = time.monotonic()
        last = [""]
        with self._console.status(f"{title} …") as status:

            def note(detail: str) -> None:
                last[0] = detail
                status.update(f"{title} … [dim]{detail}[/dim]")

            yield note
        self._done(title, last[0], start)

    @contextmanager
    def _plain(self, title: str) -> Iterator[Callable[[str], None]]:
        start = time.monotonic()
        last = [""]
        self._console.print(f"  … {title}", highlight=False)

        def note(detail: str) -> None:
            last[0] = detail

        yield note
        self._done(title, last[0], start)

    def _done(self, title: str, detail: str, start: float) -> None:
        spent = f"{time.monotonic() - start:.1f} s"
        tail = f"{detail}, {spent}" if detail else spent
        self._console.print(f"  [green]✓[/green] {title} [dim]({tail})[/dim]", highlight=False)


class SilentSteps:
    """Says nothing; for `--json` and tests."""

    @contextmanager
    def _quiet(self) -> Iterator[Callable[[str], None]]:
        yield lambda _detail: None

    def step(self, title: str) -> Step:  # noqa: ARG002
        return self._quiet()
