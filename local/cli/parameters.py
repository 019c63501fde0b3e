"""Parameters that several commands take, and what is checked of them before anything is asked of the platform."""

from __future__ import annotations

from typing import Annotated

import typer

from skuflow.kernel.currency import MINOR_DIGITS

Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--map", metavar="FIELD=HEADER", help="Which column is what, such as price='Our price'. May be repeated."
    ),
]

Most = Annotated[int, typer.Option("--limit", help="How many at most.", min=1)]


def checked_currency(currency: str) -> str:
    if currency not in MINOR_DIGITS:
        raise typer.BadParameter(f"'{currency}' is no ISO 4217 code such as CAD", param_hint="--currency")
    return currency


def mapping(columns: list[str] | None) -> dict[str, str]:
    """Field to header."""
    pairs = [column.partition("=") for column in columns or ()]
    for field, equals, header in pairs:
        if not (field and equals and header):
            raise typer.BadParameter("give FIELD=HEADER, such as price='Our price'", param_hint="--map")
    return {field.strip(): header for field, _, header in pairs}
