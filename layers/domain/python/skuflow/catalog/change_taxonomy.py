"""Change a market's categories, a brand or a collection: read, change, write under the version, again if somebody was faster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from skuflow.catalog.inventory_store import ATTEMPTS
from skuflow.catalog.store_errors import Pause, no_pause
from skuflow.catalog.taxonomy import (
    Brand,
    Collection,
    Tree,
    brand_id,
    check_period,
    check_products,
    check_version,
    collection_slug,
)
from skuflow.catalog.taxonomy_store import TaxonomyStore
from skuflow.kernel.clock import iso, parse_iso
from skuflow.kernel.errors import Conflict, Invalid, NotFound, Problem, TransientError, VersionConflict
from skuflow.kernel.tenancy import ClientId

R = TypeVar("R", Tree, Brand, Collection)
N = TypeVar("N", Brand, Collection)


def change_tree(
    store: TaxonomyStore, client_id: ClientId, market: str, change: Callable[[Tree], Tree], *, pause: Pause = no_pause
) -> Tree:
    """The market's tree after `change`, which gets it as it is and returns it one version on (or as it was). Raises what `change`
    raises; TooLarge; TransientError if others are faster all the time."""
    return _rewrite(lambda: store.tree(client_id, market), change, lambda tree: store.put_tree(client_id, tree), pause)


def create_brand(store: TaxonomyStore, client_id: ClientId, name: str, fields: dict[str, Any], now: datetime) -> Brand:
    """Raises Conflict if there is a brand of that name, Invalid for a name without a letter or digit."""
    brand = Brand(brand_id(name), name, created_at=iso(now), updated_at=iso(now), **fields)
    try:
        store.put_brand(client_id, brand)
    except VersionConflict:
        fault = Problem("name", f"the brand {brand.brand_id} is there already", "change that one")
        raise Conflict("there is such a brand", problems=[fault]) from None
    return brand


def change_brand(
    store: TaxonomyStore,
    client_id: ClientId,
    name: str,
    fields: dict[str, Any],
    *,
    version: int | None,
    now: datetime,
    pause: Pause = no_pause,
) -> Brand:
    """The brand with the id `name` and `fields` set. Raises NotFound, VersionConflict unless it is at `version` (None: any),
    Invalid for a name that would make it another brand."""
    if "name" in fields and brand_id(fields["name"]) != name:
        fault = Problem("name", "is another brand's", "only the spelling can change; make a new brand instead")
        raise Invalid("that is the name of another brand", problems=[fault])

    def change(brand: Brand) -> Brand:
        check_version(version, brand.version)
        return _changed(brand, fields, now)

    def read() -> Brand:
        return _found(store.brand(client_id, name), "brand")

    return _rewrite(read, change, lambda brand: store.put_brand(client_id, brand), pause)


def create_collection(
    store: TaxonomyStore, client_id: ClientId, name: str, fields: dict[str, Any], now: datetime
) -> Collection:
    """A collection with the id `name`; the one that is there if the same was made before. Raises Invalid."""
    collection = Collection(
        name, slug=collection_slug(fields["title"]), created_at=iso(now), updated_at=iso(now), **fields
    )
    _check(collection)
    try:
        store.put_collection(client_id, collection)
    except VersionConflict:
        return _found(store.collection(client_id, name), "collection")
    return collection


def change_collection(
    store: TaxonomyStore,
    client_id: ClientId,
    name: str,
    fields: dict[str, Any],
    *,
    version: int | None,
    now: datetime,
    pause: Pause = no_pause,
) -> Collection:
    """The collection with the id `name` and `fields` set. Raises NotFound, VersionConflict unless it is at `version` (None: any),
    Invalid."""

    def change(collection: Collection) -> Collection:
        check_version(version, collection.version)
        also = {"slug": collection_slug(fields["title"])} if "title" in fields else {}
        changed = _changed(collection, {**fields, **also}, now)
        _check(changed)
        return changed

    def read() -> Collection:
        return _found(store.collection(client_id, name), "collection")

    return _rewrite(read, change, lambda collection: store.put_collection(client_id, collection), pause)


def _check(collection: Collection) -> None:
    check_products(collection.product_ids)
    starts, ends = collection.starts_at, collection.ends_at
    check_period(parse_iso(starts) if starts else None, parse_iso(ends) if ends else None)


def _found(record: R | None, what: str) -> R:
    if record is None:
        raise NotFound(f"there is no such {what}")
    return record


def _changed(record: N, fields: dict[str, Any], now: datetime) -> N:
    news = {field: value for field, value in fields.items() if getattr(record, field) != value}
    return replace(record, **news, updated_at=iso(now), version=record.version + 1) if news else record


def _rewrite(read: Callable[[], R], change: Callable[[R], R], write: Callable[[R], None], pause: Pause) -> R:
    for attempt in range(1, ATTEMPTS + 1):
        old = read()
        new = change(old)
        if new == old:
            return old
        try:
            write(new)
        except VersionConflict:
            pause(attempt)
            continue
        return new
    raise TransientError("this is changing too fast; try again in a moment")
