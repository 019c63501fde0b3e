"""How an import looks: progress bars on a terminal, plain lines anywhere else."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from local.api.importing import COUNTED, done_rows
from local.api.importing import Progress as Show
from local.problems import LocalProblem
from local.progress import ConsoleSteps, Step
from local.showing import plain, table

SHOWN_ROWS = 8
_PLAIN_EVERY = 5.0
"""Seconds between two lines about the same import where lines cannot be overwritten."""


class ImportScreen:
    def __init__(self, console: Console) -> None:
        self.console = console

    def step(self, title: str) -> Step:
        return ConsoleSteps(self.console).step(title)

    def say(self, text: str) -> None:
        self.console.print(f"  {plain(text)}", highlight=False, soft_wrap=True)

    @contextmanager
    def importing(self, name: str) -> Iterator[Show]:
        """A progress display for one import."""
        if not self.console.is_terminal:
            yield self._plain(name)
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TextColumn("rows"), TimeElapsedColumn(), console=self.console) as progress:
            task = progress.add_task(plain(name), total=None)

            def show(seen: dict[str, Any]) -> None:
                progress.update(
                    task,
                    description=f"{plain(name)} [dim]{seen['status']}[/dim]",
                    total=seen.get("rows_total") or None,
                    completed=done_rows(seen),
                )

            yield show

    def _plain(self, name: str) -> Show:
        last: list[Any] = ["", 0.0]
        self.say(f"… importing {name}")

        def show(seen: dict[str, Any]) -> None:
            moved = seen["status"] != last[0]
            if moved or time.monotonic() - last[1] > _PLAIN_EVERY:
                last[:] = [seen["status"], time.monotonic()]
                self.say(f"  {seen['status']}: {done_rows(seen)} of {seen.get('rows_total') or '?'} rows")

        return show

    def outcome(self, imports: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """Rows by outcome, one line per upload."""
        rows = (
            (name, seen.get("format") or "-", seen.get("rows_total") or 0, *(seen.get(each) or 0 for each in COUNTED))
            for name, seen in imports
        )
        self.console.print(table(("upload", "format", "rows", *COUNTED), rows))

    def rejected(self, rows: Sequence[dict[str, Any]]) -> None:
        """The first rows that were not accepted, why, and what to do about them."""
        if not rows:
            return
        columns = ("line", "column", "value", "reason", "hint")
        cells = ([str(row.get(name) or "")[:200] for name in columns] for row in rows[:SHOWN_ROWS])
        self.console.print(table(columns, cells))
        if len(rows) > SHOWN_ROWS:
            self.say("… and more in the report")

    def not_imported(self, seen: dict[str, Any]) -> LocalProblem:
        """Shows what the platform made of a file that was not imported; returns why it was not, and what to do."""
        suggestion = seen.get("suggestion") or {}
        for name, title in _SUGGESTED.items():
            if suggestion.get(name):
                self.say(f"{title}: {_listed(suggestion[name])}")
        refusal = seen.get("refusal") or {}
        status = str(seen["status"])
        detail = refusal.get("detail") or _DETAILS.get(status) or f"the import ended as '{status}'"
        return LocalProblem(str(detail), str(refusal.get("remedy") or _REMEDIES.get(status, "")))


_DETAILS = {"needs_mapping": "the platform does not know which column is what"}

_REMEDIES = {
    "needs_mapping": "say so, such as: --map title='Product name' --map price='Our price'",
    "failed": "see what happened with: skuflow logs, and: skuflow dlq list",
    "expired": "upload the file within the time that the form allows",
}

_SUGGESTED = {"mapping": "recognised", "missing": "not found", "unused": "columns that could be it"}


def _listed(names: dict[str, str] | list[str]) -> str:
    pairs = [f"{field} = {header}" for field, header in names.items()] if isinstance(names, dict) else names
    return ", ".join(pairs)
