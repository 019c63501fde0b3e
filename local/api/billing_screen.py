"""How billing looks: a run's progress, and an invoice with the way to each of its amounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from local.api.awaiting import Show
from local.showing import minute, money, plain, table


class RunScreen:
    def __init__(self, console: Console) -> None:
        self.console = console

    @contextmanager
    def running(self, name: str) -> Iterator[Show]:
        """A progress display for one run: a bar on a terminal, a line for each state anywhere else."""
        if not self.console.is_terminal:
            yield self._plain(name)
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TextColumn("subscriptions"), TimeElapsedColumn(), console=self.console) as progress:
            task = progress.add_task(plain(name), total=None)

            def show(seen: dict[str, Any]) -> None:
                progress.update(
                    task,
                    description=f"{plain(name)} [dim]{seen['status']}[/dim]",
                    total=seen["subscriptions"] or None,
                    completed=_done(seen),
                )

            yield show

    def outcome(self, seen: dict[str, Any]) -> None:
        self._say(
            f"{seen['run_id']}: subscriptions {seen['subscriptions']}, invoices {seen['invoices']}, "
            f"nothing to bill {seen['without_invoice']}, failed {seen['failed']}"
        )
        for one in seen["failures"]:
            self._say(f"{one['subscription_id']}: {one['detail']}")

    def _plain(self, name: str) -> Show:
        told: list[str] = []
        self._say(f"… {name}")

        def show(seen: dict[str, Any]) -> None:
            now = f"{seen['status']}: {_done(seen)} of {seen['subscriptions']} subscriptions"
            if told[-1:] != [now]:
                told.append(now)
                self._say(now)

        return show

    def _say(self, text: str) -> None:
        self.console.print(f"  {plain(text)}", highlight=False, soft_wrap=True)


def _done(seen: dict[str, Any]) -> int:
    return int(seen["invoices"]) + int(seen["without_invoice"]) + int(seen["failed"])


def show(invoice: dict[str, Any], console: Console) -> None:
    """The invoice, each line with the steps that its amount was worked out by."""
    head = f"{invoice['number'] or invoice['invoice_id']}  {invoice['status']}  {invoice['customer']['name']}"
    period = f"{minute(invoice['period_from'])} to {minute(invoice['period_to'])} UTC"
    console.print(f"[bold]{plain(head)}[/bold]  [dim]{plain(period)}[/dim]", highlight=False, soft_wrap=True)
    console.print(table(("line", "quantity", "unit price", "amount"), _rows(invoice)))


def total_of(invoices: Sequence[dict[str, Any]]) -> str:
    """Their sum in each currency, in words that go on a sentence; "" for none."""
    sums: dict[str, int] = defaultdict(int)
    for one in invoices:
        sums[one["total"]["currency"]] += int(one["total"]["amount_minor"])
    told = [money({"amount_minor": minor, "currency": currency}) for currency, minor in sorted(sums.items())]
    return f", {' and '.join(told)} in all" if told else ""


def _rows(invoice: dict[str, Any]) -> Iterator[Iterable[object]]:
    for line in invoice["lines"]:
        quantity = f"{line['quantity']} {line['unit']}".strip()
        yield line["description"], quantity, line["unit_amount"] or "", money(line["amount"])
        for step in line["explanation"]:
            yield f"    {step['text']}", step["quantity"], step["unit_amount"] or "", step["amount"]
    yield "subtotal", "", "", money(invoice["subtotal"])
    if invoice["discount"]["amount_minor"]:
        yield "discounts", "", "", money(invoice["discount"])
    for tax in invoice["taxes"]:
        yield f"{tax['name']} {tax['rate']} %", f"on {money(tax['base'])}", tax["registration"], money(tax["amount"])
    yield "total", "", "", money(invoice["total"])
    yield "due", "", "", money(invoice["amount_due"])
