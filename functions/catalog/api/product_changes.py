"""From valid bodies to what the catalogue is to change. Bodies are seen as what they are given, not by their type: the models
are not loaded by calls that send none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from skuflow.catalog.change_product import ProductChange, VariantChange
from skuflow.catalog.html import sanitised
from skuflow.catalog.model import Image
from skuflow.kernel.money import Money

_NOT_FIELDS = frozenset({"variants", "remove_variants", "version", "variant_id"})


def product_change(body: Any) -> ProductChange:
    """What `body` gives: fields that it leaves out are left alone."""
    return ProductChange(
        fields=_given(body, _PRODUCT),
        variants=[VariantChange(_given(v, _VARIANT), getattr(v, "variant_id", None)) for v in body.variants],
        dropped=getattr(body, "remove_variants", ()),
    )


def _given(body: Any, readers: dict[str, Callable[[Any], Any]]) -> dict[str, Any]:
    names = sorted(body.model_fields_set - _NOT_FIELDS)
    return {name: readers.get(name, _as_it_is)(getattr(body, name)) for name in names}


def _as_it_is(value: Any) -> Any:
    return value


def _money(value: Any) -> Money | None:
    return Money(value.amount_minor, value.currency) if value is not None else None


_PRODUCT: dict[str, Callable[[Any], Any]] = {
    "description_html": sanitised,
    "category": tuple,
    "tags": lambda tags: tuple(dict.fromkeys(tags)),
    "images": lambda images: tuple(Image(image.url, image.alt) for image in images),
    "attributes": lambda named: {name: tuple(values) for name, values in sorted(named.items())},
    "external_ids": lambda ids: dict(sorted(ids.items())),
}
_VARIANT: dict[str, Callable[[Any], Any]] = {
    "options": lambda options: tuple((option.name, option.value) for option in options),
    "price": _money,
    "compare_at": _money,
    "cost": _money,
    "image": lambda url: url or None,
}
