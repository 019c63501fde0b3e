"""All that is visible of a product, in events that the bus can carry.

An event takes 256 KB. A product may have 2,048 variants, and texts that fill an event by themselves, so it is told in parts, and
the longest of its own fields are cut: what is cut says so, and nobody takes the beginning for the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from skuflow.catalog.model import Product, Variant
from skuflow.catalog.price_change import amount
from skuflow.contracts.catalog import Picture, ProductChanged, VariantState
from skuflow.kernel.clock import iso

MOST_VARIANTS = 100
"""Of one part."""

MAX_BYTES = 195_000
"""Of one part as JSON; the envelope around it takes less than a kilobyte."""

_BARE = 500
"""Bytes of a part without anything of its own: names of fields, ids, counts."""

_ROOM = {"category": 10_000, "tags": 20_000, "attributes": 30_000, "images": 40_000}
"""Bytes of JSON for each list of a product's own. With the short texts (27 KB if all are escaped) a description keeps 67 KB."""


def product_changed(product: Product) -> tuple[ProductChanged, ...]:
    """The parts of `product`, in order; at least one."""
    own = _own_fields(product)
    groups = list(_grouped(product.variants, MAX_BYTES - _BARE - _size(own)))
    return tuple(
        ProductChanged(
            product_id=product.product_id,
            product_version=product.version,
            source=product.source,
            part=part,
            parts=len(groups),
            variants=group,
            variants_total=len(product.variants),
            **(own if part == 1 else {}),
        )
        for part, group in enumerate(groups, start=1)
    )


def _own_fields(product: Product) -> dict[str, Any]:
    """The product's own fields as the event has them, cut where they must be."""
    whole: dict[str, Any] = {
        "category": product.category,
        "tags": product.tags,
        "images": tuple(Picture(image.url, image.alt) for image in product.all_images),
        "attributes": product.attributes,
    }
    own = {
        "title": product.title,
        "brand": product.brand,
        "product_type": product.product_type,
        "status": product.status,
        "url": product.url,
        **{name: _beginning(value, _ROOM[name]) for name, value in whole.items()},
        "created_at": iso(product.created_at),
        "updated_at": iso(product.updated_at),
        "observed_at": iso(product.observed_at) if product.observed_at else "",
    }
    whole["description_html"] = product.description_html
    own["description_html"] = _beginning_of_text(product.description_html, MAX_BYTES - _BARE - _size(own))
    return {**own, "cut": tuple(sorted(name for name, value in whole.items() if own[name] != value))}


def _beginning(whole: Any, room: int) -> Any:
    """As many members of a list or mapping, from the first, as fit into `room` bytes."""
    if isinstance(whole, Mapping):
        return dict(_fitting(whole.items(), room))
    return tuple(_fitting(whole, room))


def _fitting(members: Iterable[Any], room: int) -> Iterator[Any]:
    for member in members:
        room -= _size(member) + 1
        if room < 0:
            return
        yield member


def _beginning_of_text(text: str, room: int) -> str:
    """As much of `text`, about, as fits into `room` bytes of JSON."""
    size = _size(text)
    while size > room:
        text = text[: len(text) * room // size]
        size = _size(text)
    return text


def _grouped(variants: Iterable[Variant], first_room: int) -> Iterator[tuple[VariantState, ...]]:
    """The variants of each part. The first part may have none: then its own fields fill it. One variant fits into any other."""
    group: list[VariantState] = []
    room = first_room
    for variant in variants:
        state = _state(variant)
        size = _size(state) + 1
        if size > room or len(group) == MOST_VARIANTS:
            yield tuple(group)
            group, room = [], MAX_BYTES - _BARE
        group.append(state)
        room -= size
    yield tuple(group)


def _state(variant: Variant) -> VariantState:
    return VariantState(
        variant_id=variant.variant_id,
        sku=variant.sku,
        gtin=variant.gtin,
        mpn=variant.mpn,
        options=variant.options,
        price=amount(variant.price),
        compare_at=amount(variant.compare_at),
        cost=amount(variant.cost),
        weight_grams=variant.weight_grams,
        image=variant.image,
    )


def _size(value: object) -> int:
    return len(msgspec.json.encode(value))
