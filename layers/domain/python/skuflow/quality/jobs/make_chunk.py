"""The next chunk of a job: of the collection itself, or of the job that it follows.

A chunk is an item of the table and its fixes an event on the bus, so neither may be too large: fewer products go into one that
would be. What even a single product has too much of is left out: fixes become suggestions, findings are counted and not listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from skuflow.kernel.errors import NotFound
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.packing import packed
from skuflow.quality.deps import RunQualityJobDeps
from skuflow.quality.fixes.fix import Decision
from skuflow.quality.jobs.checking import Checked, Checker
from skuflow.quality.jobs.chunks import Chunk, Poor, Sums, worst
from skuflow.quality.jobs.limits import MOST_STORED, TITLE, fits_on_the_bus, listable
from skuflow.quality.jobs.model import CHECKS, Filters, Job
from skuflow.quality.model import Snapshot

PRODUCTS_PER_CHUNK = 50
"""As many as one event of decided fixes takes."""


def next_chunk(
    client_id: ClientId, job: Job, last: Chunk | None, checker: Checker, *, using: RunQualityJobDeps
) -> Chunk:
    """The chunk after `last`. Raises NotFound if the job that this one follows has no such chunk any more."""
    if job.mode in CHECKS:
        return _of_products(client_id, job, last, checker, using)
    return _of_followed(client_id, job, last, using)


def _of_products(
    client_id: ClientId, job: Job, last: Chunk | None, checker: Checker, using: RunQualityJobDeps
) -> Chunk:
    size = PRODUCTS_PER_CHUNK
    while True:
        found, following = using.products.page(client_id, last.next if last is not None else "", size)
        wanted = [one for one in found if matches(job.filters, one)]
        chunk = _chunk(job, last, checker.check(wanted), using)
        chunk = replace(chunk, next=following or "", done=following is None, sums=_summed(last, chunk, found, wanted))
        if size == 1 or (_size(chunk) <= MOST_STORED and fits_on_the_bus(chunk.decisions)):
            return chunk
        size //= 2


def _chunk(job: Job, last: Chunk | None, checked: Checked, using: RunQualityJobDeps) -> Chunk:
    return Chunk(
        number=last.number + 1 if last is not None else 1,
        at=using.clock(),
        next="",
        done=False,
        decided=job.decides,
        product_ids=tuple(one.product_id for one in checked.products),
        tally=checked.tally,
        findings=tuple(finding for one in checked.products for finding in listable(one.findings)),
        decisions=checked.decisions,
        titles={one.product_id: one.title[:TITLE] for one in checked.products if one.findings},
        worst=worst(
            Poor(one.product_id, one.title[:TITLE], one.loss, len(one.findings)) for one in checked.products if one.loss
        ),
    )


def _summed(last: Chunk | None, chunk: Chunk, found: Sequence[Snapshot], wanted: Sequence[Snapshot]) -> Sums:
    before = last.sums if last is not None else Sums()
    fixes = [len(one.fixes) for one in chunk.decisions if one.fixes]
    return Sums(
        looked_at=before.looked_at + len(found),
        processed=before.processed + len(wanted),
        findings=before.findings + len(chunk.findings),
        batches=before.batches + (1 if fixes else 0),
        fixes=before.fixes + sum(fixes),
        fixable=before.fixable + len(fixes),
        sources=tuple(sorted({*before.sources, *(one.source.partition(":")[0] for one in wanted)})),
    )


def _of_followed(client_id: ClientId, job: Job, last: Chunk | None, using: RunQualityJobDeps) -> Chunk:
    """The same products as in the followed job's chunk, measured as that job left them, and its fixes, or their inverse."""
    number = last.number + 1 if last is not None else 1
    followed = using.progress.chunk(client_id, job.follows, number)
    if followed is None:
        raise NotFound(f"chunk {number} of the job {job.follows} is no longer kept")
    decisions, tally = tuple(one for one in followed.decisions if one.fixes), followed.tally
    if job.mode == "revert":
        outcome = using.progress.outcome(client_id, job.follows, number)
        applied = outcome.applied if outcome is not None else {}
        decisions = tuple(taken_back(one, applied[one.product_id]) for one in decisions if one.product_id in applied)
        tally = outcome.tally if outcome is not None else tally
    kept = tuple(Decision(one.product_id, one.fixes) for one in decisions)
    chunk = replace(
        followed,
        at=using.clock(),
        next="",
        done=number >= job.follows_until,
        decided=True,
        tally=tally,
        findings=(),
        decisions=kept,
        titles={one.product_id: followed.titles.get(one.product_id, "") for one in kept},
        worst=(),
    )
    before, fixes = last.sums if last is not None else Sums(), [len(one.fixes) for one in kept]
    sums = Sums(
        looked_at=followed.sums.looked_at,
        processed=before.processed + len(fixes),
        batches=before.batches + (1 if fixes else 0),
        fixes=before.fixes + sum(fixes),
        fixable=before.fixable + len(fixes),
        sources=followed.sums.sources,
    )
    return replace(chunk, sums=sums)


def taken_back(decision: Decision, paths: Iterable[str]) -> Decision:
    """The inverse of those fixes that were applied (`paths`), last first."""
    applied = set(paths)
    fixes = [replace(fix, old=fix.new, new=fix.old) for fix in decision.fixes if fix.path in applied]
    return Decision(decision.product_id, tuple(reversed(fixes)))


def matches(filters: Filters, product: Snapshot) -> bool:
    """Whether the product is one of those that the filters ask for."""
    return all(
        (
            filters.source in {"", product.source, product.source.partition(":")[0]},
            filters.status in {"", product.status},
            filters.brand.casefold() in {"", product.brand.casefold()},
            product.category[: len(filters.category)] == filters.category,
            not filters.product_ids or product.product_id in filters.product_ids,
        )
    )


def _size(chunk: Chunk) -> int:
    content = packed(chunk, above=0)
    return len(content["doc_z"])
