"""Whether a file writes its decimals with a dot or a comma, judged from every price cell in it."""

from __future__ import annotations

import re

from skuflow.sync.reading.outcome import BadCell
from skuflow.sync.reading.plan import DecimalStyle
from skuflow.sync.reading.values.prices import dissect, no_thousands

_PARTS = re.compile(r"[.,]")


class StyleEvidence:
    """Counts the cells that can only be read one way. A cell such as 1,299 says nothing and counts for nothing."""

    def __init__(self) -> None:
        self._votes = {".": 0, ",": 0}
        self._seen: set[str] = set()

    def add(self, cell: str) -> None:
        """`cell` is a price cell, blank or not, readable or not."""
        separator = cell[-3:-2]
        if separator == ".":
            self._votes["."] += 1
        elif separator == ",":
            self._votes[","] += 1
        elif cell and not cell.isdigit() and len(self._seen) < 50_000 and cell not in self._seen:
            self._seen.add(cell)
            self._weigh(cell)

    def _weigh(self, cell: str) -> None:
        try:
            _, number, _ = dissect(cell)
        except BadCell:
            return
        separators = _PARTS.findall(number)
        if not separators:
            return
        last, distinct = separators[-1], set(separators)
        whole, _, rest = number.rpartition(last)
        if len(distinct) == 2 or (len(separators) == 1 and (len(rest) != 3 or no_thousands(whole))):
            self._votes[last] += 1
        elif len(separators) > 1:
            self._votes["," if last == "." else "."] += 1

    def verdict(self, delimiter: str) -> tuple[DecimalStyle, bool]:
        """The decimal separator, and whether the cells showed it without contradiction. Without evidence a file that
        separates its columns by semicolons is taken to need the comma for something else."""
        dots, commas = self._votes["."], self._votes[","]
        if dots == commas == 0:
            return ("," if delimiter == ";" else "."), False
        return ("." if dots >= commas else ","), 0 in (dots, commas)
