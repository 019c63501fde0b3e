"""WooCommerce's product export (Products › Export), headers in English or German.

Column names and cell formats follow WooCommerce's own exporter (class-wc-product-csv-exporter.php): lists are separated by
commas with `\\,` for a comma in a value, line breaks in texts are written `\\n`, related products are a SKU or `id:N`.
A variation is a row of its own that names its parent; it usually stands far from it.
"""

from __future__ import annotations

import re
from datetime import datetime

from skuflow.contracts.sync import SourceVariant
from skuflow.sync.reading.formats.cells import CellReader, Row, priced
from skuflow.sync.reading.formats.draft import MAX_KEY, Assembly, Draft
from skuflow.sync.reading.formats.headers import Aliases, comparable
from skuflow.sync.reading.outcome import BadRow
from skuflow.sync.reading.plan import ReadingPlan
from skuflow.sync.reading.values.prices import Amount
from skuflow.sync.reading.values.quantities import flag_of
from skuflow.sync.reading.values.sale_dates import sale_runs
from skuflow.sync.reading.values.text import listed_escaped, one_line, path_of

ALIASES: Aliases = {
    "id": ("id",),
    "row_type": ("type", "typ"),
    "sku": ("sku", "artikelnummer"),
    "gtin": ("gtin upc ean or isbn", "gtin upc ean oder isbn"),
    "title": ("name",),
    "published": ("published", "veröffentlicht"),
    "short_description": ("short description", "kurzbeschreibung"),
    "description": ("description", "beschreibung"),
    "sale_from": ("date sale price starts", "datum an dem angebotspreis beginnt"),
    "sale_to": ("date sale price ends", "datum an dem angebotspreis endet"),
    "in_stock": ("in stock", "vorrätig"),
    "quantity": ("stock", "bestand", "lager"),
    "backorder": ("backorders allowed", "lieferrückstande erlaubt", "lieferrückstände erlaubt"),
    "weight": ("weight kg", "weight g", "weight lbs", "weight oz", "gewicht kg", "gewicht g"),
    "sale_price": ("sale price", "angebotspreis"),
    "price": ("regular price", "regulärer preis"),
    "category": ("categories", "kategorien"),
    "tags": ("tags", "schlagwörter"),
    "images": ("images", "bilder"),
    "parent": ("parent", "übergeordnetes produkt"),
    "url": ("external url", "externe url"),
    "brand": ("brands", "marken", "brand", "marke"),
    "cost": ("cost of goods",),
}
SIGNATURE = (
    "visibility in catalog",
    "is featured",
    "regular price",
    "regulärer preis",
    "sichtbarkeit im katalog",
    "in stock",
    "vorrätig",
)
PRODUCT_COVERS = {
    "title": "title",
    "description": "description_html",
    "short_description": "description_html",
    "published": "status",
    "category": "category",
    "tags": "tags",
    "images": "images",
    "url": "url",
    "brand": "brand",
    "attribute": "attributes",
}
VARIANT_COVERS = {
    "sku": "sku",
    "gtin": "gtin",
    "price": "price",
    "sale_price": "compare_at",
    "cost": "cost",
    "weight": "weight_grams",
    "quantity": "quantity tracked",
    "in_stock": "in_stock",
    "backorder": "backorder",
    "images": "image",
    "attribute": "options",
}
ATTRIBUTE = re.compile(r"(?:attribute|attribut) (\d+) (name|value s|wert e)")
_LINE_BREAK = re.compile(r"(?<!\\)\\n")


class WooCommerceReader:
    """Rows of a WooCommerce export."""

    def __init__(self, plan: ReadingPlan) -> None:
        self._cells = CellReader(plan)
        at = self._cells.columns
        self._at = {field: at[field] for field in ALIASES}
        self._id, self._sku, self._type, self._parent = at["id"], at["sku"], at["row_type"], at["parent"]
        self._parents = plan.parents
        self._as_of = datetime.fromisoformat(plan.as_of).date() if plan.as_of else None
        self._unit = comparable(plan.mapping.get("weight", "")).rpartition(" ")[2]
        self._attributes = _attribute_columns(plan.header)

    def run_key(self, cells: Row) -> str:
        own = self.own_key(cells)
        # A variation belongs to its parent's product, but does not continue the rows above it.
        return f"\0{own}" if self._is_variation(cells) else own

    def own_key(self, cells: Row) -> str:
        """The SKU, or `id:N` without one: what other rows call this one."""
        sku, number = one_line(cells[self._sku]), cells[self._id].strip()
        return sku or (f"id:{number}" if number else "")

    def parent_of(self, cells: Row) -> str:
        """What a variation's row names as its parent; "" for other rows."""
        return one_line(cells[self._parent]) if self._is_variation(cells) else ""

    def may_have_variations(self, cells: Row) -> bool:
        return "variable" in cells[self._type].casefold()

    def _is_variation(self, cells: Row) -> bool:
        return cells[self._type].lstrip()[:9].casefold() == "variation"

    def read(self, line: int, key: str, cells: Row, into: Assembly, *, returned: bool) -> None:
        own = self.own_key(cells)
        if not own or len(own) > MAX_KEY:
            raise self._refuse("sku", cells, "the row has neither a SKU nor an ID", "give the product a SKU")
        if returned:
            raise self._refuse(
                "sku", cells, "an earlier row has the same SKU or ID", "keep one of the rows, or give each its own"
            )
        kinds = {one_line(part).casefold() for part in cells[self._type].split(",")}
        if "variation" in kinds:
            self._read_variation(line, own, cells, into)
        else:
            self._read_product(line, key, cells, kinds, into)

    def _refuse(self, field: str, cells: Row, reason: str, hint: str) -> BadRow:
        return self._cells.refuse(self._at[field], cells, reason, hint)

    def _read_variation(self, line: int, own: str, cells: Row, into: Assembly) -> None:
        parent = one_line(cells[self._parent])
        if not parent:
            raise self._refuse(
                "parent", cells, "a variation without a parent", "give the parent's SKU, or id: and its number"
            )
        options = []
        for name, values in self._attributes:
            value = listed_escaped(cells[values])
            if value and cells[name]:  # a blank value is "any": no option of this variation
                options.append((one_line(cells[name]), value[0]))
        draft = into.draft(self._parents.get(parent, parent))
        variant = self._variant(line, own, cells, tuple(options), into)
        draft.add_variant(variant, self._cells.columns.name(self._sku), own)
        draft.lines.append(line)

    def _read_product(self, line: int, key: str, cells: Row, kinds: set[str], into: Assembly) -> None:
        draft = into.draft(key)
        if draft.defines:
            raise self._refuse(
                "sku", cells, "the row above has the same SKU or ID", "keep one of the rows, or give each its own"
            )
        self._define(line, cells, draft, into)
        if not kinds & {"variable", "grouped"}:
            variant = self._variant(line, "default", cells, (), into)
            draft.add_variant(variant, self._cells.columns.name(self._sku), key)
        draft.lines.append(line)

    def _define(self, line: int, cells: Row, draft: Draft, into: Assembly) -> None:
        at, read = self._at, self._cells
        title = read.title(cells, at["title"])
        if not title and "title" in read.columns:
            raise self._refuse(
                "title", cells, "the name is blank in a row that describes a product", "give the product a name"
            )
        description = _LINE_BREAK.sub(
            "\n", read.html(cells, at["description"]) or read.html(cells, at["short_description"])
        )
        brand = read.name(cells, at["brand"])
        tags = listed_escaped(cells[at["tags"]])
        published = flag_of(cells[at["published"]])
        draft.title, draft.description_html, draft.brand, draft.tags = title, description, brand, tags
        draft.status = "active" if published in {True, None} and cells[at["published"]].strip() != "2" else "draft"
        self._categorise(draft, listed_escaped(cells[at["category"]]))
        draft.url = read.address(line, cells, at["url"], into) or ""
        if number := cells[self._id].strip():
            draft.external_ids = {"woocommerce_id": number}
        read.images(line, at["images"], listed_escaped(cells[at["images"]]), draft, into)
        for name, values in self._attributes:
            if cells[name]:
                draft.add_attribute(one_line(cells[name]), listed_escaped(cells[values]))
        draft.defines = True

    @staticmethod
    def _categorise(draft: Draft, paths: tuple[str, ...]) -> None:
        """The deepest of the product's categories is its place; with more than one, all are kept as an attribute."""
        if paths:
            draft.category = max((path_of(path) for path in paths), key=len)
        if len(paths) > 1:
            draft.add_attribute("categories", paths)

    def _variant(
        self, line: int, key: str, cells: Row, options: tuple[tuple[str, str], ...], into: Assembly
    ) -> SourceVariant:
        at, read = self._at, self._cells
        price, compare = self._prices(line, cells, into)
        counted = one_line(cells[at["quantity"]]).casefold() not in {"", "parent"}
        quantity = read.quantity(cells, at["quantity"]) if counted else None
        stock = cells[at["in_stock"]].strip().casefold()
        in_stock = True if stock in {"backorder", "onbackorder"} else flag_of(stock)
        if options and flag_of(cells[at["published"]]) is False:
            in_stock = False  # a variation that is switched off cannot be bought
        images = listed_escaped(cells[at["images"]]) if key != "default" else ()
        return SourceVariant(
            key=key,
            line=line,
            sku=one_line(cells[self._sku]) or None,
            options=options,
            price=price,
            compare_at=compare,
            cost=read.money(cells, at["cost"]),
            gtin=read.gtin(line, cells, (at["gtin"],), into),
            weight_grams=read.weight(line, cells, at["weight"], self._unit, into),
            tracked=None if cells[at["quantity"]].strip().casefold() == "parent" else counted,
            quantity=quantity,
            in_stock=in_stock,
            backorder=True
            if cells[at["backorder"]].strip().casefold() == "notify"
            else flag_of(cells[at["backorder"]]),
            image=images[0] if images and images[0].startswith(("http://", "https://")) else None,
        )

    def _prices(self, line: int, cells: Row, into: Assembly) -> tuple[Amount | None, Amount | None]:
        at, read = self._at, self._cells
        regular, sale = read.money(cells, at["price"]), read.money(cells, at["sale_price"])
        start, end = cells[at["sale_from"]], cells[at["sale_to"]]
        if sale is not None and (start or end) and not sale_runs(f"{start}/{end}", self._as_of):
            if self._as_of is None:
                into.warn(
                    line,
                    read.columns.name(at["sale_price"]),
                    cells[at["sale_price"]],
                    "the sale price is for certain dates only and was left out",
                    "remove the dates if the sale price holds now",
                )
            sale = None
        return priced(regular, sale, None)


def _attribute_columns(header: tuple[str, ...]) -> list[tuple[int, int]]:
    """(column of the name, column of the values) of each numbered attribute, in order."""
    found: dict[int, dict[str, int]] = {}
    for index, name in enumerate(header):
        if match := ATTRIBUTE.fullmatch(comparable(name)):
            found.setdefault(int(match[1]), {})["name" if match[2] == "name" else "values"] = index
    return [(pair["name"], pair["values"]) for _, pair in sorted(found.items()) if len(pair) == 2]
