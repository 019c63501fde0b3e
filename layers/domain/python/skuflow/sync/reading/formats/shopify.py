"""Shopify's product CSV, both headers: the current template, and the one that exports still use.

A product is a run of rows with one handle: the first carries the product's own fields and its first variant, the others a
variant or an image each, with the option names left blank. Reference: Shopify Help Center, "Using CSV files to import and
export products". Only `Title` is required there; a row without a handle gets the one that Shopify would make of the title.
"""

from __future__ import annotations

import re
from operator import itemgetter

from skuflow.contracts.sync import SourceVariant
from skuflow.sync.reading.formats.cells import CellReader, Row, priced
from skuflow.sync.reading.formats.draft import MAX_KEY, Assembly, Draft
from skuflow.sync.reading.formats.headers import Aliases
from skuflow.sync.reading.outcome import BadRow
from skuflow.sync.reading.plan import ReadingPlan
from skuflow.sync.reading.values.quantities import flag_of
from skuflow.sync.reading.values.text import clean, handle_of, listed, one_line, path_of

ALIASES: Aliases = {
    "key": ("url handle", "handle"),
    "title": ("title",),
    "description": ("description", "body html", "body"),
    "brand": ("vendor",),
    "category": ("product category", "standardized product type", "standard product type"),
    "product_type": ("type", "custom product type"),
    "tags": ("tags",),
    "published": ("published on online store", "published"),
    "status": ("status",),
    "sku": ("sku", "variant sku"),
    "gtin": ("barcode", "barcodes", "variant barcode", "variant barcodes"),
    "option1_name": ("option1 name",),
    "option1_value": ("option1 value",),
    "option2_name": ("option2 name",),
    "option2_value": ("option2 value",),
    "option3_name": ("option3 name",),
    "option3_value": ("option3 value",),
    "price": ("price", "variant price"),
    "compare_at": ("compare at price", "variant compare at price"),
    "cost": ("cost per item", "variant cost"),
    "tracker": ("inventory tracker", "variant inventory tracker"),
    "quantity": ("inventory quantity", "variant inventory qty", "variant inventory quantity"),
    "backorder": ("continue selling when out of stock", "variant inventory policy"),
    "weight": ("weight value grams", "variant grams"),
    "image": ("product image url", "image src"),
    "image_position": ("image position",),
    "image_alt": ("image alt text",),
    "variant_image": ("variant image url", "variant image"),
    "mpn": ("google shopping mpn", "google shopping manufacturer part number mpn"),
    "gender": ("google shopping gender",),
    "age_group": ("google shopping age group",),
    "condition": ("google shopping condition",),
}
PRODUCT_COVERS = {
    "title": "title",
    "description": "description_html",
    "brand": "brand",
    "category": "category",
    "product_type": "product_type",
    "tags": "tags",
    "published": "status",
    "status": "status",
    "image": "images",
    "gender": "attributes",
    "age_group": "attributes",
    "condition": "attributes",
    "metafield": "attributes",
}
VARIANT_COVERS = {
    "sku": "sku",
    "gtin": "gtin",
    "mpn": "mpn",
    "option1_value": "options",
    "price": "price",
    "compare_at": "compare_at",
    "cost": "cost",
    "tracker": "tracked",
    "quantity": "quantity tracked",
    "backorder": "backorder",
    "weight": "weight_grams",
    "variant_image": "image",
}
METAFIELD = re.compile(r"\s*(.+?)\s*\((?:product\.)?metafields\.[^()]+\)\s*")
_SELLING = ("price", "sku", "option1_value", "compare_at", "gtin", "cost")
_DEFINING = ("title", "description", "brand", "category", "product_type", "tags")
_ATTRIBUTES = ("gender", "age_group", "condition")


class ShopifyReader:
    """Rows of a Shopify file."""

    def __init__(self, plan: ReadingPlan) -> None:
        self._cells = CellReader(plan)
        at = self._cells.columns
        self._at = {field: at[field] for field in ALIASES}
        self._key, self._title = at["key"], at["title"]
        self._options = tuple((at[f"option{n}_name"], at[f"option{n}_value"]) for n in (1, 2, 3))
        self._variant_cells = itemgetter(*(at[name] for name in _SELLING))
        self._defining = itemgetter(*(at[name] for name in _DEFINING))
        self._titled = "title" in at
        self._tracker = "tracker" in at
        self._attributes = [(name, at[name]) for name in _ATTRIBUTES if name in at]
        for index, header in enumerate(plan.header):
            if metafield := METAFIELD.fullmatch(header):
                self._attributes.append((metafield[1].casefold(), index))

    def run_key(self, cells: Row) -> str:
        return clean(cells[self._key]) or handle_of(clean(cells[self._title]))

    def read(self, line: int, key: str, cells: Row, into: Assembly, *, returned: bool) -> None:
        if not key:
            raise self._refuse("key", cells, "the row has neither a handle nor a title", "give the product's handle")
        if len(key) > MAX_KEY:
            raise self._refuse("key", cells, f"the handle is longer than {MAX_KEY} characters", "shorten the handle")
        draft = into.draft(key)
        if not into.option_names:
            into.option_names = self._names(cells)
        describes = any(self._defining(cells))
        if describes and not returned and not draft.defines:
            self._define(cells, draft)
        variant = any(self._variant_cells(cells))
        if variant:
            self._add_variant(line, cells, draft, into)
        image = self._image(line, cells, draft, into)
        if not (variant or image or describes):
            raise self._refuse(
                "key", cells, "the row has no title, no variant and no image", "fill the row in, or delete it"
            )
        draft.lines.append(line)

    def _refuse(self, field: str, cells: Row, reason: str, hint: str) -> BadRow:
        return self._cells.refuse(self._at[field], cells, reason, hint)

    def _define(self, cells: Row, draft: Draft) -> None:
        at, read = self._at, self._cells
        title = read.title(cells, self._title)
        if self._titled and not title:
            raise self._refuse(
                "title", cells, "the title is blank in a row that describes a product", "give the product a title"
            )
        description = read.html(cells, at["description"])
        brand = read.name(cells, at["brand"])
        tags = read.tags(cells, at["tags"])
        status = read.status(cells, at["status"])
        if status == "active" and flag_of(cells[at["published"]]) is False:
            status = "draft"
        draft.title, draft.description_html, draft.brand = title, description, brand
        draft.tags, draft.status = tags, status
        draft.category = path_of(cells[at["category"]])
        draft.product_type = read.name(cells, at["product_type"])
        draft.external_ids = {"shopify_handle": draft.key}
        for name, column in self._attributes:
            draft.add_attribute(name, listed(cells[column], ";"))
        draft.defines = True

    def _add_variant(self, line: int, cells: Row, draft: Draft, into: Assembly) -> None:
        at, read = self._at, self._cells
        options = self._options_of(cells, into.option_names)
        if not options and not self.run_key(cells):
            raise self._refuse(
                "key",
                cells,
                "the row has neither a handle nor an option: it may be a line of totals",
                "give the product's handle, or delete the row",
            )
        price, compare = priced(read.money(cells, at["price"]), None, read.money(cells, at["compare_at"]))
        tracked = bool(clean(cells[at["tracker"]])) if self._tracker else None
        quantity = read.quantity(cells, at["quantity"])
        sku = read.name(cells, at["sku"]) or None
        variant = SourceVariant(
            key="/".join([value.replace("/", "//") for _, value in options]) or "default",
            line=line,
            sku=sku,
            options=options,
            price=price,
            compare_at=compare,
            cost=read.money(cells, at["cost"]),
            gtin=read.gtin(line, cells, (at["gtin"],), into),
            mpn=self._mpn(line, cells, into),
            weight_grams=read.weight(line, cells, at["weight"], "g", into),
            tracked=tracked if self._tracker or quantity is None else True,
            quantity=None if tracked is False else quantity,
            backorder=flag_of(cells[at["backorder"]]),
            image=read.address(line, cells, at["variant_image"], into),
        )
        draft.add_variant(variant, read.columns.name(at["option1_value"]), variant.key)

    def _names(self, cells: Row) -> tuple[str, ...]:
        """The three option names of a row, or () if it names none."""
        names = tuple(one_line(cells[name]) for name, _ in self._options)
        return names if any(names) else ()

    def _options_of(self, cells: Row, inherited: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        """(name, value) pairs; blank names are those of the product's first row. () for a product without options."""
        options = []
        for index, (name_column, value_column) in enumerate(self._options):
            value = self._cells.name(cells, value_column) if cells[value_column] else ""
            if not value:
                continue
            own = cells[name_column]
            name = one_line(own) if own else inherited[index] if inherited else ""
            if not name:
                raise self._cells.refuse(
                    name_column,
                    cells,
                    f"the option {value!r} has no name: no row just above describes the product",
                    "keep all rows of a product together, or give the option's name in every row",
                )
            options.append((name, value))
        return () if options == [("Title", "Default Title")] else tuple(options)

    def _mpn(self, line: int, cells: Row, into: Assembly) -> str | None:
        column = self._at["mpn"]
        if not cells[column]:
            return None
        text = self._cells.name(cells, column)
        if re.fullmatch(r"\d+(?:\.\d+)?E\+\d+", text):
            into.warn(
                line,
                self._cells.columns.name(column),
                text,
                "a spreadsheet turned the part number into a rounded number; the row was taken without it",
                "format the column as text before you paste the numbers",
            )
            return None
        return text or None

    def _image(self, line: int, cells: Row, draft: Draft, into: Assembly) -> bool:
        at = self._at
        if not cells[at["image"]]:
            return False
        place = cells[at["image_position"]].strip()
        self._cells.image(
            line,
            cells,
            at["image"],
            draft,
            into,
            alt=one_line(cells[at["image_alt"]]),
            position=int(place) if place.isascii() and place.isdigit() and len(place) < 10 else None,
        )
        return True
