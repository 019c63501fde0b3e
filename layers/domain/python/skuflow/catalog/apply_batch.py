"""Apply one batch of an import to the catalogue, and keep what became of each of its rows.

May be run any number of times, by twins too, and stopped anywhere: products are written under their version, what is written
says which import and row it is from, and the outcome is read off that. So a batch that a second delivery finishes still says
`created` of what the first one created.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from skuflow.catalog import merge, newest_state
from skuflow.catalog.batch_file import BatchFiles, parse
from skuflow.catalog.batch_store import AppliedBatch, BatchStore
from skuflow.catalog.html import sanitised
from skuflow.catalog.incoming import Fragment, Observation, fragment, observation
from skuflow.catalog.incoming_values import Refused
from skuflow.catalog.inventory import ProductStock
from skuflow.catalog.kept_fixes import reconciled
from skuflow.catalog.model import IMPORT, Product, product_id, variant_id
from skuflow.catalog.outcome import Outcome, batch_outcome, product_outcome
from skuflow.catalog.product_store import ProductStore
from skuflow.catalog.source_counts import Look, SourceCount, with_source_counts
from skuflow.catalog.state_outcome import state_outcome
from skuflow.contracts.catalog import ProductBatchApplied, RejectedRows
from skuflow.contracts.sync import ProductBatchReady, SourceProduct
from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import Malformed, TooLarge, TransientError, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId

ATTEMPTS = 8
"""Times that a product is merged and written, each after somebody else was faster."""


class SourceStock(Protocol):
    """The side of the stock store that a source's counts need."""

    def get_many(self, client_id: ClientId, product_ids: Iterable[str]) -> dict[str, ProductStock]: ...

    def apply_source_counts(
        self,
        client_id: ClientId,
        product_id: str,
        counts: Iterable[SourceCount],
        *,
        source: str,
        cause: Cause,
        now: datetime,
        look: Look,
    ) -> ProductStock | None: ...


@dataclass(frozen=True, slots=True)
class Stores:
    """Where a batch comes from and where it goes."""

    files: BatchFiles
    products: ProductStore
    stock: SourceStock
    batches: BatchStore
    clock: Clock


@dataclass(frozen=True, slots=True)
class _Work:
    """One run over one batch: what is the same for all its products. `stock` is None if the file says nothing of stock."""

    stores: Stores
    client_id: ClientId
    observed: Observation
    cause: Cause
    now: datetime
    stock: Mapping[str, ProductStock] | None


@dataclass(frozen=True, slots=True)
class _Parts:
    """All that a batch says of one product."""

    product_id: str
    fragments: tuple[Fragment, ...]
    rejected: tuple[RejectedRows, ...]

    @property
    def are_states(self) -> bool:
        return any(one.at is not None for one in self.fragments)


def apply_batch(
    client_id: ClientId, ready: ProductBatchReady, cause: Cause, stores: Stores
) -> ProductBatchApplied | None:
    """Apply the batch that `ready` announces; `cause.causation_id` is that event's id. None if it was applied before.

    Raises PermanentError if the file is missing, unreadable or somebody else's, TransientError if it should be tried again."""
    if stores.batches.is_applied(client_id, ready.import_id, ready.batch):
        return None
    header, said = parse(stores.files.read(ready.bucket, ready.key))
    if (header.client_id, header.import_id, header.batch) != (client_id, ready.import_id, ready.batch):
        raise Malformed(f"the batch file {ready.key} belongs to another client, import or batch")
    observed = observation(header, mark=hashlib.sha256(header.import_id.encode()).hexdigest()[:10])
    parts = _parts(client_id, said, observed)
    known = stores.products.get_many(client_id, [part.product_id for part in parts])
    stocked = observed.counts_stock or observed.whole
    stock = stores.stock.get_many(client_id, [part.product_id for part in parts]) if stocked else None
    work = _Work(stores, client_id, observed, cause, stores.clock(), stock)
    outcome = batch_outcome(header, [_apply(part, known.get(part.product_id), work) for part in parts])
    stores.batches.record(client_id, AppliedBatch(outcome, work.now, cause))
    return outcome


def _parts(client_id: ClientId, said: Iterable[SourceProduct], observed: Observation) -> list[_Parts]:
    """The fragments by product, in order of the file; states of one in order of time."""
    parts: dict[str, _Parts] = {}
    for one in said:
        name = product_id(client_id, observed.source, one.key)
        taken, rejected = fragment(one, observed, sanitised)
        old = parts.get(name, _Parts(name, (), ()))
        new = (*old.fragments, taken) if taken else old.fragments
        in_order = sorted(new, key=lambda said: said.at or observed.at)
        parts[name] = _Parts(name, tuple(in_order), old.rejected + rejected)
    return list(parts.values())


def _apply(parts: _Parts, stored: Product | None, work: _Work) -> Outcome:
    """Write what `parts` change, and say what became of their rows."""
    for _ in range(ATTEMPTS):
        product, taken, rejected = _merged(parts, stored, work)
        written = _signed(parts, stored, product, work)
        try:
            if written is not None:
                work.stores.products.put(work.client_id, written)
        except VersionConflict:
            stored = work.stores.products.get_many(work.client_id, [parts.product_id]).get(parts.product_id)
            continue
        except TooLarge as error:
            lines = tuple(line for one in taken for line in one.lines)
            refusal = Refused("product", parts.fragments[0].key, error.detail, "shorten its texts or split it")
            return Outcome("rejected", rejected=(*rejected, refusal.rows(lines)))
        final = written or stored
        if final is None or not taken:
            return Outcome("rejected", rejected=rejected)
        return _outcome(parts, final, taken, rejected, work)
    raise TransientError(f"the product {parts.product_id} is changing too fast; the batch will be tried again")


def _outcome(
    parts: _Parts, product: Product, taken: list[Fragment], rejected: tuple[RejectedRows, ...], work: _Work
) -> Outcome:
    """What became of the rows, once their stock is counted too."""
    if parts.are_states:
        stock = _count_states(product, taken, work)
        return state_outcome(product, stock, taken, rejected, observed=work.observed, cause=work.cause)
    return product_outcome(product, _count_stock(product, taken, work), taken, rejected, work.observed)


def _signed(parts: _Parts, stored: Product | None, new: Product | None, work: _Work) -> Product | None:
    """The product as it is to be written; None if there is nothing to write."""
    if new is None:
        return None
    if parts.are_states:
        return newest_state.signed(stored, new, work.observed, work.now, work.cause)
    return merge.signed(stored, new, work.observed, work.now, channel=IMPORT, cause=work.cause)


def _merged(
    parts: _Parts, stored: Product | None, work: _Work
) -> tuple[Product | None, list[Fragment], tuple[RejectedRows, ...]]:
    """The product with the fragments that could be merged, those fragments, and everything rejected."""
    product = stored
    taken: list[Fragment] = []
    rejected = parts.rejected
    for said in parts.fragments:
        product, one = reconciled(product, said)
        if work.observed.only_counts and one.at is not None:
            known, unknown = newest_state.of_known_variants(product, one)
            rejected = (*rejected, *unknown)
            taken += [known] if known is not None else []
            continue
        take_in = merge.merge if one.at is None else newest_state.taken_over
        try:
            product = take_in(product, parts.product_id, one, work.observed.at_time_of(one), work.now)
            taken.append(one)
        except Refused as refusal:
            rejected = (*rejected, refusal.rows(one.lines))
    return product, taken, rejected


def _count_stock(product: Product, taken: Iterable[Fragment], work: _Work) -> ProductStock | None:
    """Hand on what the rows say of stock; the stock afterwards, None if there is none or the file does not count it."""
    if work.stock is None:
        return None
    rows = merge.counting(product, taken, work.observed)
    counts = [SourceCount(name, **row.stock) for name, row in rows.items()]
    return _counted(product, work.stock.get(product.product_id), counts, Look(work.observed.at), work)


def _count_states(product: Product, taken: Iterable[Fragment], work: _Work) -> ProductStock | None:
    """The same for states, one after the other. What an older one says of stock is as old as the rest of it."""
    if work.stock is None:
        return None
    stock = work.stock.get(product.product_id)
    there = frozenset(v.variant_id for v in product.variants)
    for one in taken:
        observed = work.observed.at_time_of(one)
        newest = product.observed_at is None or observed.at >= product.observed_at
        if product.is_visible and (newest or observed.only_counts):
            rows = {variant_id(product.product_id, row.key): row for row in one.rows}
            counts = [SourceCount(name, **row.stock) for name, row in rows.items() if name in there]
            look = Look(observed.at, noted=True, whole=there if observed.whole else None)
            stock = _counted(product, stock, counts, look, work)
    return stock


def _counted(
    product: Product, stock: ProductStock | None, counts: list[SourceCount], look: Look, work: _Work
) -> ProductStock | None:
    if with_source_counts(stock, product.product_id, counts, look) is None:
        return stock
    return work.stores.stock.apply_source_counts(
        work.client_id,
        product.product_id,
        counts,
        source=IMPORT,
        cause=work.cause,
        now=_counted_at(product, stock, work),
        look=look,
    )


def _counted_at(product: Product, stock: ProductStock | None, work: _Work) -> datetime:
    """A product's first stock is as old as the product that the same batch wrote, even if that was an earlier delivery or a
    twin: in its history both are one moment."""
    return product.updated_at if stock is None and product.cause == work.cause else work.now
