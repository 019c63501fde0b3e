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
from rich.table import Table

from local.progress import ConsoleSteps, SilentSteps, Steps
from local.showing import plain, table

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

    @cached_property
    def beside(self) -> Console:
        """For progress: stdout, but stderr where stdout is kept for machines."""
        return console(stderr=self.machine)

    @property
    def steps(self) -> Steps:
        return SilentSteps() if self.machine else ConsoleSteps(self.console)

    def say(self, text: str) -> None:
        """A sentence for people."""
        if not self.machine:
            self.console.print(plain(text), soft_wrap=True)

    def table(self, headers: Sequence[str], rows: Iterable[Iterable[object]], *, none: str = "") -> None:
        """A table for people; or, if `none` is given and there are no rows, that sentence instead."""
        shown = table(headers, rows, name_first=True)
        if none and not shown.row_count:
            self.say(none)
        else:
            self.show(shown)

    def show(self, shown: Table) -> None:
        """A table that somebody else has made."""
        if not self.machine:
            self.console.print(shown)

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
    told = f"{detail} → {remedy}" if remedy else detail
    console(stderr=True).print(f"[red]error:[/red] {plain(' '.join(told.split()))}", soft_wrap=True)


def debugging() -> bool:
    return os.environ.get("SKUFLOW_DEBUG", "") not in ("", "0")
