"""Remove what a source no longer has, after it was read to its end.

The client's listing is walked twice: once to count, so that a source that was read badly empties nobody's catalogue, and once to
remove. A listing entry is a product's id, and ids are derived from keys, so what the source still has is passed over unread; only
the rest is read: what vanished, and what is of other sources.

Cost, for a client with 100,000 products: a walk reads 100 pages of 1,000 index entries of some 200 bytes, 25 read units each (2,500
in all, eventually consistent). Each product that is not in the file takes a read unit per 4 KB and a hundredth of a request
on each walk; each that is removed one write. Walking one source alone would need an index that every product pays for.

May run any number of times, by twins too, and stop anywhere: how far it is stands in the table, and what was removed is read off
the traces that removed products leave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from skuflow.catalog.batch_file import BatchFiles
from skuflow.catalog.model import Product, product_id, vanished
from skuflow.catalog.product_store import PAGE, Place, ProductStore
from skuflow.catalog.remove_gone import moment, rewritten
from skuflow.catalog.search_store import Search, SearchStore, Told
from skuflow.contracts.catalog import SourceProductsRemoved
from skuflow.contracts.sync import SourceSnapshotRead
from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import Malformed, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId

PLACES = 1_000
"""Listing entries looked at between two looks at the time."""
RESERVE_MS = 20_000
"""A worker begins no page with less time than this left: a page of removals takes ten milliseconds for each place."""
FEW = 20
"""Of fewer known products all may vanish; of this many or more, at most half."""


@dataclass(frozen=True, slots=True)
class Removing:
    """What a search works with."""

    files: BatchFiles
    products: ProductStore
    searches: SearchStore
    clock: Clock


@dataclass(frozen=True, slots=True)
class _Run:
    """One worker on one search. `present`: ids of what the source has."""

    client_id: ClientId
    snapshot: SourceSnapshotRead
    present: frozenset[str]
    seen_until: datetime
    cause: Cause
    using: Removing

    def save(self, search: Search) -> Search:
        new = replace(search, version=search.version + 1)
        self.using.searches.save(self.client_id, new, self.using.clock())
        return new


def remove_vanished(
    client_id: ClientId,
    snapshot: SourceSnapshotRead,
    cause: Cause,
    *,
    remaining_ms: Callable[[], int],
    using: Removing,
) -> bool:
    """Go on with the search that `snapshot` asks for; whether it is finished. If not, somebody has to call again.

    Raises Malformed if the file of keys is not as announced, NotFound if it is gone, TransientError if it should be tried again."""
    if using.searches.is_told(client_id, snapshot.run_id):
        return True
    run = _Run(client_id, snapshot, _present(client_id, snapshot, using), moment(snapshot.observed_at), cause, using)
    while True:
        try:
            return _search(run, remaining_ms)
        except VersionConflict:
            if remaining_ms() < RESERVE_MS:
                return False


def _search(run: _Run, remaining_ms: Callable[[], int]) -> bool:
    search = run.using.searches.get(run.client_id, run.snapshot.run_id)
    if search.step == "counting":
        search, done = _counted(run, search, remaining_ms)
        if not done:
            return False
    if search.known >= FEW and 2 * search.vanished > search.known:
        return _tell(run, removed=0, kept_back=search.vanished)
    done = False
    while not done:
        search, done = _page_removed(run, search)
        if not done and remaining_ms() < RESERVE_MS:
            run.save(search)
            return False
    search = run.save(search)  # a twin that is behind has missed what the other one removed
    return _tell(run, removed=search.removed, kept_back=0)


def _counted(run: _Run, search: Search, remaining_ms: Callable[[], int]) -> tuple[Search, bool]:
    """The search after counting, and whether it has come to the end. Counting changes nothing, so it is kept only when it stops."""
    while page := _page(run, search.after):
        absent = [product for product in _absent(run, page) if product.source == run.snapshot.source]
        gone = sum(1 for product in absent if _is_vanished(product, run))
        present = sum(1 for place in page if place.product_id in run.present)
        known = search.known + present + len(absent)
        search = replace(search, after=page[-1].sort, known=known, vanished=search.vanished + gone)
        if remaining_ms() < RESERVE_MS:
            return run.save(search), False
    return run.save(replace(search, step="removing", after=None)), True


def _page_removed(run: _Run, search: Search) -> tuple[Search, bool]:
    """The search one page on, and whether that was the last."""
    if not search.waiting:
        page = _page(run, search.after)
        if not page:
            return search, True
        waiting = tuple(product.product_id for product in _absent(run, page) if _is_vanished(product, run))
        search = replace(search, after=page[-1].sort, waiting=waiting)
        if not waiting:
            return search, False
        search = run.save(search)
    removed = sum(1 for name in search.waiting if _remove(run, name))
    return run.save(replace(search, removed=search.removed + removed, waiting=())), False


def _remove(run: _Run, name: str) -> bool:
    """Whether the product is removed because of this search, by whichever of its workers."""
    mark = run.snapshot.run_id

    def trace(stored: Product | None) -> Product | None:
        if stored is None or stored.status == "removed":
            return None
        return vanished(stored, run.seen_until, run.using.clock(), run.cause, mark)

    products = run.using.products
    stored = products.get_many(run.client_id, [name]).get(name)
    if rewritten(run.client_id, name, stored, trace, products) is not None:
        return True
    last = products.get_many(run.client_id, [name]).get(name)
    return last is not None and last.status == "removed" and mark in last.changed_by


def _page(run: _Run, after: str | None) -> list[Place]:
    return list(islice(run.using.products.places(run.client_id, "listing", "", after, PLACES), PLACES))


def _absent(run: _Run, page: Iterable[Place]) -> Iterator[Product]:
    """The products of the page that the source does not have, whosever they are."""
    names = [place.product_id for place in page if place.product_id not in run.present]
    for start in range(0, len(names), PAGE):
        yield from run.using.products.get_many(run.client_id, names[start : start + PAGE]).values()


def _is_vanished(product: Product, run: _Run) -> bool:
    is_own = product.source == run.snapshot.source and product.is_visible
    return is_own and (product.observed_at is None or product.observed_at <= run.seen_until)


def _tell(run: _Run, *, removed: int, kept_back: int) -> bool:
    outcome = SourceProductsRemoved(run.snapshot.run_id, run.snapshot.source, removed, kept_back)
    run.using.searches.tell(run.client_id, Told(outcome, run.using.clock(), run.cause))
    return True


def _present(client_id: ClientId, snapshot: SourceSnapshotRead, using: Removing) -> frozenset[str]:
    """Ids of the products in the file of keys."""
    if f"/{client_id}/" not in snapshot.key:
        raise Malformed(f"the file of keys {snapshot.key} belongs to another client")
    try:
        text = using.files.read(snapshot.bucket, snapshot.key).decode()
    except UnicodeDecodeError:
        raise Malformed(f"the file of keys {snapshot.key} is not text") from None
    keys = [key for key in text.split("\n") if key]
    if len(keys) != snapshot.products:
        raise Malformed(f"the file {snapshot.key} has {len(keys)} keys, {snapshot.products} were announced")
    return frozenset(product_id(client_id, snapshot.source, key) for key in keys)
