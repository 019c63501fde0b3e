"""Which format a header belongs to, what its columns cover, and who reads its rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

from skuflow.contracts.sync import SourceProduct, SourceVariant
from skuflow.sync.reading.formats import bigcommerce, flat, flat_columns, shopify, woocommerce
from skuflow.sync.reading.formats.cells import RowReader
from skuflow.sync.reading.formats.headers import Aliases, bind, comparable
from skuflow.sync.reading.plan import Format, ReadingPlan
from skuflow.sync.reading.refusal import UploadRefused

_PRODUCT_FIELDS = tuple(field.name for field in fields(SourceProduct))
_VARIANT_FIELDS = tuple(field.name for field in fields(SourceVariant))
_GOOGLE_OWN = {
    "image link", "availability", "item group id", "google product category", "gtin", "sale price", "mpn", "identifier exists",
}  # fmt: skip
_SHOPIFY_OWN = {
    "compare at price", "published on online store", "option1 name", "option1 value", "product image url", "inventory quantity",
    "continue selling when out of stock", "weight value grams", "variant price", "body html", "variant sku", "image src",
}  # fmt: skip
_SHOPIFY_ONLY = {"variant price", "body html", "variant sku", "option1 name", "option1 value", "image src"}
_LEGACY_OWN = {"handle", "body html", "variant price", "variant sku", "image src", "published", "variant inventory qty"}
_CURRENT_OWN = {
    "url handle",
    "published on online store",
    "product image url",
    "inventory quantity",
    "compare at price",
    "description",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """One family of files. `required` are groups of fields of which at least one must have a column; `extra` names the
    columns that come in numbers, such as attributes."""

    aliases: Aliases
    product_covers: Mapping[str, str]
    variant_covers: Mapping[str, str]
    required: tuple[tuple[str, ...], ...]
    reader: Callable[[ReadingPlan], RowReader]
    extra: Mapping[str, re.Pattern[str]]


_SHOPIFY = Layout(
    shopify.ALIASES,
    shopify.PRODUCT_COVERS,
    shopify.VARIANT_COVERS,
    (("key", "title"),),
    shopify.ShopifyReader,
    {"metafield": shopify.METAFIELD},
)
_MAPPED_REQUIRED = (("key", "sku", "gtin", "mpn", "url", "title"),)
LAYOUTS: dict[Format, Layout] = {
    "shopify": _SHOPIFY,
    "shopify_legacy": _SHOPIFY,
    "woocommerce": Layout(
        woocommerce.ALIASES,
        woocommerce.PRODUCT_COVERS,
        woocommerce.VARIANT_COVERS,
        (("sku", "id"), ("title",)),
        woocommerce.WooCommerceReader,
        {"attribute": woocommerce.ATTRIBUTE},
    ),
    "bigcommerce": Layout(
        bigcommerce.ALIASES,
        bigcommerce.PRODUCT_COVERS,
        bigcommerce.VARIANT_COVERS,
        (("title",), ("price",)),
        bigcommerce.BigCommerceReader,
        {"numbered_image": bigcommerce.NUMBERED_IMAGE},
    ),
    "google_merchant": Layout(
        flat_columns.GOOGLE,
        flat_columns.PRODUCT_COVERS,
        flat_columns.VARIANT_COVERS,
        (("key",), ("title",), ("price",)),
        flat.FlatReader,
        {},
    ),
    "mapped": Layout(
        {}, flat_columns.PRODUCT_COVERS, flat_columns.VARIANT_COVERS, _MAPPED_REQUIRED, flat.FlatReader, {}
    ),
}


def detect(header: Sequence[str]) -> Format | None:
    """The known format that a header belongs to, or None. Names are compared without case, spaces and punctuation."""
    names = {comparable(name) for name in header}
    if _is_bigcommerce(names):
        return "bigcommerce"
    if names & {"type", "typ"} and len(names & set(woocommerce.SIGNATURE)) >= 2:
        return "woocommerce"
    if _is_shopify(names):
        return "shopify_legacy" if len(names & _LEGACY_OWN) > len(names & _CURRENT_OWN) else "shopify"
    if "id" in names and len(names & _GOOGLE_OWN) >= 2 and names & {"title", "price"}:
        return "google_merchant"
    return None


def _is_shopify(names: set[str]) -> bool:
    """A handle is Shopify's own word; without one the file has to have several of its other columns."""
    if names & {"handle", "url handle"}:
        return True
    return len(names & _SHOPIFY_ONLY) >= 2 or ("title" in names and len(names & _SHOPIFY_OWN) >= 2)


def _is_bigcommerce(names: set[str]) -> bool:
    legacy = "item type" in names and bool(names & {"product name", "product code sku", "product id"})
    current = {"item", "name", "sku"} <= names and bool(
        names & {"options", "inventory tracking", "cost price", "is visible"}
    )
    return legacy or current


def bound(kind: Format, header: Sequence[str]) -> dict[str, str]:
    """Canonical field -> header for a file of a known format. Raises UploadRefused if a required column is missing."""
    layout = LAYOUTS[kind]
    mapping = bind(header, layout.aliases)
    require(kind, mapping)
    return mapping


def require(kind: Format, mapping: Mapping[str, str]) -> None:
    """Raises UploadRefused (missing_columns) if `mapping` has none of the fields of a required group."""
    layout = LAYOUTS[kind]
    missing = [group for group in layout.required if not any(field in mapping for field in group)]
    if missing:
        named = "; ".join(" or ".join(_example(layout, field) for field in group) for group in missing)
        raise UploadRefused(
            "missing_columns",
            f"the file looks like {kind.replace('_', ' ')}, but has no column for: {named}",
            "export the file again with these columns, or map its columns by hand",
        )


def _example(layout: Layout, field: str) -> str:
    return layout.aliases[field][0] if field in layout.aliases else field


def coverage(
    kind: Format, header: Sequence[str], mapping: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(fields of SourceProduct, fields of SourceVariant) that the columns cover, in the order of the records."""
    layout = LAYOUTS[kind]
    have = set(mapping)
    have |= {
        family
        for family, pattern in layout.extra.items()
        if any(pattern.fullmatch(name) or pattern.fullmatch(comparable(name)) for name in header)
    }
    product = {name for field in have for name in layout.product_covers.get(field, "").split()}
    variant = {name for field in have for name in layout.variant_covers.get(field, "").split()}
    return (
        tuple(name for name in _PRODUCT_FIELDS if name in product),
        tuple(name for name in _VARIANT_FIELDS if name in variant),
    )


def reader_for(plan: ReadingPlan) -> RowReader:
    return LAYOUTS[plan.format].reader(plan)
