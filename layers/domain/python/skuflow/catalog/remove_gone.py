"""Remove products that their source says it has deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from skuflow.catalog.model import Product, never_met, product_id, vanished
from skuflow.catalog.product_store import ProductStore
from skuflow.contracts.sync import SourceProductsGone
from skuflow.kernel.clock import Clock, parse_iso
from skuflow.kernel.errors import Malformed, TransientError, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId

ATTEMPTS = 8
"""Times that a product is read and written, each after somebody else was faster."""


def remove_gone(
    client_id: ClientId, gone: SourceProductsGone, cause: Cause, *, products: ProductStore, clock: Clock
) -> int:
    """Remove the products that `gone` names, unless the source showed them later; returns how many that were. May be done again.

    A product that nobody has heard of leaves its trace too: the news of its making may be on its way still, and is older."""
    seen_until, now = moment(gone.observed_at), clock()
    keys = {product_id(client_id, gone.source, key): key for key in gone.keys}
    known = products.get_many(client_id, keys)
    removed = 0
    for name, key in keys.items():

        def trace(stored: Product | None, name: str = name, key: str = key) -> Product | None:
            if stored is None:
                return never_met(name, gone.source, key, gone_at=seen_until, now=now, cause=cause)
            return vanished(stored, seen_until, now, cause, cause.causation_id)

        before = rewritten(client_id, name, known.get(name), trace, products)
        removed += before is not None and before.is_visible
    return removed


def rewritten(
    client_id: ClientId,
    name: str,
    stored: Product | None,
    change: Callable[[Product | None], Product | None],
    products: ProductStore,
) -> Product | None:
    """Write what `change` makes of the product (None: nothing to write). Returns the product that it replaced, None if there was
    none or nothing was written. Raises TransientError if others are faster all the time."""
    for _ in range(ATTEMPTS):
        new = change(stored)
        if new is None:
            return None
        try:
            products.put(client_id, new)
        except VersionConflict:
            stored = products.get_many(client_id, [name]).get(name)
            continue
        return stored
    raise TransientError(f"the product {name} is changing too fast; it will be tried again")


def moment(observed_at: str) -> datetime:
    """When the source was looked at. Raises Malformed."""
    try:
        return parse_iso(observed_at)
    except ValueError:
        raise Malformed(f"observed_at is not a time: {observed_at[:200]!r}") from None
