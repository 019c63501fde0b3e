"""The columns of files with one offer per row: Google's names for them, what they cover, which of them tell offers apart."""

from __future__ import annotations

from skuflow.sync.reading.formats.headers import Aliases

GOOGLE: Aliases = {
    "key": ("id",),
    "title": ("title", "structured title"),
    "description": ("description",),
    "url": ("link", "canonical link"),
    "image": ("image link",),
    "additional_images": ("additional image link", "additional image links"),
    "price": ("price",),
    "sale_price": ("sale price",),
    "sale_dates": ("sale price effective date",),
    "cost": ("cost of goods sold",),
    "availability": ("availability",),
    "quantity": ("quantity", "inventory", "quantity to sell on facebook"),
    "brand": ("brand",),
    "condition": ("condition",),
    "gtin": ("gtin",),
    "mpn": ("mpn",),
    "group": ("item group id",),
    "category": ("product type",),
    "google_category": ("google product category",),
    "color": ("color", "colour"),
    "size": ("size",),
    "material": ("material",),
    "pattern": ("pattern",),
    "gender": ("gender",),
    "age_group": ("age group",),
    "weight": ("shipping weight",),
}
PRODUCT_COVERS = {
    "title": "title",
    "description": "description_html",
    "brand": "brand",
    "category": "category",
    "google_category": "category",
    "product_type": "product_type",
    "tags": "tags",
    "status": "status",
    "url": "url",
    "image": "images",
    "additional_images": "images",
    **dict.fromkeys(("color", "size", "material", "pattern", "gender", "age_group", "condition"), "attributes"),
}
VARIANT_COVERS = {
    "key": "sku",
    "sku": "sku",
    "price": "price",
    "sale_price": "compare_at",
    "compare_at": "compare_at",
    "cost": "cost",
    "gtin": "gtin",
    "mpn": "mpn",
    "weight": "weight_grams",
    "quantity": "quantity tracked",
    "availability": "in_stock backorder",
    "group": "options image",
}
IDENTITY = ("key", "sku", "gtin", "mpn", "url")
"""The fields that can tell one offer from another, the best first. The first that the file has is
used for all of its rows; a title alone does as the last resort of a mapping."""
