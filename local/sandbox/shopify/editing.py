"""What happens in a shop: products edited, stock counted, orders placed, the app uninstalled; and the webhooks it causes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from local.sandbox.shopify import order_payload, payloads, tokens
from local.sandbox.shopify.model import Customer, Image, Later, Line, Order, Product, Variant
from local.sandbox.shopify.shop import Shop
from local.sandbox.shopify.webhooks import Webhooks
from local.sandbox.shopify.world import World

SHOP_REDACT_AFTER = 48 * 3600
"""Seconds between an uninstall and the request to delete the shop's data."""

STATUSES = ("ACTIVE", "DRAFT", "ARCHIVED", "UNLISTED")
_PRODUCT_TEXTS = ("title", "handle", "vendor", "product_type", "description_html")
_VARIANT_FIELDS = ("sku", "barcode", "policy", "taxable", "tracked", "weight", "weight_unit", "position")


class WrongEdit(ValueError):
    """The text names the field and the remedy."""


@dataclass
class Editing:
    """`silent` edits cause no webhook: those are the ones that reconciliation has to find."""

    world: World
    webhooks: Webhooks

    def create(self, shop: Shop, wanted: Mapping[str, Any], *, silent: bool = False) -> Product:
        now = self.world.clock.instant()
        title = str(wanted.get("title") or "").strip()
        if not title:
            raise WrongEdit("title: give the product a title")
        _check(wanted, list(wanted.get("variants", ())))
        large = bool(wanted.get("large_id"))
        handle = str(wanted.get("handle") or "-".join(title.lower().split()))
        product = Product(shop.new_id(large=large), title, handle, shop.state.name, now, now)
        product.option_names = [str(name) for name in wanted.get("option_names", ())]
        for url in wanted.get("images", ()):
            product.images.append(Image(shop.new_id(large=large), str(url), title))
        for position, given in enumerate(wanted.get("variants") or [{}], 1):
            product.variants.append(self._variant(shop, given, position, large=large))
        self._describe(product, wanted)
        for variant, given in zip(product.variants, wanted.get("variants") or [{}], strict=True):
            _change_variant(variant, given)
        shop.state.products[product.id] = product
        shop.index()
        if not silent:
            self.webhooks.emit(shop, "products/create", payloads.product_body(shop, product))
        return product

    def _variant(self, shop: Shop, given: Mapping[str, Any], position: int, *, large: bool) -> Variant:
        now = self.world.clock.instant()
        options = [str(value) for value in given.get("options", ())]
        number = shop.new_id(large=large)
        variant = Variant(number, shop.new_id(large=large), options, "", "0.00", now, now, position)
        variant.quantity = int(given.get("quantity", 0))
        return variant

    def edit(self, shop: Shop, product: Product, wanted: Mapping[str, Any], *, silent: bool = False) -> None:
        """Change a product. `variants` holds changes with the `id` or `sku` of the variant each is for; one without either is for
        the only variant. Stock is told as inventory, everything else as the product. Raises WrongEdit, and then nothing changed."""
        changes = [(_variant_of(product, given), given) for given in wanted.get("variants", ())]
        _check(wanted, [given for _, given in changes])
        altered = [variant for variant, given in changes if _change_variant(variant, given)]
        stock = [variant for variant, given in changes if _count(variant, given)]
        described = self._describe(product, wanted) or bool(altered)
        now = self.world.clock.instant()
        for variant in (*altered, *stock):
            variant.updated_at = now
        if described or stock:
            product.updated_at = now
        if not silent:
            self._tell(shop, product, stock, described=described)

    def _tell(self, shop: Shop, product: Product, stock: list[Variant], *, described: bool) -> None:
        event = str(uuid.uuid4())
        if described:
            self.webhooks.emit(shop, "products/update", payloads.product_body(shop, product), event_id=event)
        for variant in stock:
            self.webhooks.emit(shop, "inventory_levels/update", payloads.stock_body(shop, variant), event_id=event)

    def delete(self, shop: Shop, product: Product, *, silent: bool = False) -> None:
        del shop.state.products[product.id]
        shop.index()
        if not silent:
            self.webhooks.emit(shop, "products/delete", {"id": product.id})

    def order(self, shop: Shop, lines: list[tuple[int, int]], *, silent: bool = False) -> Order:
        """Somebody buys `lines`, pairs of variant id and quantity; stock goes down. Raises WrongEdit for an unknown variant."""
        found = [(shop.variant(variant_id), quantity) for variant_id, quantity in lines]
        if not found or any(pair is None or quantity < 1 for pair, quantity in found):
            raise WrongEdit("lines: give variants of this shop, each with a quantity from 1")
        now = self.world.clock.instant()
        state = shop.state
        number, state.next_order = state.next_order, state.next_order + 1
        order = Order(shop.new_id(), number, now, now, self._customer(shop), [])
        event = str(uuid.uuid4())
        for pair, quantity in found:
            assert pair is not None
            order.lines.append(_line(shop, *pair, quantity))
        state.orders[order.id] = order
        if not silent:
            self.webhooks.emit(shop, "orders/create", order_payload.order_body(shop, order), event_id=event)
        for pair, quantity in found:
            assert pair is not None
            self._sold(shop, *pair, quantity, event="" if silent else event)
        return order

    def touch_order(self, shop: Shop, order: Order, *, status: str = "", cancelled: bool = False) -> None:
        """An order is refunded or cancelled."""
        order.updated_at = self.world.clock.instant()
        order.financial_status = status or order.financial_status
        order.cancelled_at = order.updated_at if cancelled else order.cancelled_at
        self.webhooks.emit(shop, "orders/updated", order_payload.order_body(shop, order))

    def _sold(self, shop: Shop, product: Product, variant: Variant, quantity: int, *, event: str) -> None:
        now = self.world.clock.instant()
        product.updated_at = variant.updated_at = now
        if variant.tracked:
            variant.quantity -= quantity
        if event:
            self.webhooks.emit(shop, "products/update", payloads.product_body(shop, product), event_id=event)
        if event and variant.tracked:
            self.webhooks.emit(shop, "inventory_levels/update", payloads.stock_body(shop, variant), event_id=event)

    def _customer(self, shop: Shop) -> Customer:
        number = shop.new_id()
        return Customer(number, f"customer-{shop.state.next_order}@example.com", "Avery", "Tremblay", "+1 902 555 0142")

    def uninstall(self, shop: Shop) -> None:
        """The merchant removes the app: tokens are worthless at once, and in two days its data has to go."""
        if shop.state.installation is None:
            raise WrongEdit("the app is not installed in this shop")
        tokens.revoke(shop)
        shop.state.installation = None
        self.webhooks.emit(shop, "app/uninstalled", payloads.shop_body(shop))
        shop.state.subscriptions = []
        shop.state.later.append(Later(self.world.clock.seconds() + SHOP_REDACT_AFTER, "shop/redact"))

    def _describe(self, product: Product, wanted: Mapping[str, Any]) -> bool:
        before = (*(getattr(product, name) for name in _PRODUCT_TEXTS), product.status, list(product.tags))
        for name in _PRODUCT_TEXTS:
            if name in wanted:
                setattr(product, name, str(wanted[name]))
        product.status = str(wanted.get("status", product.status)).upper()
        product.tags = [str(tag) for tag in wanted.get("tags", product.tags)]
        return before != (*(getattr(product, name) for name in _PRODUCT_TEXTS), product.status, list(product.tags))


def _check(wanted: Mapping[str, Any], variants: list[Mapping[str, Any]]) -> None:
    status = str(wanted.get("status", "ACTIVE")).upper()
    if status not in STATUSES:
        raise WrongEdit(f"status: give one of {', '.join(STATUSES)}")
    for given in variants:
        for name in ("price", "compare_at_price"):
            if given.get(name) not in (None, ""):
                money(given[name], name)
        if "quantity" in given and not str(given["quantity"]).lstrip("-").isdigit():
            raise WrongEdit("quantity: give a whole number")


def money(given: Any, name: str = "price") -> str:
    """`given` as Shopify writes money: two decimals. Raises WrongEdit."""
    try:
        amount = Decimal(str(given))
    except InvalidOperation:
        raise WrongEdit(f"{name}: give an amount such as 19.99") from None
    if not amount.is_finite() or amount < 0:
        raise WrongEdit(f"{name}: give an amount such as 19.99")
    return f"{amount:.2f}"


def _variant_of(product: Product, given: Mapping[str, Any]) -> Variant:
    for variant in product.variants:
        if str(given.get("id", "")) == str(variant.id) or (given.get("sku_is") and given["sku_is"] == variant.sku):
            return variant
    if len(product.variants) == 1 and "id" not in given and "sku_is" not in given:
        return product.variants[0]
    raise WrongEdit("variants: name each by its `id`, or by its present SKU as `sku_is`")


def _change_variant(variant: Variant, given: Mapping[str, Any]) -> bool:
    """All but the stock; True if anything is different now."""
    before = [getattr(variant, name) for name in _VARIANT_FIELDS] + [variant.price, variant.compare_at_price]
    for name in _VARIANT_FIELDS:
        if name in given:
            setattr(variant, name, given[name])
    if "price" in given:
        variant.price = money(given["price"])
    if "compare_at_price" in given:
        variant.compare_at_price = money(given["compare_at_price"]) if given["compare_at_price"] else None
    return before != [getattr(variant, name) for name in _VARIANT_FIELDS] + [variant.price, variant.compare_at_price]


def _count(variant: Variant, given: Mapping[str, Any]) -> bool:
    """The stock; True if it is different now."""
    before, variant.quantity = variant.quantity, int(given.get("quantity", variant.quantity))
    return variant.quantity != before


def _line(shop: Shop, product: Product, variant: Variant, quantity: int) -> Line:
    return Line(
        shop.new_id(), product.id, variant.id, product.title, variant.title, variant.sku, product.vendor, quantity, variant.price
    )  # fmt: skip
