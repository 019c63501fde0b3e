"""What stands on a document, in the order in which it is read: texts only, formatted for its reader, without a drawing library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

Paper = Literal["letter", "a4"]


@dataclass(frozen=True, slots=True)
class Party:
    """`heading`: From, Bill to. `lines`: address and contact. `numbers`: tax registrations."""

    heading: str
    name: str
    lines: tuple[str, ...]
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the document. `detail` stands below the description, smaller."""

    description: str
    detail: str
    quantity: str
    unit_price: str
    amount: str


@dataclass(frozen=True, slots=True)
class Total:
    """A line below the lines. `detail` stands beside the label, smaller; `strong`: a sum that counts."""

    label: str
    amount: str
    detail: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Annex:
    """A table behind the document; the cells of `numeric` columns stand on the right."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`stamp`: across the page: Draft, Void; `headline`: the amount that counts, `headline_note`: until when. `page`: with {page}
    and {pages}. `columns`: description, quantity, unit price, amount. `foreign`, `rewritten`: said where a text is drawn with fonts
    that the reader has to bring, or stands in letters that are not its own."""

    language: str
    paper: Paper
    title: str
    number: str
    author: str
    seller: Party
    customer: Party
    facts: tuple[tuple[str, str], ...]
    headline: tuple[str, str]
    headline_note: str
    columns: tuple[str, str, str, str]
    rows: tuple[Row, ...]
    totals: tuple[Total, ...]
    page: str
    footer: str
    stamp: str = ""
    notes: tuple[str, ...] = ()
    annexes: tuple[Annex, ...] = ()
    foreign: str = ""
    rewritten: str = ""


def texts_of(part: Any) -> Iterator[str]:
    """Every text that stands on a document, or on a part of one."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for one in part:
            yield from texts_of(one)
    elif is_dataclass(part):
        for field in fields(part):
            yield from texts_of(getattr(part, field.name))
