"""How things look on a terminal: texts that cannot steer it, money, tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.markup import escape
from rich.table import Table

from skuflow.kernel.money import Money

_CONTROLS = dict.fromkeys((*range(32), *range(127, 160)), "�")
_CONTROLS |= {ord("\r"): ""}
for _kept in "\n\t":
    del _CONTROLS[ord(_kept)]


def plain(text: object) -> str:
    """`text` without control characters, and without meaning for rich. A title or a cell comes from a stranger's file; an
    escape sequence in it would otherwise be obeyed by the terminal of whoever looks at it."""
    return escape(str(text).translate(_CONTROLS))


def money(amount: dict[str, Any] | None) -> str:
    """`{"amount_minor": 1299, "currency": "CAD"}` as people read it: `12.99 CAD`."""
    if not amount:
        return "-"
    return f"{Money(int(amount['amount_minor']), amount['currency']).to_decimal()} {amount['currency']}"


def minute(moment: str) -> str:
    """An ISO 8601 moment in UTC, as short as a list needs it."""
    return moment[:16].replace("T", " ")


def age(seconds: int | None) -> str:
    """A span of time as short as a list needs it: `42 s`, `17 min`, `3 h`, `5 d`; `-` for none."""
    if seconds is None:
        return "-"
    for unit, size, up_to in (("s", 1, 120), ("min", 60, 7_200), ("h", 3_600, 172_800)):
        if seconds < up_to:
            return f"{max(0, seconds) // size} {unit}"
    return f"{seconds // 86_400} d"


def table(headers: Iterable[str], rows: Iterable[Iterable[object]], *, name_first: bool = False) -> Table:
    """`name_first`: the first column names the thing and is what people copy, so it is never broken."""
    shown = Table(box=None, show_edge=False, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for index, header in enumerate(headers):
        shown.add_column(header, overflow="fold", no_wrap=name_first and index == 0)
    for row in rows:
        shown.add_row(*(plain("-" if cell is None else cell) for cell in row))
    return shown
