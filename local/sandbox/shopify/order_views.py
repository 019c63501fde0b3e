"""Orders as objects of the GraphQL schema, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from local.sandbox.shopify.connections import Connection, View, matches
from local.sandbox.shopify.model import Line, Order
from local.sandbox.shopify.shop import Shop, gid
from local.sandbox.shopify.views import Views, money_view


def total(order: Order) -> str:
    """The order's worth as decimal text; the sandbox knows neither tax nor shipping."""
    return str(sum((Decimal(line.price) * line.quantity for line in order.lines), Decimal("0.00")))


@dataclass
class OrderViews:
    shop: Shop

    def order(self, order: Order) -> View:
        worth, nothing = self._bag(total(order)), self._bag("0.00")
        return {
            "__typename": "Order",
            "id": gid("Order", order.id),
            "legacyResourceId": str(order.id),
            "name": f"#{order.number}",
            "number": order.number,
            "createdAt": order.created_at,
            "updatedAt": order.updated_at,
            "processedAt": order.created_at,
            "cancelledAt": order.cancelled_at,
            "closedAt": None,
            "currencyCode": self.shop.state.currency,
            "test": False,
            "email": order.customer.email,
            "displayFinancialStatus": order.financial_status,
            "displayFulfillmentStatus": "UNFULFILLED",
            "totalPriceSet": worth,
            "currentTotalPriceSet": worth,
            "subtotalPriceSet": worth,
            "currentSubtotalPriceSet": worth,
            "totalTaxSet": nothing,
            "currentSubtotalLineItemsQuantity": sum(line.quantity for line in order.lines),
            "lineItems": Connection(
                items=lambda _arguments: order.lines, view=self._line, order=lambda line, _key: (line.id,)
            ),
        }

    def _line(self, line: Line) -> View:
        price = self._bag(line.price)
        return {
            "__typename": "LineItem",
            "id": gid("LineItem", line.id),
            "title": line.title,
            "name": f"{line.title} - {line.variant_title}",
            "variantTitle": line.variant_title,
            "sku": line.sku,
            "vendor": line.vendor,
            "quantity": line.quantity,
            "currentQuantity": line.quantity,
            "originalUnitPriceSet": price,
            "discountedUnitPriceSet": price,
            "product": lambda _info: self._product(line),
            "variant": lambda _info: self._variant(line),
        }

    def _product(self, line: Line) -> View | None:
        product = self.shop.product(line.product_id)
        return Views(self.shop).product(product) if product else None

    def _variant(self, line: Line) -> View | None:
        pair = self.shop.variant(line.variant_id)
        return Views(self.shop).variant(pair) if pair else None

    def _bag(self, amount: str) -> View:
        money = money_view(amount, self.shop.state.currency)
        return {"shopMoney": money, "presentmentMoney": money}


def order_order(order: Order, key: str) -> tuple[Any, ...]:
    by = {"CREATED_AT": order.created_at, "UPDATED_AT": order.updated_at, "PROCESSED_AT": order.created_at}
    return (by[key], order.id) if key in by else (order.id,)


def found_orders(shop: Shop, arguments: Mapping[str, Any]) -> list[Order]:
    query = arguments.get("query")
    return [order for order in shop.state.orders.values() if matches(query, _fields(order))]


def _fields(order: Order) -> dict[str, str]:
    return {
        "id": str(order.id),
        "name": f"#{order.number}",
        "created_at": order.created_at,
        "updated_at": order.updated_at,
        "processed_at": order.created_at,
        "status": "open",
        "financial_status": order.financial_status,
    }
