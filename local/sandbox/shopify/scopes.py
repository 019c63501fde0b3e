"""Which scope a root field of the schema needs."""

from __future__ import annotations

from collections.abc import Collection

NEEDED = {
    "products": "read_products",
    "product": "read_products",
    "productsCount": "read_products",
    "productVariants": "read_products",
    "productVariant": "read_products",
    "inventoryItem": "read_inventory",
    "inventoryItems": "read_inventory",
    "orders": "read_orders",
    "order": "read_orders",
}


def is_granted(field: str, scopes: Collection[str]) -> bool:
    """Who may write may read."""
    needed = NEEDED.get(field)
    return needed is None or needed in scopes or needed.replace("read_", "write_") in scopes
