"""Dated rates: which was in force on a day, and an error where the table does not know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from skuflow.billing.tax.model import Why
from skuflow.kernel.errors import Invalid, Problem

EVERY_CODE = "*"
"""The tax code of rows that hold for whatever has no row of its own."""


@dataclass(frozen=True, slots=True)
class RateRow:
    """`rate` in percent, from `valid_from` up to and including `valid_to` (None: until further notice). `why` a code bears less
    than the usual rate. `source`: where it can be looked up."""

    jurisdiction: str
    tax: str
    tax_code: str
    rate: Decimal
    valid_from: date
    valid_to: date | None
    source: str
    why: Why = ""

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class RateTable:
    """Rows by jurisdiction, tax and code. Raises ValueError if two rows of the same three hold on one day."""

    def __init__(self, rows: Iterable[RateRow], begins: Mapping[tuple[str, str], date] | None = None) -> None:
        """`begins`: (jurisdiction, tax code) -> first day on which the table speaks of it, where that is later than the first
        row for every code."""
        self._begins = dict(begins or {})
        self._rows: dict[tuple[str, str, str], list[RateRow]] = defaultdict(list)
        for row in sorted(rows, key=lambda one: one.valid_from):
            same = self._rows[row.jurisdiction, row.tax, row.tax_code]
            if same and (same[-1].valid_to is None or same[-1].valid_to >= row.valid_from):
                raise ValueError(f"{row.jurisdiction} {row.tax} {row.tax_code}: two rows hold on {row.valid_from}")
            same.append(row)

    def __iter__(self) -> Iterator[RateRow]:
        for rows in self._rows.values():
            yield from rows

    def first_day(self, jurisdiction: str, tax: str, tax_code: str) -> date:
        """The first day on which the table can say what `tax_code` bears."""
        own = self._rows.get((jurisdiction, tax, tax_code), [])
        general = self._rows.get((jurisdiction, tax, EVERY_CODE), [])
        first = min(row.valid_from for row in (general or own))
        return max(first, self._begins.get((jurisdiction, tax_code), first))

    def row(self, jurisdiction: str, tax: str, tax_code: str, day: date) -> RateRow:
        """The row in force on `day`. Raises Invalid if the table begins later, or knows no rate for the code on that day."""
        first = self.first_day(jurisdiction, tax, tax_code)
        if day < first:
            fault = Problem(
                "tax_date",
                f"the rates of {tax} in {jurisdiction} for {tax_code} begin on {first}",
                f"give a day from {first} on",
            )
            raise Invalid(f"no rate of {tax} in {jurisdiction} is known for {day}", problems=[fault])
        for code in (tax_code, EVERY_CODE):
            for row in self._rows.get((jurisdiction, tax, code), ()):
                if row.holds_on(day):
                    return row
        fault = Problem(
            "tax_code", f"{tax_code} has no rate of {tax} on {day}", "use a code that is in force on that day"
        )
        raise Invalid(f"{tax_code} has no rate of {tax} in {jurisdiction} on {day}", problems=[fault])
