"""A product as the webhooks `products/create` and `products/update` carry it: the REST-shaped resource of Shopify's "Product"
webhook reference.

It is the whole product, up to a hundred variants; `variant_gids` names them all. Of stock it carries a count, but whether units are
counted at all only in older versions of the API (`inventory_management`). Without that nothing of stock is covered: to the
catalogue it would be a look at all of it. Stock then comes by `inventory_levels/update`; for a new product it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from skuflow.sync.reading.outcome import BadRow
from skuflow.sync.shopify.fields import RawProduct, RawVariant, Taken, built
from skuflow.sync.shopify.payload import (
    Payload,
    invalid,
    listed,
    object_in,
    objects_in,
    own_id,
    own_number,
    words,
)
from skuflow.sync.shopify.values import numeric_id

MAX_VARIANTS = 100
"""Variants that a webhook carries at most."""

_PRODUCT_KEYS = {
    "title": "title",
    "description_html": "body_html",
    "brand": "vendor",
    "category": "category",
    "product_type": "product_type",
    "tags": "tags",
    "status": "status",
    "images": "images",
}
"""Our field -> the key of the payload that tells it."""

_VARIANT_KEYS = {
    "sku": "sku",
    "options": "option1",
    "price": "price",
    "compare_at": "compare_at_price",
    "gtin": "barcode",
    "image": "image_id",
    "quantity": "inventory_quantity",
    "tracked": "inventory_management",
    "backorder": "inventory_policy",
}


def product_from_webhook(payload: object, *, currency: str, triggered_at: datetime) -> Taken:
    """The product that `payload` (JSON; decimals as Decimal) describes, as it was seen at `triggered_at`. Raises Invalid that names
    the field if it is no product."""
    told = object_in(payload)
    variants = [object_in(one, f"variants.{place}") for place, one in enumerate(listed(told, "variants"))]
    images = objects_in(told.get("images"))
    addresses = {number: one.get("src") for one in images if (number := _number(one.get("id")))}
    raw = RawProduct(
        line=1,
        gid=own_id(told, "Product"),
        title=told.get("title"),
        description_html=told.get("body_html"),
        vendor=told.get("vendor"),
        product_type=told.get("product_type"),
        category=_category(told.get("category")),
        tags=told.get("tags"),
        status=told.get("status") or "active",
        images=[(one["src"], words(one.get("alt"))) for one in sorted(images, key=_place) if words(one.get("src"))],
        handle=told.get("handle"),
        updated_at=told.get("updated_at"),
    )
    names = [words(one.get("name")) for one in sorted(objects_in(told.get("options")), key=_place)]
    taken = built(
        raw,
        [_variant(line, one, names, addresses) for line, one in enumerate(sorted(variants, key=_place), start=1)],
        currency=currency,
        seen_at=triggered_at,
        product_fields=_product_fields(told),
        variant_fields=_variant_fields(variants, addresses),
        complete=not is_cut(told),
    )
    return _dated(_whole(taken), triggered_at)


def is_cut(payload: object) -> bool:
    """Whether the product has, or may have, more variants than the payload."""
    if not isinstance(payload, Mapping) or not isinstance(payload.get("variants"), list):
        return False
    named = payload.get("variant_gids")
    carried = len(payload["variants"])
    return len(named) > carried if isinstance(named, list) else carried >= MAX_VARIANTS


def items_of(payload: object) -> tuple[str, ...]:
    """The gids of the inventory items of the product's variants; none if one of them is not told."""
    variants = objects_in(payload.get("variants")) if isinstance(payload, Mapping) else []
    try:
        numbers = [numeric_id(one.get("inventory_item_id")) for one in variants]
    except BadRow:
        return ()
    return tuple(f"gid://shopify/InventoryItem/{number}" for number in numbers)


def product_key(payload: object) -> str:
    """The key of the product that `payload` is about, also of one that carries nothing but its id. Raises Invalid."""
    return own_number(object_in(payload), "Product")


def _whole(taken: Taken) -> Taken:
    """Raises Invalid if the product could not be taken at all."""
    if taken.product is None:
        fault = taken.rejects[0]
        raise invalid(fault.column, f"{fault.reason} ({fault.value!r})", fault.hint)
    return taken


def _dated(taken: Taken, triggered_at: datetime) -> Taken:
    """A state that does not say of when it is, is of when the webhook was triggered."""
    if taken.product is None or taken.product.observed_at:
        return taken
    at = triggered_at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return replace(taken, product=replace(taken.product, observed_at=at))


def _variant(line: int, one: Payload, names: Sequence[str], addresses: Mapping[str, Any]) -> RawVariant:
    managed = one.get("inventory_management")
    return RawVariant(
        line=line,
        gid=own_id(one, "ProductVariant", f"variants.{line - 1}."),
        sku=one.get("sku"),
        options=[
            (name or f"Option {place}", one.get(f"option{place}"))
            for place, name in enumerate((*names, "", "", "")[:3], start=1)
        ],
        price=one.get("price"),
        compare_at=one.get("compare_at_price"),
        barcode=one.get("barcode"),
        image=addresses.get(_number(one.get("image_id"))),
        quantity=one.get("inventory_quantity"),
        tracked=bool(managed) if "inventory_management" in one else None,
        policy=one.get("inventory_policy"),
    )


def _product_fields(told: Payload) -> tuple[str, ...]:
    return (*(field for field, key in _PRODUCT_KEYS.items() if key in told), "external_ids")


def _variant_fields(variants: Sequence[Payload], addresses: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields that every one of `variants` tells."""
    if not variants:
        return ()
    told = {field for field, key in _VARIANT_KEYS.items() if all(key in one for one in variants)}
    if "tracked" not in told:
        told -= {"quantity", "backorder"}  # half a word on stock would pass for the latest
    if "price" not in told:
        told.discard("compare_at")
    if any(one.get("image_id") is not None and _number(one["image_id"]) not in addresses for one in variants):
        told.discard("image")  # a picture that the payload does not show
    return tuple(field for field in _VARIANT_KEYS if field in told)


def _category(value: object) -> object:
    return value.get("full_name") if isinstance(value, Mapping) else value


def _number(value: object) -> str:
    return str(value) if isinstance(value, int | str) else ""


def _place(one: Payload) -> int:
    """What is not numbered stands at the end, in the order in which it came."""
    position = one.get("position")
    return position if isinstance(position, int) else MAX_VARIANTS + 1
