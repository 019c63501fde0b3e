"""How data quality looks: a job's progress and what it came to, a report, fixes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from local.api.awaiting import Show
from local.showing import plain, table

_CUT = 60
"""Characters of a value in a table."""


class JobScreen:
    def __init__(self, console: Console) -> None:
        self.console = console

    @contextmanager
    def running(self, name: str) -> Iterator[Show]:
        """A progress display for one job: a bar on a terminal, a line for each state anywhere else. How many products there are is
        not known before they are checked; the bar fills while fixes are applied."""
        if not self.console.is_terminal:
            yield self._plain(name)
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console) as progress:
            task = progress.add_task(plain(name), total=None)

            def show(seen: dict[str, Any]) -> None:
                done, total = _filled(seen)
                described = f"{plain(name)} [dim]{_state(seen)}[/dim]"
                progress.update(task, description=described, total=total, completed=done)

            yield show

    def outcome(self, seen: dict[str, Any]) -> None:
        result, progress = seen["result"], seen["progress"]
        self._say(f"{seen['job_id']}: score {result['score_before']} → {result['score_after']}")
        if seen["follows"] is None:
            self._say(f"{progress['checked']} products checked, {progress['findings']} findings")
        if seen["mode"] == "preview":
            self._say(f"{progress['fixes_proposed']} fixes proposed")
        elif seen["mode"] != "score":
            applied, skipped = progress["fixes_applied"], progress["fixes_skipped"]
            self._say(f"{result['items_fixed']} products changed: {applied} fixes applied, {skipped} skipped")

    def hint(self, text: str) -> None:
        self._say(text)

    def _plain(self, name: str) -> Show:
        told: list[str] = []
        self._say(f"… {name}")

        def show(seen: dict[str, Any]) -> None:
            now = _state(seen)
            if told[-1:] != [now]:
                told.append(now)
                self._say(now)

        return show

    def _say(self, text: str) -> None:
        self.console.print(f"  {plain(text)}", highlight=False, soft_wrap=True)


def _filled(seen: dict[str, Any]) -> tuple[int, int | None]:
    """How far the bar is, of how much; None while that is not known."""
    progress = seen["progress"]
    if seen["status"] == "completed":
        return 1, 1
    if seen["status"] == "applying":
        return progress["batches_answered"], progress["batches_decided"] or None
    return 0, None


def _state(seen: dict[str, Any]) -> str:
    progress = seen["progress"]
    if seen["status"] == "applying":
        return f"applying: {progress['batches_answered']} of {progress['batches_decided']} batches of fixes"
    return f"{seen['status']}: {progress['checked']} products"


def show_report(report: dict[str, Any], console: Console) -> None:
    """Measures by field, rules that did not hold, the worst products."""
    fields = (
        (
            one["field"] or "collection",
            *(
                _change(one["before"][name], one["after"][name])
                for name in ("score", "missing", "invalid", "duplicates")
            ),
        )
        for one in report["fields"]
    )
    console.print(table(("field", "score", "missing %", "invalid %", "duplicates %"), fields, name_first=True))
    if report["rules"]:
        console.print("\n[bold]Rules that did not hold[/bold]")
        rules = (
            (one["rule_id"], one["severity"], _change(one["failed_before"], one["failed_after"]), one["summary"])
            for one in report["rules"]
        )
        console.print(table(("rule", "severity", "failed", "what it wants"), rules, name_first=True))
    if report["worst"]:
        console.print("\n[bold]The worst products[/bold]")
        worst = ((one["product_id"], one["score"], one["findings"], one["title"]) for one in report["worst"])
        console.print(table(("product_id", "score", "findings", "title"), worst, name_first=True))


def fix_rows(products: Iterable[dict[str, Any]]) -> Iterator[tuple[object, ...]]:
    """Each fix, and each suggestion, of some products."""
    for one in products:
        for fix in one["fixes"]:
            became = fix["skipped_because"] or fix["outcome"]
            yield one["product_id"], fix["path"], _cut(fix["old"]), _cut(fix["new"]), became, fix["reason"]
        for wish in one["suggestions"]:
            sure = f"suggested, {wish['confidence']} % sure"
            yield one["product_id"], wish["path"], _cut(wish["old"]), _cut(wish["new"]), sure, wish["reason"]


def _change(before: object, after: object) -> str:
    return str(before) if before == after else f"{before} → {after}"


def _cut(text: str) -> str:
    return text if len(text) <= _CUT else f"{text[: _CUT - 1]}…"
