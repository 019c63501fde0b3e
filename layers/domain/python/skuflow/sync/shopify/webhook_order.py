"""An order as the webhooks `orders/create` and `orders/updated` carry it: the REST-shaped resource of Shopify's "Order" webhook
reference. Of a person nothing is taken: no name, address, contact, note, or id of one."""

from __future__ import annotations

from datetime import datetime

from skuflow.contracts.sync import OrderLine
from skuflow.kernel.clock import iso, parse_iso
from skuflow.sync.reading.outcome import BadRow
from skuflow.sync.shopify.payload import Payload, invalid, listed, moment, object_in, own_number, refused, words
from skuflow.sync.shopify.values import Amount, money, numeric_id, state_time
from skuflow.sync.shops.orders import Order

MAX_LINES = 1_000
"""Lines of an order that are kept; Shopify allows 500."""
_MAX_NAME = 100
_MAX_SKU = 255
_MAX_COUNT = 10**9


def order_from_webhook(payload: object, *, shop: str, triggered_at: datetime) -> Order:
    """The order that `payload` (JSON; decimals as Decimal) describes, as it was seen at `triggered_at`. Raises Invalid that names
    the field."""
    told = object_in(payload)
    updated = moment(told, "updated_at") or triggered_at
    currency = words(told.get("currency"))
    if not currency:
        raise invalid("currency", "is missing", "send the order's currency, such as CAD")
    total = "current_total_price" if told.get("current_total_price") is not None else "total_price"
    lines = listed(told, "line_items")
    if len(lines) > MAX_LINES:
        raise invalid("line_items", f"are more than {MAX_LINES}")
    return Order(
        shop=shop,
        order_id=own_number(told, "Order"),
        name=words(told.get("name"))[:_MAX_NAME],
        created_at=_told(moment(told, "created_at")),
        updated_at=iso(updated),
        cancelled_at=_told(moment(told, "cancelled_at")),
        currency=currency,
        total=_amount(told, total, currency, total),
        lines=tuple(
            _line(object_in(one, f"line_items.{n}"), currency, f"line_items.{n}.") for n, one in enumerate(lines)
        ),
        observed_at=parse_iso(state_time(updated, triggered_at)),
    )


def _line(told: Payload, currency: str, path: str) -> OrderLine:
    count = told.get("current_quantity")
    field = "current_quantity" if count is not None else "quantity"
    quantity = told.get(field)
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not 0 <= quantity <= _MAX_COUNT:
        raise invalid(f"{path}{field}", "is not a count of pieces")
    return OrderLine(
        product_key=_key(told, "product_id", path),
        variant_key=_key(told, "variant_id", path),
        sku=words(told.get("sku"))[:_MAX_SKU] or None,
        quantity=quantity,
        unit_price=_amount(told, "price", currency, f"{path}price"),
    )


def _key(told: Payload, field: str, path: str) -> str:
    """The id at `field` as the catalogue's key; "" for what is not in the catalogue (a tip, a product since deleted)."""
    value = told.get(field)
    if value is None:
        return ""
    try:
        return numeric_id(value)
    except BadRow as fault:
        raise refused(fault, f"{path}{field}") from None


def _amount(told: Payload, field: str, currency: str, path: str) -> Amount | None:
    try:
        return money(told.get(field), currency, field)
    except BadRow as fault:
        raise refused(fault, path) from None


def _told(at: datetime | None) -> str:
    return iso(at) if at is not None else ""
