"""Make, change and remove products by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from skuflow.catalog.model import (
    API,
    MAX_VARIANTS,
    Description,
    Product,
    Variant,
    edited,
    ordered,
    product_id,
    removed,
    variant_id,
    visible,
)
from skuflow.catalog.product_store import ProductStore
from skuflow.kernel.errors import Conflict, Invalid, NotFound, Problem, TransientError, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.ids import NewId, derived_id
from skuflow.kernel.tenancy import ClientId

ATTEMPTS = 5
REPEATABLE = timedelta(hours=24)
"""How long a request may be repeated; as long as answers to `Idempotency-Key`s are kept."""


@dataclass(frozen=True, slots=True)
class VariantChange:
    """`fields` are fields of Variant. `variant_id` None: a new variant."""

    fields: Mapping[str, Any]
    variant_id: str | None = None


@dataclass(frozen=True, slots=True)
class ProductChange:
    """`fields` are fields of Product other than its variants. `dropped` are ids of variants to remove."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    variants: Sequence[VariantChange] = ()
    dropped: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Making:
    """Who changes something, when, and where fresh ids come from."""

    client_id: ClientId
    now: datetime
    cause: Cause
    new_id: NewId


def create_product(wanted: ProductChange, making: Making, products: ProductStore, *, request_key: str = "") -> Product:
    """A new product of the client's own, described by `wanted.fields` (with a title).

    The same `request_key` makes it once: if the answer to the first request was lost on the way, the product is already there.
    Raises Conflict if that was long ago, or if it was removed since."""
    key = derived_id("key", request_key) if request_key else making.new_id("key")
    name, now = product_id(making.client_id, API, key), making.now
    blank = Product(name, API, key, now, now, described=Description(now), channel=API, cause=making.cause)
    keys = (str(number) for number in count(1))
    product = replace(blank, **wanted.fields, variants=_variants(blank, wanted, now, keys))
    try:
        products.put(making.client_id, product)
    except VersionConflict:
        made = visible(products.get_many(making.client_id, [name]).get(name))
        if made is None or now - made.created_at > REPEATABLE:
            raise Conflict("this Idempotency-Key made another product before; use a new one") from None
        return made
    return product


def change_product(
    name: str, wanted: ProductChange, version: int | None, making: Making, products: ProductStore
) -> Product:
    """The product `name` with `wanted` applied; unchanged, and not written, if it is so already.

    Raises NotFound, VersionConflict unless it is at `version` (None: whatever its version), Invalid for unknown variants."""

    def change(product: Product) -> Product | None:
        fields = {k: v for k, v in wanted.fields.items() if getattr(product, k) != v}
        keys = (making.new_id("key") for _ in wanted.variants)
        variants = _variants(product, wanted, making.now, keys)
        changes = {**fields, **({"variants": variants} if variants != product.variants else {})}
        return edited(product, making.now, making.cause, changes) if changes else None

    return _rewrite(name, version, change, making, products)


def remove_product(name: str, version: int | None, making: Making, products: ProductStore) -> None:
    """Remove the product `name`; a trace stays. Raises NotFound, VersionConflict unless it is at `version` (None: any)."""
    _rewrite(name, version, lambda product: removed(product, making.now, API, making.cause), making, products)


def find_product(name: str, client_id: ClientId, products: ProductStore) -> Product:
    """The product as others see it. Raises NotFound."""
    product = visible(products.get_many(client_id, [name]).get(name))
    if product is None:
        raise NotFound("there is no such product")
    return product


def _rewrite(
    name: str,
    version: int | None,
    change: Callable[[Product], Product | None],
    making: Making,
    products: ProductStore,
) -> Product:
    for _ in range(ATTEMPTS):
        product = find_product(name, making.client_id, products)
        if version is not None and product.version != version:
            raise VersionConflict(f"the product is at version {product.version} by now, not {version}; read it again")
        new = change(product)
        if new is None:
            return product
        try:
            products.put(making.client_id, new)
        except VersionConflict:
            continue
        return new
    raise TransientError("the product is changing too fast; try again in a moment")


def _variants(product: Product, wanted: ProductChange, now: datetime, keys: Iterator[str]) -> tuple[Variant, ...]:
    """The product's variants as they are to be; `keys` are for new ones. What is set by hand counts as seen now."""
    kept = {v.variant_id: v for v in product.variants}
    unknown = [c.variant_id for c in wanted.variants if c.variant_id is not None and c.variant_id not in kept]
    unknown += [name for name in wanted.dropped if name not in kept]
    if unknown:
        faults = [Problem("variants", f"{name} is not a variant of this product", "leave it out") for name in unknown]
        raise Invalid("the product has no such variant", problems=faults)
    for change in wanted.variants:
        variant = kept[change.variant_id] if change.variant_id else _new_variant(product, kept, next(keys))
        if change.variant_id is None or any(getattr(variant, k) != v for k, v in change.fields.items()):
            kept[variant.variant_id] = replace(variant, **change.fields, seen_at=now, seen_line=0)
    for name in wanted.dropped:
        kept.pop(name, None)
    if len(kept) > MAX_VARIANTS:
        fault = Problem("variants", f"would be {len(kept)}", f"keep at most {MAX_VARIANTS}")
        raise Invalid("too many variants", problems=[fault])
    return ordered(kept)


def _new_variant(product: Product, known: Mapping[str, Variant], key: str) -> Variant:
    last = max((v.position for v in known.values()), default=0)
    return Variant(variant_id(product.product_id, key), key, last + 1)
