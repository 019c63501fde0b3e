"""How the demo looks: progress bars on a terminal, plain lines anywhere else."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from local.demo.importing import COUNTED, Finished, done_rows
from local.demo.importing import Progress as Show
from local.progress import ConsoleSteps, Step
from skuflow.kernel.money import Money

_SHOWN_ROWS = 8
_SHOWN_DROPS = 10
_PLAIN_EVERY = 5.0
"""Seconds between two lines about the same import where lines cannot be overwritten."""


class Screen:
    def __init__(self, console: Console) -> None:
        self.console = console

    def step(self, title: str) -> Step:
        return ConsoleSteps(self.console).step(title)

    def title(self, text: str) -> None:
        self.console.print(f"\n[bold]{escape(text)}[/bold]")

    def say(self, text: str) -> None:
        self.console.print(f"  {escape(text)}", highlight=False)

    @contextmanager
    def importing(self, name: str) -> Iterator[Show]:
        """A progress display for one import."""
        if not self.console.is_terminal:
            yield self._plain(name)
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TextColumn("rows"), TimeElapsedColumn(), console=self.console) as progress:
            task = progress.add_task(escape(name), total=None)

            def show(seen: dict[str, Any]) -> None:
                progress.update(
                    task,
                    description=f"{escape(name)} [dim]{seen['status']}[/dim]",
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

    def outcome(self, imports: Sequence[tuple[str, Finished]]) -> None:
        """Rows by outcome, one line per upload."""
        table = _table("upload", "format", "rows", *COUNTED)
        for name, finished in imports:
            rows = str(finished.seen.get("rows_total") or 0)
            table.add_row(
                escape(name),
                str(finished.seen.get("format") or "-"),
                rows,
                *(str(finished.count(each)) for each in COUNTED),
            )
        self.console.print(table)

    def rejected(self, finished: Finished) -> None:
        """The first rows that were not accepted, why, and what to do about them."""
        if not finished.rejects:
            return
        table = _table("line", "column", "value", "reason", "hint")
        for row in finished.rejects[:_SHOWN_ROWS]:
            cells = (str(row.get(name) or "") for name in ("line", "column", "value", "reason", "hint"))
            table.add_row(*(escape(cell[:200]) for cell in cells))
        self.console.print(table)
        if len(finished.rejects) > _SHOWN_ROWS:
            self.say(f"… and {len(finished.rejects) - _SHOWN_ROWS} more in the report")

    def not_imported(self, finished: Finished) -> str:
        """Says why a file was not imported and what to do; returns it in one sentence."""
        refusal = finished.seen.get("refusal") or {}
        detail = str(refusal.get("detail") or f"the import ended as '{finished.status}'")
        self.console.print(f"  [red]✗[/red] {escape(detail)}", highlight=False)
        remedy = str(refusal.get("remedy") or _REMEDIES.get(finished.status, ""))
        if remedy:
            self.say(f"→ {remedy}")
        suggestion = finished.seen.get("suggestion") or {}
        for name in ("mapping", "missing", "unused"):
            if suggestion.get(name):
                self.say(f"  {_SUGGESTED[name]}: {_listed(suggestion[name])}")
        return detail

    def price_drops(self, drops: Sequence[dict[str, Any]]) -> None:
        table = _table("product", "old price", "new price", "drop")
        for drop in drops[:_SHOWN_DROPS]:
            title = f"{drop['title']} ({drop['sku']})" if drop.get("sku") else str(drop["title"])
            table.add_row(
                escape(title[:60]), money(drop["old_price"]), money(drop["new_price"]), f"−{drop['drop_percent']} %"
            )
        self.console.print(table)
        if len(drops) > _SHOWN_DROPS:
            self.say(f"… and {len(drops) - _SHOWN_DROPS} more")

    def events(self, counts: Sequence[tuple[str, int]]) -> None:
        table = _table("event", "count")
        for name, count in counts:
            table.add_row(name, str(count))
        self.console.print(table)

    def history(self, path: str, answer: dict[str, Any], variant_id: str) -> None:
        """The points of one variant's price history, and what the API derives from them."""
        self.say(f"GET {path}")
        table = _table("at", "price", "in stock", "source")
        for point in answer["items"]:
            if point["variant_id"] == variant_id:
                available = {True: "yes", False: "no"}.get(point["available"], "-")
                table.add_row(point["at"], money(point["price"]), available, str(point["source"] or "now"))
        self.console.print(table)
        for derived in answer.get("statistics", ()):
            if derived["variant_id"] == variant_id:
                windows = (_window(window) for window in derived["windows"])
                badges = ", ".join(badge["kind"] for badge in derived["badges"]) or "none"
                self.say(f"{'; '.join(windows)}; badges: {badges}")

    def links(self, rows: Sequence[tuple[str, str]]) -> None:
        width = max(len(name) for name, _ in rows)
        for name, where in rows:
            self.console.print(f"  {name.ljust(width)}  {escape(where)}", highlight=False, soft_wrap=True)


_REMEDIES = {
    "needs_mapping": "say which column is what: .venv/bin/skuflow demo FILE --map title=… --map price=…",
    "failed": "see what happened with: skuflow logs, and: skuflow dlq list",
    "expired": "upload the file within the time that the form allows",
}


def money(amount: dict[str, Any] | None) -> str:
    """`{"amount_minor": 1299, "currency": "CAD"}` as people read it: `12.99 CAD`."""
    if not amount:
        return "-"
    return f"{Money(int(amount['amount_minor']), amount['currency']).to_decimal()} {amount['currency']}"


_SUGGESTED = {"mapping": "recognised", "missing": "not found", "unused": "columns that could be it"}


def _listed(names: dict[str, str] | list[str]) -> str:
    pairs = [f"{field} = {header}" for field, header in names.items()] if isinstance(names, dict) else names
    return ", ".join(pairs)


def _window(window: dict[str, Any]) -> str:
    return f"{window['days']} days: {money(window['lowest'])} to {money(window['highest'])}"


def _table(*headers: str) -> Table:
    table = Table(show_edge=False, pad_edge=False, box=None, header_style="dim", padding=(0, 2, 0, 0))
    for header in headers:
        table.add_column(header, overflow="fold")
    return table
