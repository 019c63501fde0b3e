"""Files with one offer per row: Google Merchant feeds, and every other header through a mapping of its columns.

Google's attributes: "Product data specification", Google Merchant Center Help. Rows that share an `item_group_id` are the
variants of one product; the first of them in the file describes it.
"""

from __future__ import annotations

from datetime import datetime

from skuflow.contracts.sync import SourceVariant
from skuflow.sync.reading.formats.cells import CellReader, Row, priced
from skuflow.sync.reading.formats.draft import MAX_KEY, Assembly, Draft
from skuflow.sync.reading.formats.flat_columns import GOOGLE, IDENTITY
from skuflow.sync.reading.formats.headers import currency_in, words
from skuflow.sync.reading.outcome import BadCell
from skuflow.sync.reading.plan import ReadingPlan
from skuflow.sync.reading.values.currency_signs import currency_of
from skuflow.sync.reading.values.prices import Amount
from skuflow.sync.reading.values.quantities import flag_of
from skuflow.sync.reading.values.sale_dates import sale_runs
from skuflow.sync.reading.values.text import handle_of, listed, one_line, path_of

_PRICES = ("price", "sale_price", "compare_at", "cost")
_OPTIONS = ("color", "size", "material", "pattern")
_ATTRIBUTES = (*_OPTIONS, "gender", "age_group", "condition")
_IN_STOCK = {
    "in stock",
    "instock",
    "available",
    "yes",
    "y",
    "true",
    "1",
    "limited availability",
    "auf lager",
    "en stock",
}
_TO_ORDER = {"backorder", "preorder", "pre order", "available for order"}
_OUT = {
    "out of stock",
    "outofstock",
    "sold out",
    "unavailable",
    "discontinued",
    "no",
    "n",
    "false",
    "0",
    "not available",
}


class FlatReader:
    """Rows of a Google Merchant or mapped file."""

    def __init__(self, plan: ReadingPlan) -> None:
        self._cells = CellReader(plan)
        at = self._cells.columns
        self._at = {
            field: at[field] for field in (*GOOGLE, "sku", "compare_at", "currency", "product_type", "tags", "status")
        }
        self._identity = next(at[field] for field in (*IDENTITY, "title") if field in at)
        self._grouped = "group" in at
        self._default = plan.currency
        self._named = {at[field]: currency_in(plan.mapping[field]) for field in _PRICES if field in at}
        self._as_of = datetime.fromisoformat(plan.as_of).date() if plan.as_of else None
        self._unit = next(
            (word for word in words(plan.mapping.get("weight", "")).split() if word in {"g", "kg", "lb", "lbs", "oz"}),
            "",
        )
        self._sku = at["sku"] if "sku" in at else at["key"]

    def run_key(self, cells: Row) -> str:
        group = one_line(cells[self._at["group"]]) if self._grouped else ""
        return group or self._own_key(cells)

    def _own_key(self, cells: Row) -> str:
        """What the best of the identifying columns says. Only that one: an offer has one name, today and tomorrow."""
        key = one_line(cells[self._identity])
        return key if self._identity != self._at["title"] else handle_of(key)

    def read(self, line: int, key: str, cells: Row, into: Assembly, *, returned: bool) -> None:
        at, read = self._at, self._cells
        if not key:
            raise read.refuse(
                self._identity, cells, "nothing in the row tells which product it is", "give the product's id"
            )
        own = self._own_key(cells)
        if not own or max(len(key), len(own)) > MAX_KEY:
            reason = f"the id is longer than {MAX_KEY} characters" if own else "the row has no id of its own"
            raise read.refuse(self._identity, cells, reason, f"give an id of 1 to {MAX_KEY} characters")
        grouped = self._grouped and bool(cells[at["group"]].strip())
        draft = into.draft(key)
        if not grouped and (returned or draft.lines):
            raise read.refuse(
                self._identity,
                cells,
                "an earlier row has the same id",
                "keep one of the rows, or give each its own id",
            )
        title = read.title(cells, at["title"])
        if not title and "title" in read.columns:
            raise read.refuse(at["title"], cells, "the title is blank", "give the product a title")
        if not returned and not (grouped and draft.defines):
            self._define(line, title, cells, draft, into, grouped=grouped)
        variant = self._variant(line, own, cells, grouped=grouped, into=into)
        draft.add_variant(variant, read.columns.name(self._identity), own)
        self._extend(line, cells, draft, into, grouped=grouped)
        draft.lines.append(line)

    def _define(self, line: int, title: str, cells: Row, draft: Draft, into: Assembly, *, grouped: bool) -> None:
        at, read = self._at, self._cells
        description = read.html(cells, at["description"])
        brand = read.name(cells, at["brand"])
        tags = read.tags(cells, at["tags"])
        status = read.status(cells, at["status"]) if "status" in read.columns else "active"
        draft.title, draft.description_html, draft.brand, draft.tags, draft.status = (
            title,
            description,
            brand,
            tags,
            status,
        )
        draft.category = path_of(cells[at["category"]]) or self._google_category(cells)
        draft.product_type = read.name(cells, at["product_type"])
        draft.url = read.address(line, cells, at["url"], into) or ""
        draft.external_ids = {"item_group_id" if grouped else "id": draft.key}
        draft.defines = True

    def _google_category(self, cells: Row) -> tuple[str, ...]:
        """Google's category as a path; its bare number is no name and says nothing here."""
        text = cells[self._at["google_category"]].strip()
        return () if text.isdigit() else path_of(text)

    def _extend(self, line: int, cells: Row, draft: Draft, into: Assembly, *, grouped: bool) -> None:
        """What every row of a product adds to it."""
        at, read = self._at, self._cells
        read.image(line, cells, at["image"], draft, into)
        if cells[at["additional_images"]]:
            read.images(line, at["additional_images"], listed(cells[at["additional_images"]]), draft, into)
        for name in _ATTRIBUTES:
            if cells[at[name]] and not (grouped and name in _OPTIONS):
                draft.add_attribute(name, (one_line(cells[at[name]]),))

    def _variant(self, line: int, own: str, cells: Row, *, grouped: bool, into: Assembly) -> SourceVariant:
        at, read = self._at, self._cells
        price, compare = self._prices(line, cells, into)
        quantity = read.quantity(cells, at["quantity"])
        in_stock, backorder = self._availability(line, cells, into)
        return SourceVariant(
            key=own,
            line=line,
            sku=read.name(cells, self._sku) or None,
            options=tuple((name.capitalize(), one_line(cells[at[name]])) for name in _OPTIONS if cells[at[name]])
            if grouped
            else (),
            price=price,
            compare_at=compare,
            cost=read.money(cells, at["cost"], self._currency(cells) or self._named.get(at["cost"], "")),
            gtin=read.gtin(line, cells, (at["gtin"],), into),
            mpn=read.name(cells, at["mpn"]) or None,
            weight_grams=read.weight(line, cells, at["weight"], self._unit, into),
            tracked=None if quantity is None else True,
            quantity=quantity,
            in_stock=in_stock,
            backorder=backorder,
            image=read.address(line, cells, at["image"], into) if grouped else None,
        )

    def _prices(self, line: int, cells: Row, into: Assembly) -> tuple[Amount | None, Amount | None]:
        """A price cell without a currency is in the row's: that of its currency column, or of another price cell."""
        at, read = self._at, self._cells
        currency = self._currency(cells)
        columns = (at["price"], at["sale_price"], at["compare_at"])
        regular, sale, was = (read.money(cells, column, currency or self._named.get(column, "")) for column in columns)
        named = {amount[1] for amount in (regular, sale, was) if amount is not None}
        if len(named) > 1 or (currency and named - {currency}):
            currency = currency or next(code for code in sorted(named) if code != self._default)
            regular, sale, was = (self._again(cells, column, currency) for column in columns)
        if sale is not None and not sale_runs(cells[at["sale_dates"]], self._as_of):
            if self._as_of is None:
                into.warn(
                    line,
                    read.columns.name(at["sale_dates"]),
                    cells[at["sale_dates"]],
                    "the sale price is for certain dates only and was left out",
                    "remove the dates if the sale price holds now",
                )
            sale = None
        return priced(regular, sale, was)

    def _again(self, cells: Row, column: int, currency: str) -> Amount | None:
        amount = self._cells.money(cells, column, currency)
        if amount is not None and amount[1] != currency:
            raise self._cells.refuse(
                column,
                cells,
                f"the row has prices in {amount[1]} and in {currency}",
                "give all prices of a row in one currency",
            )
        return amount

    def _currency(self, cells: Row) -> str:
        """The code or sign in the row's currency column, if there is one."""
        text = cells[self._at["currency"]].strip()
        if not text:
            return ""
        try:
            return currency_of([text], self._default)
        except BadCell as fault:
            raise self._cells.refuse(self._at["currency"], cells, fault.reason, fault.hint) from None

    def _availability(self, line: int, cells: Row, into: Assembly) -> tuple[bool | None, bool | None]:
        """(in stock, may be ordered all the same)"""
        column = self._at["availability"]
        text = cells[column]
        if not text:
            return None, None
        if text.isdigit():
            return int(text) > 0, None
        word = words(text.rsplit("/", 1)[-1])
        if word in _IN_STOCK or word in _OUT:
            return word in _IN_STOCK, False
        if word in _TO_ORDER:
            return False, True
        flag = flag_of(text)
        if flag is None:
            into.warn(
                line,
                self._cells.columns.name(column),
                text,
                "not an availability; the row was taken without it",
                "use in_stock, out_of_stock, preorder or backorder",
            )
        return flag, None
