"""The fields that rules speak of, and what is in them. A value is a text or a number; nothing there is no value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from skuflow.kernel.errors import Invalid, Problem
from skuflow.kernel.money import Money
from skuflow.quality.model import Snapshot, SnapshotVariant
from skuflow.quality.rules.rule import ENTITIES, Entity

Value = str | Decimal
Shape = Literal["text", "texts", "html", "number", "money", "addresses", "whole"]
"""`whole` is no field of its own: what is said of the product or variant as a whole is kept under it."""

SEPARATOR = " > "
"""Between the names of a category's path."""

ATTRIBUTE = "attributes."
OPTION = "options."
MAX_NAME = 100
"""Characters of the name of an attribute or option."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is judged: the product itself, or one of its variants."""

    product: Snapshot
    variant: SnapshotVariant | None = None

    @property
    def entity(self) -> Entity:
        return "product" if self.variant is None else "variant"

    @property
    def variant_id(self) -> str:
        return self.variant.variant_id if self.variant is not None else ""


@dataclass(frozen=True, slots=True)
class Field:
    """`read` gives the values of a subject of the field's entity."""

    shape: Shape
    read: Callable[[Subject], Iterable[Value]]


def _text(name: str) -> Field:
    return Field("text", lambda subject: _filled((str(getattr(subject.product, name)),)))


def _code(name: str) -> Field:
    return Field("text", lambda subject: _filled((getattr(subject.variant, name) or "",)))


def _money(name: str) -> Field:
    def read(subject: Subject) -> Iterable[Value]:
        money: Money | None = getattr(subject.variant, name)
        return (money.to_decimal(),) if money is not None else ()

    return Field("money", read)


def _filled(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(text for text in texts if text and not text.isspace())


def _weight(subject: Subject) -> Iterable[Value]:
    grams = subject.variant.weight_grams if subject.variant is not None else None
    return (Decimal(grams),) if grams is not None else ()


def _options(subject: Subject) -> Iterable[Value]:
    return _filled(value for _, value in subject.variant.options) if subject.variant is not None else ()


def _attributes(subject: Subject) -> Iterable[Value]:
    return _filled(value for values in subject.product.attributes.values() for value in values)


def _category(subject: Subject) -> Iterable[Value]:
    return _filled((SEPARATOR.join(subject.product.category),))


FIELDS: Mapping[Entity, Mapping[str, Field]] = {
    "product": {
        "title": _text("title"),
        "description_html": Field("html", lambda subject: _filled((subject.product.description_html,))),
        "brand": _text("brand"),
        "category": Field("text", _category),
        "product_type": _text("product_type"),
        "tags": Field("texts", lambda subject: _filled(subject.product.tags)),
        "attributes": Field("texts", _attributes),
        "status": _text("status"),
        "url": Field("addresses", lambda subject: _filled((subject.product.url,))),
        "images": Field("addresses", lambda subject: _filled(image.url for image in subject.product.images)),
        "images.alt": Field("texts", lambda subject: _filled(image.alt for image in subject.product.images)),
        "source": _text("source"),
        "variants": Field("texts", lambda subject: tuple(one.variant_id for one in subject.product.variants)),
        "product": Field("whole", lambda subject: (subject.product.product_id,)),
    },
    "variant": {
        "sku": _code("sku"),
        "gtin": _code("gtin"),
        "mpn": _code("mpn"),
        "options": Field("texts", _options),
        "price": _money("price"),
        "compare_at": _money("compare_at"),
        "cost": _money("cost"),
        "weight_grams": Field("number", _weight),
        "image": Field("addresses", lambda subject: _filled(((subject.variant and subject.variant.image) or "",))),
    },
}
"""Entity -> field -> how it is read. Beside these, a product has `attributes.<name>`, a variant `options.<name>`."""


def field_of(entity: Entity, name: str) -> Field | None:
    """The field, or None if there is none of this name. Names of attributes and options are found in any case."""
    if entity == "product" and _is_named(name, ATTRIBUTE):
        wanted = name.removeprefix(ATTRIBUTE).casefold()
        return Field("texts", lambda subject: _attribute(subject, wanted))
    if entity == "variant" and _is_named(name, OPTION):
        wanted = name.removeprefix(OPTION).casefold()
        return Field("text", lambda subject: _option(subject, wanted))
    return FIELDS[entity].get(name)


def plain_name(name: str) -> str:
    """Attributes and options are found in any case; under one name they are counted together."""
    head, dot, rest = name.partition(".")
    return f"{head}.{rest.casefold()}" if dot and f"{head}." in {ATTRIBUTE, OPTION} else name


def measured_name(name: str) -> str:
    """`name` as measures are kept under it: `product.<field>`, `variant.<field>`, or "" for the whole collection. Raises Invalid
    for what is never measured: nobody would notice that nothing comes."""
    head, _, field = name.partition(".")
    entity = next((one for one in ENTITIES if one == head), None)
    if not name:
        return name
    if entity is None or field_of(entity, field) is None:
        remedy = (
            "take a name from a report, e.g. product.title or variant.gtin; leave it empty for the whole collection"
        )
        raise Invalid("there is no such field", problems=[Problem("field", "is no field that is measured", remedy)])
    return f"{entity}.{plain_name(field)}"


def _is_named(name: str, prefix: str) -> bool:
    rest = name.removeprefix(prefix)
    return name.startswith(prefix) and 0 < len(rest) <= MAX_NAME and rest == rest.strip() and rest.isprintable()


def _attribute(subject: Subject, wanted: str) -> tuple[str, ...]:
    found = (values for name, values in subject.product.attributes.items() if name.casefold() == wanted)
    return _filled(value for values in found for value in values)


def _option(subject: Subject, wanted: str) -> tuple[str, ...]:
    options = subject.variant.options if subject.variant is not None else ()
    return _filled(value for name, value in options if name.casefold() == wanted)


def money_of(subject: Subject, name: str) -> Money | None:
    """The amount in a field of the shape `money`."""
    found: Money | None = getattr(subject.variant, name)
    return found
