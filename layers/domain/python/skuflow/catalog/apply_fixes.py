"""Apply a batch of fixes to the catalogue, and keep what became of each.

May be run any number of times, by twins too, and stopped anywhere: products are written under their version and remember which
batches of fixes they have taken, so a batch that a second delivery finishes still counts what the first one applied. The answer
is written once, after all products, and told by the table's stream.
"""

from __future__ import annotations

from dataclasses import dataclass

from skuflow.catalog.fix_store import AppliedFixes, FixStore
from skuflow.catalog.fixes import APPLIED, attempt, mark
from skuflow.catalog.model import Product, visible
from skuflow.catalog.product_store import ProductStore
from skuflow.contracts.catalog import ProductFixesApplied, SkippedFix
from skuflow.contracts.quality import MOST_FIXES, MOST_PRODUCTS, ProductFixes, ProductFixesDecided
from skuflow.kernel.clock import Clock
from skuflow.kernel.errors import Malformed, TooLarge, TransientError, VersionConflict
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId

ATTEMPTS = 8
"""Times that a product is read and written, each after somebody else was faster."""


@dataclass(frozen=True, slots=True)
class Fixing:
    """What fixes are applied with."""

    products: ProductStore
    answers: FixStore
    clock: Clock


@dataclass(frozen=True, slots=True)
class _Work:
    """One run over one batch: what is the same for all its products."""

    client_id: ClientId
    mark: str
    cause: Cause
    using: Fixing


def apply_fixes(
    client_id: ClientId, decided: ProductFixesDecided, cause: Cause, using: Fixing
) -> ProductFixesApplied | None:
    """Apply what `decided` asks for; `cause.causation_id` is that event's id. None if it was answered before.

    Raises Malformed if it names too many products or fixes, or one product twice, TransientError if it should be tried again."""
    _check(decided)
    if using.answers.is_answered(client_id, decided.job_id, decided.batch):
        return None
    work = _Work(client_id, mark(decided.job_id, decided.batch), cause, using)
    known = using.products.get_many(client_id, [one.product_id for one in decided.products])
    outcome = _outcome(decided, [_apply(one, known.get(one.product_id), work) for one in decided.products])
    using.answers.record(client_id, AppliedFixes(outcome, using.clock(), cause))
    return outcome


def _check(decided: ProductFixesDecided) -> None:
    names = [one.product_id for one in decided.products]
    if len(names) > MOST_PRODUCTS or sum(len(one.fixes) for one in decided.products) > MOST_FIXES:
        raise Malformed(f"a batch of fixes has at most {MOST_PRODUCTS} products and {MOST_FIXES} fixes")
    if len(set(names)) < len(names):
        raise Malformed("a batch of fixes names each product once")


def _apply(wanted: ProductFixes, stored: Product | None, work: _Work) -> tuple[str, ...]:
    """Write what the fixes change; of each, APPLIED or why not."""
    for _ in range(ATTEMPTS):
        shown = visible(stored)
        if shown is None:
            return ("unknown_product",) * len(wanted.fixes)
        tried = attempt(shown, wanted.fixes, work.mark, work.using.clock(), work.cause)
        if tried.product is None:
            return tried.reasons
        try:
            work.using.products.put(work.client_id, tried.product)
        except VersionConflict:
            stored = work.using.products.get_many(work.client_id, [wanted.product_id]).get(wanted.product_id)
            continue
        except TooLarge:
            return tuple("too_large" if reason == APPLIED else reason for reason in tried.reasons)
        return tried.reasons
    raise TransientError(f"the product {wanted.product_id} is changing too fast; the fixes will be tried again")


def _outcome(decided: ProductFixesDecided, reasons: list[tuple[str, ...]]) -> ProductFixesApplied:
    skipped = [
        SkippedFix(one.product_id, fix.path, reason)
        for one, of_one in zip(decided.products, reasons, strict=True)
        for fix, reason in zip(one.fixes, of_one, strict=True)
        if reason != APPLIED
    ]
    return ProductFixesApplied(
        job_id=decided.job_id,
        batch=decided.batch,
        applied=sum(of_one.count(APPLIED) for of_one in reasons),
        products=sum(APPLIED in of_one for of_one in reasons),
        skipped=tuple(skipped),
    )
