"""An order as Shopify's Admin GraphQL gives it, in our terms: the same content as by webhook (see `webhook_order`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from skuflow.contracts.sync import OrderLine
from skuflow.kernel.clock import iso, parse_iso
from skuflow.sync.shopify.values import Amount, money, numeric_id, state_time, text_of
from skuflow.sync.shops.orders import Order

Node = Mapping[str, Any]
_MAX_NAME = 100
_MAX_SKU = 255


def order_from_graphql(node: Node, lines: Iterable[Node], *, shop: str, seen_at: datetime) -> Order:
    """The order of `node` with `lines`, which are all of its line items, as it was seen at `seen_at`. Raises KeyError, TypeError,
    ValueError or BadRow for an answer of another shape."""
    updated = parse_iso(str(node["updatedAt"]))
    currency = str(node["currencyCode"])
    return Order(
        shop=shop,
        order_id=numeric_id(node["id"]),
        name=text_of(node["name"])[:_MAX_NAME],
        created_at=iso(parse_iso(str(node["createdAt"]))),
        updated_at=iso(updated),
        cancelled_at=iso(parse_iso(str(node["cancelledAt"]))) if node["cancelledAt"] else "",
        currency=currency,
        total=_amount(node["currentTotalPriceSet"], currency, "currentTotalPriceSet"),
        lines=tuple(_line(one, currency) for one in lines),
        observed_at=parse_iso(state_time(updated, seen_at)),
    )


def _line(node: Node, currency: str) -> OrderLine:
    return OrderLine(
        product_key=_key(node["product"]),
        variant_key=_key(node["variant"]),
        sku=text_of(node["sku"])[:_MAX_SKU] or None,
        quantity=int(node["currentQuantity"]),
        unit_price=_amount(node["originalUnitPriceSet"], currency, "originalUnitPriceSet"),
    )


def _key(node: Node | None) -> str:
    """The catalogue's key; "" for what is not in the catalogue (a tip, a product since deleted)."""
    return numeric_id(node["id"]) if node is not None else ""


def _amount(bag: Node, currency: str, field: str) -> Amount | None:
    return money(bag["shopMoney"], currency, field)
