"""Bodies of the webhooks about orders. They carry a customer, as the real ones do, so that nobody forgets to drop it."""

from __future__ import annotations

from local.sandbox.shopify.model import Customer, Line, Order
from local.sandbox.shopify.order_views import total
from local.sandbox.shopify.payloads import Body, local
from local.sandbox.shopify.shop import Shop, gid


def order_body(shop: Shop, order: Order) -> Body:
    person = _address(order.customer)
    return {
        "id": order.id,
        "admin_graphql_api_id": gid("Order", order.id),
        "app_id": 580111,
        "browser_ip": "192.0.2.17",
        "cancel_reason": None,
        "cancelled_at": local(shop, order.cancelled_at) if order.cancelled_at else None,
        "closed_at": None,
        "confirmed": True,
        "contact_email": order.customer.email,
        "created_at": local(shop, order.created_at),
        "customer_locale": "en-CA",
        "email": order.customer.email,
        "financial_status": order.financial_status.lower(),
        "fulfillment_status": None,
        "name": f"#{order.number}",
        "note": None,
        "number": order.number - 1000,
        "order_number": order.number,
        "phone": order.customer.phone,
        "processed_at": local(shop, order.created_at),
        "source_name": "web",
        "tags": "",
        "taxes_included": False,
        "test": False,
        "updated_at": local(shop, order.updated_at),
        "billing_address": person,
        "shipping_address": person,
        "customer": _customer(order.customer),
        "line_items": [_line(line, shop.state.currency) for line in order.lines],
        **_amounts(total(order), shop.state.currency),
        "refunds": [],
        "shipping_lines": [],
    }


def _amounts(worth: str, currency: str) -> Body:
    """There is neither tax nor discount nor shipping."""
    money = {"amount": worth, "currency_code": currency}
    paid = dict.fromkeys(
        ("current_subtotal_price", "current_total_price", "subtotal_price", "total_line_items_price", "total_price"),
        worth,
    )
    nothing = dict.fromkeys(("current_total_tax", "total_discounts", "total_outstanding", "total_tax"), "0.00")
    sides = {"shop_money": money, "presentment_money": money}
    return {"currency": currency, "presentment_currency": currency, "total_price_set": sides, **paid, **nothing}


def _address(customer: Customer) -> Body:
    return {
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "address1": "12 Ropewalk Lane",
        "city": "Lunenburg",
        "province": "Nova Scotia",
        "zip": "B0J 2C0",
        "country": "Canada",
        "phone": customer.phone,
    }


def _customer(customer: Customer) -> Body:
    return {
        "id": customer.id,
        "admin_graphql_api_id": gid("Customer", customer.id),
        "email": customer.email,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
    }


def _line(line: Line, currency: str) -> Body:
    money = {"amount": line.price, "currency_code": currency}
    return {
        "id": line.id,
        "admin_graphql_api_id": gid("LineItem", line.id),
        "current_quantity": line.quantity,
        "fulfillable_quantity": line.quantity,
        "fulfillment_status": None,
        "gift_card": False,
        "name": f"{line.title} - {line.variant_title}",
        "price": line.price,
        "price_set": {"shop_money": money, "presentment_money": money},
        "product_exists": True,
        "product_id": line.product_id,
        "quantity": line.quantity,
        "requires_shipping": True,
        "sku": line.sku,
        "taxable": True,
        "title": line.title,
        "total_discount": "0.00",
        "variant_id": line.variant_id,
        "variant_title": line.variant_title,
        "vendor": line.vendor,
    }
