"""Typed access to the cells of one file's rows, with refusals that name the column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from skuflow.sync.reading.formats.draft import MAX_DESCRIPTION, MAX_NAME, MAX_TAGS, MAX_TITLE, Assembly, Draft
from skuflow.sync.reading.formats.headers import Columns
from skuflow.sync.reading.outcome import BadCell, BadRow
from skuflow.sync.reading.plan import ReadingPlan
from skuflow.sync.reading.values.prices import Amount, PriceReader
from skuflow.sync.reading.values.quantities import gtin_of, quantity_of, weight_of
from skuflow.sync.reading.values.text import clean, listed, one_line, web_address

Row = list[str]
"""The cells of a row, as many as the header has, and one blank cell behind them."""

STATUSES = {"active": "active", "draft": "draft", "archived": "archived", "unlisted": "draft"}
"""An unlisted product can be bought by those who have its address; here it is kept out of sight."""


class RowReader(Protocol):
    """Understands the rows of one format. Built from the plan alone, so that every slice of a file is read alike."""

    def run_key(self, cells: Row) -> str:
        """Which product's rows this row belongs to; "" if it belongs to those of the row before. Never raises."""
        ...

    def read(self, line: int, key: str, cells: Row, into: Assembly, *, returned: bool) -> None:
        """Adds the row to the chunk. `returned`: rows with this key came earlier in the file, with others between.

        Raises BadRow if the row cannot be taken.
        """
        ...


class CellReader:
    """Reads cells by column index; an index behind the last column is a blank cell."""

    def __init__(self, plan: ReadingPlan) -> None:
        self.columns = Columns(plan.header, plan.mapping)
        self.style = plan.decimal_style
        self._prices = PriceReader(plan.decimal_style, sure=plan.decimal_sure, currency=plan.currency)
        self._gtins: dict[str, str | None] = {}

    def refuse(self, column: int, cells: Row, reason: str, hint: str) -> BadRow:
        return BadRow(self.columns.name(column), cells[column], reason, hint)

    def money(self, cells: Row, column: int, currency: str = "") -> Amount | None:
        text = cells[column]
        if not text:
            return None
        try:
            return self._prices.read(text, currency)
        except BadCell as fault:
            raise self.refuse(column, cells, fault.reason, fault.hint) from None

    def quantity(self, cells: Row, column: int) -> int | None:
        text = cells[column]
        if not text:
            return None
        try:
            return quantity_of(text, self.style)
        except BadCell as fault:
            raise self.refuse(column, cells, fault.reason, fault.hint) from None

    def name(self, cells: Row, column: int, limit: int = MAX_NAME) -> str:
        text = cells[column]
        if not text:
            return ""
        text = one_line(text)
        if len(text) > limit:
            raise self.refuse(column, cells, f"longer than {limit} characters", f"shorten it to {limit} characters")
        return text

    def title(self, cells: Row, column: int) -> str:
        return self.name(cells, column, MAX_TITLE)

    def html(self, cells: Row, column: int) -> str:
        text = clean(cells[column])
        if len(text) > MAX_DESCRIPTION:
            raise self.refuse(
                column,
                cells,
                f"longer than {MAX_DESCRIPTION} characters",
                "shorten it; pictures inside the text take the most room",
            )
        return text

    def tags(self, cells: Row, column: int) -> tuple[str, ...]:
        found = listed(cells[column])
        if len(found) > MAX_TAGS:
            raise self.refuse(column, cells, f"more than {MAX_TAGS} tags", f"keep at most {MAX_TAGS}")
        return found

    def status(self, cells: Row, column: int) -> str:
        word = cells[column].strip().casefold()
        if word and word not in STATUSES:
            raise self.refuse(column, cells, "not a status", "use active, draft or archived")
        return STATUSES.get(word, "active")

    def gtin(self, line: int, cells: Row, columns: Sequence[int], into: Assembly) -> str | None:
        """The first GTIN that one of the columns holds. A bad code costs the code, not the row, and is reported."""
        for column in columns:
            text = cells[column]
            if not text:
                continue
            try:
                found = gtin_of(text)
            except BadCell as fault:
                into.warn(
                    line, self.columns.name(column), text, f"{fault.reason}; the row was taken without it", fault.hint
                )
                continue
            if found:
                return found
        return None

    def weight(self, line: int, cells: Row, column: int, unit: str, into: Assembly) -> int | None:
        """Grams. An unreadable weight costs the weight, not the row, and is reported."""
        text = cells[column]
        if not text:
            return None
        try:
            return weight_of(text, unit)
        except BadCell as fault:
            into.warn(
                line, self.columns.name(column), text, f"{fault.reason}; the row was taken without it", fault.hint
            )
            return None

    def address(self, line: int, cells: Row, column: int, into: Assembly) -> str | None:
        """A web address. Anything else costs the address, not the row, and is reported."""
        text = cells[column]
        if not text or text.isspace():
            return None
        url = web_address(text)
        if url is None:
            self._warn_address(line, column, text, into)
        return url

    def image(
        self,
        line: int,
        cells: Row,
        column: int,
        draft: Draft,
        into: Assembly,
        *,
        alt: str = "",
        position: int | None = None,
    ) -> str | None:
        """Adds the image of a column to the product and gives its address."""
        url = self.address(line, cells, column, into)
        if url is not None and not draft.add_image(url, alt, position):
            into.warn(
                line,
                self.columns.name(column),
                url,
                "the product has too many images; this one was left out",
                "keep the best ones",
            )
        return url

    def images(self, line: int, column: int, texts: Sequence[str], draft: Draft, into: Assembly) -> None:
        """Adds a list of addresses that stood in one cell."""
        for text in texts:
            url = web_address(text)
            if url is None:
                self._warn_address(line, column, text, into)
            else:
                draft.add_image(url)

    def _warn_address(self, line: int, column: int, text: str, into: Assembly) -> None:
        into.warn(
            line,
            self.columns.name(column),
            text,
            "not a web address; the row was taken without it",
            "give the full address, beginning with https://",
        )


def priced(regular: Amount | None, sale: Amount | None, was: Amount | None) -> tuple[Amount | None, Amount | None]:
    """(price, compare-at price) from what a row says it costs, costs on sale, and used to cost.

    A sale price counts when it is above zero and below the regular one; a compare-at price when it is above the price and in
    its currency. Otherwise there is no reduction to show, and saying so quietly is right: exports repeat the price there.
    """
    price, compare = regular, was
    if sale is not None and sale[0] > 0:
        if regular is None:
            price = sale
        elif sale[1] == regular[1] and sale[0] < regular[0]:
            price = sale
            compare = was if was is not None and was[1] == sale[1] and was[0] > regular[0] else regular
    if price is None or compare is None or compare[1] != price[1] or compare[0] <= price[0]:
        compare = None
    return price, compare
