"""What a change of the catalogue's table tells the others.

Pure: the same change always gives the same events with the same ids. Items that time removes (outcomes of batches) tell nothing,
nor do price points and look-ups, which are made from changes themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from skuflow.catalog import batch_store, fix_store, inventory_store, offer_store, product_store, search_store
from skuflow.catalog.inventory import stock_events
from skuflow.catalog.model import Product, content_hash, visible
from skuflow.catalog.offers import offer_events
from skuflow.catalog.price_change import amount, price_events
from skuflow.catalog.store import BATCH, FIXES, INVENTORY, OFFER, PRODUCT, REMOVAL, client_of, entity_of, item_of
from skuflow.catalog.told_product import product_changed
from skuflow.contracts.catalog import SOURCE, ProductAdded, ProductRemoved, VariantRef
from skuflow.kernel.clock import parse_iso
from skuflow.kernel.errors import Malformed
from skuflow.kernel.events import Cause, Event, event_id
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.event_bus import Announcement, Change, Image

MAX_REFS_BYTES = 150_000
"""Of an event's 240 KB that `ProductAdded` gives to its variants."""

_NOTHING = Announcement("", ())


@dataclass(frozen=True, slots=True)
class _Origin:
    """Whose change it is, of what. `parts` name the aggregate and its version; what else makes an event of that version its own
    (variant, offer, location, part) comes from its payload."""

    client_id: ClientId
    parts: tuple[str, ...]
    at: datetime
    cause: Cause


def translate(change: Change) -> Announcement:
    """The events of `change`. Raises Malformed for an item that is not as this context writes it."""
    entity = entity_of(change.new or change.old)
    translator = _TRANSLATORS.get(entity)
    if translator is None or change.expired:
        return _NOTHING
    try:
        return translator(change.old, change.new)
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed(f"not a {entity} of the catalogue: {type(error).__name__} {error}") from None


def _of_product(old_image: Image | None, new_image: Image | None) -> Announcement:
    old = product_store.from_image(old_image) if old_image else None
    new = product_store.from_image(new_image) if new_image else None
    last = new or old
    if last is None:
        return _NOTHING
    origin = _Origin(_client(new_image or old_image), (last.product_id, str(last.version)), last.updated_at, last.cause)
    return _announcement(last.product_id, _told(visible(old), visible(new), last), origin)


def _told(old: Product | None, new: Product | None, last: Product) -> Iterator[tuple[str, Any]]:
    if old is not None and new is not None:
        yield from price_events(old, new)
    elif new is not None:
        yield "ProductAdded", _added(new)
    elif old is not None:
        yield "ProductRemoved", ProductRemoved(old.product_id, last.version, old.title, old.source)
    if new is not None and (old is None or content_hash(old) != content_hash(new)):
        yield from (("ProductChanged", part) for part in product_changed(new))


def _added(product: Product) -> ProductAdded:
    return ProductAdded(
        product_id=product.product_id,
        product_version=product.version,
        title=product.title,
        brand=product.brand,
        category=product.category,
        status=product.status,
        source=product.source,
        variants=tuple(_refs(product)),
        variants_total=len(product.variants),
    )


def _refs(product: Product) -> Iterator[VariantRef]:
    """The product's variants in order; of one with very many, as many as fit into an event."""
    left = MAX_REFS_BYTES
    for variant in product.variants:
        ref = VariantRef(variant.variant_id, variant.sku, amount(variant.price))
        left -= len(msgspec.json.encode(ref))
        if left < 0:
            return
        yield ref


def _of_stock(old_image: Image | None, new_image: Image | None) -> Announcement:
    old = inventory_store.from_image(old_image) if old_image else None
    new = inventory_store.from_image(new_image) if new_image else None
    told = stock_events(old, new)
    if new is None or not told:
        return _NOTHING
    parts = (new.product_id, str(new.version))
    return _announcement(new.product_id, told, _Origin(_client(new_image), parts, parse_iso(new.changed_at), new.cause))


def _of_offer(old_image: Image | None, new_image: Image | None) -> Announcement:
    old = offer_store.from_image(old_image) if old_image else None
    new = offer_store.from_image(new_image) if new_image else None
    told = offer_events(old, new)
    if new is None or not told:
        return _NOTHING
    parts = (new.product_id, new.first_seen_at, str(new.version))
    return _announcement(new.product_id, told, _Origin(_client(new_image), parts, parse_iso(new.changed_at), new.cause))


def _of_batch(old_image: Image | None, new_image: Image | None) -> Announcement:
    if new_image is None or old_image is not None:
        return _NOTHING
    applied = batch_store.from_item(item_of(new_image))
    parts = (applied.outcome.import_id, str(applied.outcome.batch))
    told = [("ProductBatchApplied", applied.outcome)]
    return _announcement("#".join(parts), told, _Origin(_client(new_image), parts, applied.applied_at, applied.cause))


def _of_removal(old_image: Image | None, new_image: Image | None) -> Announcement:
    if new_image is None or old_image is not None:
        return _NOTHING
    told = search_store.told_in(item_of(new_image))
    origin = _Origin(_client(new_image), (told.outcome.run_id,), told.at, told.cause)
    return _announcement(told.outcome.run_id, [("SourceProductsRemoved", told.outcome)], origin)


def _of_fixes(old_image: Image | None, new_image: Image | None) -> Announcement:
    if new_image is None or old_image is not None:
        return _NOTHING
    done = fix_store.from_item(item_of(new_image))
    parts = (done.outcome.job_id, str(done.outcome.batch))
    told = [("ProductFixesApplied", done.outcome)]
    return _announcement("#".join(parts), told, _Origin(_client(new_image), parts, done.applied_at, done.cause))


def _client(image: Image | None) -> ClientId:
    return client_of(str(image["pk"]["S"])) if image else ClientId("")


def _announcement(aggregate: str, told: Iterable[tuple[str, Any]], origin: _Origin) -> Announcement:
    def event(name: str, payload: Any) -> Event:
        own = [
            str(getattr(payload, part))
            for part in ("variant_id", "offer_id", "location", "part")
            if hasattr(payload, part)
        ]
        return Event(
            event_id=event_id(origin.client_id, name, *origin.parts, *own),
            name=name,
            source=SOURCE,
            occurred_at=origin.at,
            client_id=origin.client_id,
            schema_version=1,
            cause=origin.cause,
            data=msgspec.to_builtins(payload),
        )

    return Announcement(aggregate, tuple(event(name, payload) for name, payload in told))


_TRANSLATORS: dict[str, Callable[[Image | None, Image | None], Announcement]] = {
    PRODUCT: _of_product,
    INVENTORY: _of_stock,
    OFFER: _of_offer,
    BATCH: _of_batch,
    REMOVAL: _of_removal,
    FIXES: _of_fixes,
}
