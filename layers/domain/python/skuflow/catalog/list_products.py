"""A client's products by filter, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Literal, Protocol

from skuflow.catalog import codes
from skuflow.catalog.inventory import ProductStock, is_available
from skuflow.catalog.model import Product
from skuflow.catalog.product_store import PAGE, Index, Place, ProductStore, brand_prefix, category_prefix
from skuflow.catalog.slug import slug
from skuflow.kernel.tenancy import ClientId

MAX_EXAMINED = 2000
"""Products looked at for one page. A filter that few pass ends the page early, with a cursor to go on from."""

MAX_WEIGHT = 4_000_000
"""Bytes of a page, about: Lambda answers with 6 MB at most. A product too many for that begins the next page."""

Availability = Literal["in_stock", "out_of_stock"]


class Stocks(Protocol):
    def get_many(self, client_id: ClientId, product_ids: Iterable[str]) -> dict[str, ProductStock]: ...


@dataclass(frozen=True, slots=True)
class Filter:
    """What a product must be; None: anything. `category` is a path, and everything below it is meant too."""

    brand: str | None = None
    category: tuple[str, ...] | None = None
    status: str | None = None
    tag: str | None = None
    availability: Availability | None = None
    sku: str | None = None
    gtin: str | None = None
    updated_since: datetime | None = None

    @property
    def index(self) -> tuple[Index, str]:
        """The index that narrows most, and the prefix to read of it."""
        if self.category:
            return "category", category_prefix(self.category)
        if self.brand:
            return "brand", brand_prefix(self.brand)
        return "listing", ""

    def passes(self, product: Product, stock: ProductStock | None) -> bool:
        return all((self._codes(product), self._place(product), self._state(product, stock)))

    def _codes(self, product: Product) -> bool:
        own = codes.codes_of(product) if self.sku or self.gtin else frozenset()
        has_sku = not self.sku or ("sku", codes.look_up_value("sku", self.sku)) in own
        return has_sku and (not self.gtin or ("gtin", codes.look_up_value("gtin", self.gtin)) in own)

    def _place(self, product: Product) -> bool:
        in_category = not self.category or category_prefix(product.category).startswith(category_prefix(self.category))
        return in_category and (not self.brand or slug(product.brand) == slug(self.brand))

    def _state(self, product: Product, stock: ProductStock | None) -> bool:
        return (
            self.status in (None, product.status)
            and (self.tag is None or self.tag.casefold() in map(str.casefold, product.tags))
            and (self.updated_since is None or product.updated_at >= self.updated_since)
            and self.availability in (None, availability(product, stock))
        )


_PASSED_BY_MOST = (Filter(), Filter(status="active"))


def availability(product: Product, stock: ProductStock | None) -> Availability:
    """Whether any of the product's variants can be had. A variant of which nobody counts stock can."""
    known = {v.variant_id: is_available(v) for v in stock.variants} if stock else {}
    return "in_stock" if any(known.get(v.variant_id, True) for v in product.variants) else "out_of_stock"


@dataclass(frozen=True, slots=True)
class Listed:
    product: Product
    stock: ProductStock | None


def list_products(
    client_id: ClientId, wanted: Filter, *, products: ProductStore, stocks: Stocks, after: str | None, limit: int
) -> tuple[list[Listed], str | None]:
    """At most `limit` products that pass, behind the place `after`, and the place to go on from; None if that was all."""
    places = _places(client_id, wanted, products, after)
    found: list[Listed] = []
    examined = weight = 0
    chunk = min(PAGE, limit) if wanted in _PASSED_BY_MOST else PAGE
    while batch := list(islice(places, chunk)):
        known = _read(client_id, batch, products, stocks)
        for place in batch:
            examined += 1
            listed = known.get(place.product_id)
            if listed and wanted.passes(listed.product, listed.stock):
                found.append(listed)
                weight += _weight(listed.product)
            if len(found) == limit or examined == MAX_EXAMINED or weight > MAX_WEIGHT:
                more = place is not batch[-1] or next(places, None) is not None
                return found, place.sort if more else None
    return found, None


def _weight(product: Product) -> int:
    """About how many bytes of JSON the product is shown in; the largest there can be takes a third of a page."""
    texts = [product.description_html, *(image.url + image.alt for image in product.all_images)]
    values = [value for named in product.attributes.values() for value in named]
    return 1000 + 600 * len(product.variants) + 2 * sum(map(len, texts)) + sum(map(len, values))


def _places(client_id: ClientId, wanted: Filter, products: ProductStore, after: str | None) -> Iterator[Place]:
    if wanted.sku or wanted.gtin:
        ids = products.with_code(client_id, "sku" if wanted.sku else "gtin", wanted.sku or wanted.gtin or "")
        return iter([Place(name, name) for name in sorted(ids) if after is None or name > after])
    index, prefix = wanted.index
    return products.places(client_id, index, prefix, after)


def _read(client_id: ClientId, places: list[Place], products: ProductStore, stocks: Stocks) -> Mapping[str, Listed]:
    ids = [place.product_id for place in places]
    known = products.get_many(client_id, ids)
    stock = stocks.get_many(client_id, ids)
    return {name: Listed(product, stock.get(name)) for name, product in known.items() if product.is_visible}
