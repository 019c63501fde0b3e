"""What a command says: words and tables for people, one JSON document for machines."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from local.progress import ConsoleSteps, SilentSteps, Steps

_WIDTH_ELSEWHERE = 120
"""Columns where there is no terminal to ask."""


def console(*, stderr: bool = False) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() else _WIDTH_ELSEWHERE, highlight=False)


@dataclass(frozen=True)
class Output:
    """`machine` is `--json`: nothing but JSON on stdout."""

    machine: bool

    @cached_property
    def console(self) -> Console:
        return console()

    @property
    def steps(self) -> Steps:
        return SilentSteps() if self.machine else ConsoleSteps(self.console)

    def say(self, text: str) -> None:
        """A sentence for people."""
        if not self.machine:
            self.console.print(escape(text), soft_wrap=True)

    def table(self, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table for people."""
        if self.machine:
            return
        table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
        for index, header in enumerate(headers):
            # The first column names the thing, and is what people copy.
            table.add_column(header, overflow="fold", no_wrap=index == 0)
        for row in rows:
            table.add_row(*(escape(str(cell)) for cell in row))
        self.console.print(table)

    def result(self, document: Any) -> None:
        """The JSON document for machines."""
        if self.machine:
            print(json.dumps(document, indent=2, ensure_ascii=False, default=str))

    def line(self, document: Any) -> None:
        """One of many JSON documents, each on a line of its own."""
        if self.machine:
            print(json.dumps(document, ensure_ascii=False, default=str), flush=True)


def complain(detail: str, remedy: str = "") -> None:
    """One line on stderr: what is wrong, and the way out."""
    tail = f" → {remedy}" if remedy else ""
    console(stderr=True).print(f"[red]error:[/red] {escape(detail)}{escape(tail)}", soft_wrap=True)


def debugging() -> bool:
    return os.environ.get("SKUFLOW_DEBUG", "") not in ("", "0")
