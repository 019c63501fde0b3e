"""A product of Shopify's Admin GraphQL as ours: lines of a bulk operation, or nodes of a query.

A file may come from a query that asked for less than ours does: what its lines do not have as a key is not covered, and is left
as it is in the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from skuflow.sync.shopify.fields import RawProduct, RawVariant, Taken, built

Node = Mapping[str, Any]
Numbered = tuple[int, Node]
"""The line that a node stands on (of a file, from 1; else its place among its siblings), and the node."""

MEDIA = frozenset({"MediaImage", "ProductImage", "Image", "ImageSource"})
"""Kinds of gid that are pictures of a product. Videos and models have no place in the catalogue."""

_PRODUCT_KEYS = {
    "title": ("title",),
    "description_html": ("descriptionHtml", "bodyHtml"),
    "brand": ("vendor",),
    "category": ("category",),
    "product_type": ("productType",),
    "tags": ("tags",),
    "status": ("status",),
}
"""Our field -> the keys of a product's node that tell it; the second is what it was called in older versions of the API."""

_VARIANT_KEYS = {
    "sku": "sku",
    "options": "selectedOptions",
    "price": "price",
    "compare_at": "compareAtPrice",
    "gtin": "barcode",
    "image": "image",
    "quantity": "inventoryQuantity",
    "tracked": "inventoryItem.tracked",
    "backorder": "inventoryPolicy",
    "cost": "inventoryItem.unitCost",
    "weight_grams": "inventoryItem.measurement",
}


def product_from_graphql(
    node: Numbered,
    variants: Sequence[Numbered],
    media: Sequence[Node],
    *,
    currency: str,
    seen_at: datetime,
    media_asked: bool = True,
    all_variants: bool = True,
) -> Taken:
    """`node` with its `variants` and `media`, in order of their connections. `media_asked`: whether the query asked for media at
    all, so that none means none; `all_variants`: whether these are all that the product has. `seen_at`: when Shopify was asked."""
    line, product = node
    featured = _inside(product, "featuredMedia", "id")
    images = [found for one in sorted(media, key=lambda one: one.get("id") != featured) if (found := _picture(one))]
    raw = RawProduct(
        line=line,
        gid=product.get("id"),
        title=product.get("title"),
        description_html=product.get("descriptionHtml", product.get("bodyHtml")),
        vendor=product.get("vendor"),
        product_type=product.get("productType"),
        category=_inside(product, "category", "fullName"),
        tags=product.get("tags") or (),
        status=product.get("status") or "ACTIVE",
        images=images,
        handle=product.get("handle"),
        updated_at=product.get("updatedAt"),
    )
    return built(
        raw,
        [_variant(line, one) for line, one in sorted(variants, key=_place)],
        currency=currency,
        seen_at=seen_at,
        product_fields=_product_fields(product, media_asked or bool(images) or "featuredMedia" in product),
        variant_fields=_variant_fields([one for _, one in variants]),
        complete=all_variants,
    )


def nodes_of(node: Node, connection: str) -> list[Node]:
    """The nodes of a connection that is nested in `node`, as a query gives it; a bulk operation has them on lines of their own."""
    found = node.get(connection)
    if not isinstance(found, Mapping):
        return []
    nodes = found.get("nodes")
    if isinstance(nodes, list):
        return [one for one in nodes if isinstance(one, Mapping)]
    edges = found.get("edges")
    inner = [edge.get("node") for edge in edges if isinstance(edge, Mapping)] if isinstance(edges, list) else []
    return [one for one in inner if isinstance(one, Mapping)]


def _product_fields(product: Node, pictured: bool) -> tuple[str, ...]:
    told = [field for field, keys in _PRODUCT_KEYS.items() if any(key in product for key in keys)]
    return (*told, *(["images"] if pictured else []), *(["external_ids"] if told or pictured else []))


def _variant_fields(variants: Sequence[Node]) -> tuple[str, ...]:
    """The fields that every one of `variants` tells."""
    if not variants:
        return ()
    told = {field for field, key in _VARIANT_KEYS.items() if all(_has(one, key) for one in variants)}
    if "tracked" not in told:
        told.discard("quantity")  # alone it would say that units are counted
    if "price" not in told:
        told.discard("compare_at")
    return tuple(field for field in _VARIANT_KEYS if field in told)


def _has(node: Node, path: str) -> bool:
    outer, _, inner = path.partition(".")
    if not inner:
        return outer in node
    nested = node.get(outer)
    return isinstance(nested, Mapping) and inner in nested


def _place(numbered: Numbered) -> tuple[int, int]:
    """Variants stand in the order that the shop gives them, if the query asked for it; else as they come."""
    line, node = numbered
    position = node.get("position")
    return (position if isinstance(position, int) else 0), line


def _variant(line: int, node: Node) -> RawVariant:
    options = node.get("selectedOptions")
    chosen = [one for one in options if isinstance(one, Mapping)] if isinstance(options, list) else []
    weight = _inside(node, "inventoryItem", "measurement", "weight")
    return RawVariant(
        line=line,
        gid=node.get("id"),
        sku=node.get("sku"),
        options=[(one.get("name"), one.get("value")) for one in chosen],
        price=node.get("price"),
        compare_at=node.get("compareAtPrice"),
        cost=_inside(node, "inventoryItem", "unitCost"),
        barcode=node.get("barcode"),
        image=_inside(node, "image", "url") or _inside(node, "image", "src"),
        quantity=node.get("inventoryQuantity"),
        tracked=_inside(node, "inventoryItem", "tracked"),
        policy=node.get("inventoryPolicy"),
        weight=_inside(weight, "value") if isinstance(weight, Mapping) else None,
        weight_unit=_inside(weight, "unit") if isinstance(weight, Mapping) else None,
    )


def _picture(node: Node) -> tuple[str, str] | None:
    """Address and alt text of a MediaImage (or of an Image); None for a picture that is not processed yet, and for a video."""
    image = _inside(node, "image") or _inside(node, "preview", "image") or node
    url = _inside(image, "url") or _inside(image, "src") or _inside(image, "originalSrc")
    alt = node.get("alt") or _inside(image, "altText")
    return (url, alt if isinstance(alt, str) else "") if isinstance(url, str) else None


def _inside(node: Node, *path: str) -> Any:
    """The value at `path`; None where anything on the way is missing."""
    value: Any = node
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
