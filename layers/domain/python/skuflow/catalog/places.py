"""The fields of a product that a fix may change, by their paths (see `skuflow.contracts.quality.Fix`). Prices, stock, SKUs and
whatever names a product at its source are not among them.

A value here is a text or a tuple of texts, "" or () for nothing, whatever the field is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from skuflow.catalog.html import sanitised
from skuflow.catalog.incoming_values import MAX_TEXT, PRODUCT_VALUES, VARIANT_VALUES, Refused
from skuflow.catalog.model import Image, Product, Variant
from skuflow.contracts.sync import SourceProduct, SourceVariant

Value = str | tuple[str, ...]

_TEXTS = frozenset({"title", "description_html", "brand", "product_type"})
_LISTS = frozenset({"category", "tags"})
_CODES = frozenset({"gtin", "mpn"})
_NO_PRODUCT = SourceProduct("", (), defines=True)
_NO_VARIANT = SourceVariant("", 0)


@dataclass(frozen=True, slots=True)
class Place:
    """`field` of the product or, for `variants`, `inner` of the variant. `name` is an attribute, a picture's address or a variant's
    id, `option` an option's name."""

    field: str
    name: str = ""
    inner: str = ""
    option: str = ""


def place_of(path: str) -> Place | None:
    """The place that `path` names; None if no fix may go there."""
    if path in _TEXTS | _LISTS:
        return Place(path)
    field, _, rest = path.partition(".")
    if field == "attributes" and 0 < len(rest) <= MAX_TEXT:
        return Place(field, rest)
    if field == "images" and rest.endswith(".alt"):
        return Place(field, rest.removesuffix(".alt"))
    name, _, inner = rest.partition(".")
    if field == "variants" and inner in _CODES:
        return Place(field, name, inner)
    if field == "variants" and inner.startswith("options."):
        return Place(field, name, "options", inner.removeprefix("options."))
    return None


def value_of(place: Place, text: str) -> Value:
    """What `text` means there, as the catalogue would store it. Raises Refused, as an import of it would."""
    if place.field in _LISTS or place.field == "attributes":
        return _list(place, text)
    if place.field == "images":
        if len(text.strip()) > MAX_TEXT:
            raise Refused("alt", text, f"is longer than {MAX_TEXT} characters", "shorten it")
        return text.strip()
    if place.field == "variants":
        return _of_variant(place, text)
    made = str(PRODUCT_VALUES[place.field](_said(place.field, text)))
    if place.field == "title" and not made:
        raise Refused("title", text, "is empty", "give it a title")
    return sanitised(made) if place.field == "description_html" else made


def _list(place: Place, text: str) -> tuple[str, ...]:
    try:
        values = msgspec.json.decode(text, type=tuple[str, ...]) if text else ()
    except msgspec.MsgspecError:
        raise Refused(place.field, text, "is not a list of texts", "give it as JSON") from None
    if place.field == "attributes":
        named: dict[str, tuple[str, ...]] = PRODUCT_VALUES["attributes"](_said("attributes", {place.name: values}))
        return named.get(place.name, ())
    return tuple(PRODUCT_VALUES[place.field](_said(place.field, values)))


def _of_variant(place: Place, text: str) -> str:
    if place.inner == "options":
        said: SourceVariant = replace(_NO_VARIANT, options=((place.option, text.strip()),))
        return str(VARIANT_VALUES["options"](said)[0][1])
    changes: dict[str, Any] = {place.inner: text}
    return VARIANT_VALUES[place.inner](replace(_NO_VARIANT, **changes)) or ""


def _said(field: str, value: Any) -> SourceProduct:
    changes: dict[str, Any] = {field: value}
    return replace(_NO_PRODUCT, **changes)


def read(product: Product, place: Place) -> Value | None:
    """What stands there now; None if the product has no such place."""
    if place.field == "attributes":
        return product.attributes.get(place.name, ())
    if place.field == "images":
        return next((image.alt for image in product.all_images if image.url == place.name), None)
    if place.field == "variants":
        variant = product.variant(place.name)
        return read_variant(variant, place) if variant is not None else None
    found: Value = getattr(product, place.field)
    return found


def read_variant(variant: Variant, place: Place) -> str | None:
    """The same of the place's variant."""
    if place.inner == "options":
        return option(variant.options, place.option)
    return getattr(variant, place.inner) or ""


def option(pairs: tuple[tuple[str, str], ...], name: str) -> str | None:
    """The value of the option `name`; None if it is not among the pairs."""
    return next((value for known, value in pairs if known == name), None)


def written(product: Product, place: Place, value: Value) -> Product:
    """`product` with `value` there. It has such a place."""
    if place.field == "attributes":
        return replace(product, attributes=with_attribute(product.attributes, place.name, value))
    if place.field == "images":
        change = with_alt(place.name, str(value))
        images, more = tuple(map(change, product.images)), tuple(map(change, product.more_images))
        return replace(product, images=images, more_images=more)
    if place.field == "variants":
        variants = tuple(_of(v, place, str(value)) if v.variant_id == place.name else v for v in product.variants)
        return replace(product, variants=variants)
    changes: dict[str, Any] = {place.field: value}
    return replace(product, **changes)


def _of(variant: Variant, place: Place, value: str) -> Variant:
    changes: dict[str, Any] = {place.inner: in_variant(getattr(variant, place.inner), place, value)}
    return replace(variant, **changes)


def in_variant(field: Any, place: Place, value: str) -> Any:
    """A variant's `field`, which the place is in or is itself, with `value` there."""
    if place.inner == "options":
        return tuple((name, value if name == place.option else known) for name, known in field)
    return value or None


def with_attribute(attributes: Any, name: str, value: Value) -> dict[str, tuple[str, ...]]:
    """`attributes` with these values of `name`, in order of name as imports leave them; without `name` if there are none."""
    others = {known: values for known, values in attributes.items() if known != name}
    return dict(sorted({**others, **({name: tuple(value)} if value else {})}.items()))


def with_alt(url: str, alt: str) -> Callable[[Image], Image]:
    """Changes the picture at `url`, and leaves others alone."""
    return lambda image: replace(image, alt=alt) if image.url == url else image
