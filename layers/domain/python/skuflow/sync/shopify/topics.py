"""The webhook topics that we understand, as `X-Shopify-Topic` names them.

Source: Shopify, "Webhooks" reference and "Privacy law compliance" (the compliance topics are set in the app's configuration,
every other is subscribed to per shop).
"""

from __future__ import annotations

PRODUCT_CREATED = "products/create"
PRODUCT_UPDATED = "products/update"
PRODUCT_DELETED = "products/delete"
STOCK_CHANGED = "inventory_levels/update"
ORDER_CREATED = "orders/create"
ORDER_UPDATED = "orders/updated"
APP_UNINSTALLED = "app/uninstalled"
BULK_FINISHED = "bulk_operations/finish"

CUSTOMER_DATA_REQUESTED = "customers/data_request"
CUSTOMER_REDACTED = "customers/redact"
SHOP_REDACTED = "shop/redact"

PRODUCT_STATES = frozenset({PRODUCT_CREATED, PRODUCT_UPDATED})
ORDERS = frozenset({ORDER_CREATED, ORDER_UPDATED})
COMPLIANCE = frozenset({CUSTOMER_DATA_REQUESTED, CUSTOMER_REDACTED, SHOP_REDACTED})

OF_CONNECTED_SHOPS = PRODUCT_STATES | ORDERS | {PRODUCT_DELETED, STOCK_CHANGED, BULK_FINISHED}
"""Of no use once the shop is no longer connected."""

KNOWN = OF_CONNECTED_SHOPS | COMPLIANCE | {APP_UNINSTALLED}
