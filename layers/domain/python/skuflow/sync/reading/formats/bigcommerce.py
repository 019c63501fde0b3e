"""BigCommerce's product exports: the legacy one (`Item Type, Product ID, …`) and the current one (`Item, ID, Name, …`).

Both list a product's row first and below it rows without a product of their own: `SKU` and `Rule`, or `Variant`, `Image` and
`Video`. A variant without a price has its product's. Reference: BigCommerce Help Center, "Importing and Exporting Products
(v2)", "Importing Product Options", "Supported Product Fields". Weights are in the store's unit, which the file does not tell,
and are not read.
"""

from __future__ import annotations

import re
from dataclasses import replace

from skuflow.contracts.sync import SourceVariant
from skuflow.sync.reading.formats.bigcommerce_options import matches, options_of, ruled_price
from skuflow.sync.reading.formats.cells import CellReader, Row, priced
from skuflow.sync.reading.formats.draft import MAX_KEY, Assembly, Draft
from skuflow.sync.reading.formats.headers import Aliases, comparable
from skuflow.sync.reading.outcome import BadRow
from skuflow.sync.reading.plan import ReadingPlan
from skuflow.sync.reading.values.quantities import flag_of
from skuflow.sync.reading.values.text import one_line

ALIASES: Aliases = {
    "item": ("item type", "item"),
    "id": ("product id", "id"),
    "title": ("product name", "name"),
    "sku": ("product code sku", "code", "sku"),
    "options": ("options",),
    "brand": ("brand name", "brand"),
    "description": ("product description", "description"),
    "price": ("price",),
    "cost": ("cost price",),
    "compare_at": ("retail price",),
    "sale_price": ("sale price",),
    "published": ("product visible", "is visible"),
    "tracking": ("inventory tracking", "track inventory"),
    "quantity": ("current stock level", "current stock"),
    "category": ("category", "categories"),
    "tags": ("search keywords",),
    "gtin": ("gps global trade item number", "global trade number"),
    "upc": ("product upc ean", "upc ean"),
    "mpn": ("gps manufacturer part number", "manufacturer part number"),
    "variant_image": ("variant image url",),
    "image": ("image url import",),
    "image_export": ("internal image url export",),
    "image_alt": ("image description",),
    "gender": ("gps gender",),
    "age_group": ("gps age group",),
    "color": ("gps color",),
    "size": ("gps size",),
    "material": ("gps material",),
    "condition": ("product condition",),
}
PRODUCT_COVERS = {
    "title": "title",
    "brand": "brand",
    "description": "description_html",
    "published": "status",
    "category": "category",
    "tags": "tags",
    "image": "images",
    "image_export": "images",
    "numbered_image": "images",
    **dict.fromkeys(("gender", "age_group", "color", "size", "material", "condition"), "attributes"),
}
VARIANT_COVERS = {
    "sku": "sku",
    "item": "options",
    "price": "price",
    "compare_at": "compare_at",
    "sale_price": "compare_at",
    "cost": "cost",
    "gtin": "gtin",
    "upc": "gtin",
    "mpn": "mpn",
    "quantity": "quantity in_stock",
    "tracking": "tracked",
    "variant_image": "image",
}
_ATTRIBUTES = ("gender", "age_group", "color", "size", "material", "condition")
NUMBERED_IMAGE = re.compile(r"product image url \d+")
_BY_VARIANT = {"variant", "by option", "by_option", "option"}
_BY_PRODUCT = {"product", "by product", "by_product", "simple"}


class BigCommerceReader:
    """Rows of a BigCommerce export."""

    def __init__(self, plan: ReadingPlan) -> None:
        self._cells = CellReader(plan)
        at = self._cells.columns
        self._at = {field: at[field] for field in ALIASES}
        self._item = at["item"]
        # The current export gives a variant's options in a column of their own, the legacy one in its name.
        self._options = at["options"] if "options" in at else at["title"]
        self._numbered = [index for index, name in enumerate(plan.header) if NUMBERED_IMAGE.fullmatch(comparable(name))]

    def _kind(self, cells: Row) -> str:
        return cells[self._item].strip().casefold()

    def run_key(self, cells: Row) -> str:
        if self._kind(cells) != "product":
            return ""
        number = cells[self._at["id"]].strip()
        return f"id:{number}" if number else one_line(cells[self._at["sku"]]) or one_line(cells[self._at["title"]])

    def read(self, line: int, key: str, cells: Row, into: Assembly, *, returned: bool) -> None:
        kind = self._kind(cells)
        if kind == "product":
            self._read_product(line, key, cells, into, returned=returned)
            return
        draft = into.context
        if draft is None:
            raise self._refuse(
                "item", cells, f"a row of kind {kind!r} without its product", "put it below the row of its product"
            )
        if kind in {"sku", "variant"}:
            self._read_variant(line, cells, draft, into)
        elif kind == "rule":
            self._apply_rule(cells, draft)
        elif kind == "image":
            column = self._at["image"] if cells[self._at["image"]] else self._at["image_export"]
            self._cells.image(line, cells, column, draft, into, alt=one_line(cells[self._at["image_alt"]]))
        elif kind != "video":
            raise self._refuse("item", cells, "not a kind of row", "use Product, SKU, Rule, Variant, Image or Video")
        draft.lines.append(line)

    def _refuse(self, field: str, cells: Row, reason: str, hint: str) -> BadRow:
        return self._cells.refuse(self._at[field], cells, reason, hint)

    def _read_product(self, line: int, key: str, cells: Row, into: Assembly, *, returned: bool) -> None:
        into.context = None
        if not key or len(key) > MAX_KEY:
            raise self._refuse(
                "title", cells, "the row has no ID, no SKU and no name", "give the product an ID or a SKU"
            )
        draft = into.draft(key)
        if returned or draft.defines:
            raise self._refuse("id", cells, "an earlier row is the same product", "keep one of the rows")
        self._define(line, cells, draft, into)
        into.context = draft
        draft.base = self._variant(line, "default", cells, into=into)
        draft.lines.append(line)

    def _define(self, line: int, cells: Row, draft: Draft, into: Assembly) -> None:
        at, read = self._at, self._cells
        title = read.title(cells, at["title"])
        if not title:
            raise self._refuse(
                "title", cells, "the name is blank in a row that describes a product", "give the product a name"
            )
        description = read.html(cells, at["description"])
        brand = read.name(cells, at["brand"])
        tags = read.tags(cells, at["tags"])
        draft.title, draft.description_html, draft.brand, draft.tags = title, description, brand, tags
        draft.status = "draft" if flag_of(cells[at["published"]]) is False else "active"
        draft.category = _category(cells[at["category"]])
        if number := cells[at["id"]].strip():
            draft.external_ids = {"bigcommerce_id": number}
        for name in _ATTRIBUTES:
            draft.add_attribute(name, (one_line(cells[at[name]]),))
        for column in self._numbered:
            read.image(line, cells, column, draft, into)
        draft.defines = True

    def _read_variant(self, line: int, cells: Row, draft: Draft, into: Assembly) -> None:
        options = options_of(cells[self._options])
        sku = one_line(cells[self._at["sku"]])
        if not sku and not options:
            raise self._refuse("sku", cells, "the variant has neither a SKU nor options", "give the variant a SKU")
        if draft.base is None and not cells[self._at["price"]]:
            raise self._refuse(
                "price", cells, "no price, and the row of its product was not taken", "mend the product's row too"
            )
        key = sku or "/".join(value.replace("/", "//") for _, value in options)
        variant = self._variant(line, key, cells, into=into, options=options, base=draft.base)
        draft.add_variant(variant, self._cells.columns.name(self._at["sku"]), key)

    def _variant(
        self,
        line: int,
        key: str,
        cells: Row,
        *,
        into: Assembly,
        options: tuple[tuple[str, str], ...] = (),
        base: SourceVariant | None = None,
    ) -> SourceVariant:
        at, read = self._at, self._cells
        price, compare = priced(*(read.money(cells, at[field]) for field in ("price", "sale_price", "compare_at")))
        if base is not None and price is None:
            price, compare = base.price, base.compare_at
        tracked, quantity = self._stock(cells, base)
        return SourceVariant(
            key=key,
            line=line,
            sku=one_line(cells[at["sku"]]) or None,
            options=options,
            price=price,
            compare_at=compare,
            cost=read.money(cells, at["cost"]) or (base.cost if base else None),
            gtin=read.gtin(line, cells, (at["gtin"], at["upc"]), into),
            mpn=read.name(cells, at["mpn"]) or None,
            tracked=tracked,
            quantity=quantity if tracked else None,
            in_stock=None if tracked or quantity is None else quantity > 0,
            image=read.address(line, cells, at["variant_image"], into),
        )

    def _stock(self, cells: Row, base: SourceVariant | None) -> tuple[bool | None, int | None]:
        """(counted, pieces). Stock that is counted for the product as a whole says of a variant only whether there is any."""
        at = self._at
        quantity = self._cells.quantity(cells, at["quantity"])
        tracking = cells[at["tracking"]].strip().casefold()
        if base is not None:
            untold = not tracking and (base.tracked is None or "tracking" not in self._cells.columns)
            if quantity is not None and (tracking in _BY_VARIANT or untold):
                return True, quantity
            return (None, base.quantity) if base.tracked else (base.tracked, None)
        if tracking in _BY_VARIANT:
            return None, None
        if tracking in _BY_PRODUCT or (not tracking and quantity is not None):
            return True, quantity
        return False, None

    def _apply_rule(self, cells: Row, draft: Draft) -> None:
        """A rule changes the price of the variants above it that have its options, or its SKU."""
        text = cells[self._at["price"]].strip()
        if not text:
            return
        sku, wanted = one_line(cells[self._at["sku"]]), options_of(cells[self._options])
        changed = {}
        for key, variant in draft.variants.items():
            if (variant.sku == sku) if sku else matches(variant.options, wanted):
                price = ruled_price(variant.price, text, lambda amount: self._amount(cells, amount))
                if price is None:
                    raise self._refuse("price", cells, "not a rule we know", "give each variant a price of its own")
                changed[key] = replace(variant, price=price, compare_at=priced(price, None, variant.compare_at)[1])
        draft.variants.update(changed)

    def _amount(self, cells: Row, text: str) -> tuple[int, str] | None:
        return self._cells.money(
            [*cells[: self._at["price"]], text, *cells[self._at["price"] + 1 :]], self._at["price"]
        )


def _category(cell: str) -> tuple[str, ...]:
    """The deepest of `Shop/Shirts;Sale`; a slash in a name is written `\\/`. The current export's bare numbers say nothing."""
    paths = []
    for path in cell.split(";"):
        names = [one_line(name.replace("\\/", "/")) for name in re.split(r"(?<!\\)/", path)]
        paths.append(tuple(name for name in names if name and not name.isdigit()))
    return max(paths, key=len)
