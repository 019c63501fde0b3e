"""Duplicates, told of the products that have them. Which values are not the only ones is known when all products are checked.

Only chunks with such a value are looked at again. What one look finds is one write, kept as it came first: a run that dies
repeats a look at most, and two workers come to the same. Products are judged as the job met them: fixes of its own that were
applied since are taken off again. One that somebody else has changed meanwhile is judged as it is now, and one that is gone is
not told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from skuflow.kernel.tenancy import ClientId
from skuflow.platform.observability import count_many
from skuflow.platform.packing import packed
from skuflow.quality.deps import RunQualityJobDeps
from skuflow.quality.images.pictures import addresses
from skuflow.quality.jobs.checking import CheckedProduct, Checker
from skuflow.quality.jobs.chunks import Chunk, Poor, Repeats, worst
from skuflow.quality.jobs.limits import MOST_FINDINGS, MOST_STORED, TITLE
from skuflow.quality.jobs.model import Job
from skuflow.quality.model import ImageFact, Snapshot
from skuflow.quality.rule_store import Wishes
from skuflow.quality.rules.tally import concerns, merged, repeated


def looked_again(
    client_id: ClientId, job: Job, wishes: Wishes, time_is_up: Callable[[], bool], *, using: RunQualityJobDeps
) -> bool:
    """Look again at the products of each chunk that has something repeated. Safe to repeat. False if there was not the time
    for all of them."""
    tallies = {chunk.number: chunk.tally for chunk in using.progress.chunks(client_id, job.job_id)}
    known = repeated(merged(*tallies.values()))
    if not known:
        return True

    def facts(some: Sequence[Snapshot]) -> dict[str, ImageFact]:
        return using.pictures().facts.get_many(client_id, addresses(some))

    checker = Checker(job, wishes, facts)
    last = using.progress.last_repeats(client_id, job.job_id)
    for number, tally in tallies.items():
        if (last is not None and number <= last.number) or not concerns(known, tally):
            continue
        if time_is_up():
            return False
        chunk = using.progress.chunk(client_id, job.job_id, number)
        if chunk is None:
            continue
        found = checker.check_again(_as_met(client_id, chunk, using), known)
        made = _repeats(chunk, found, last, using)
        last = using.progress.keep_repeats(client_id, job.job_id, made)
        count_many(ProductFindings=len(last.findings))
    return True


def _as_met(client_id: ClientId, chunk: Chunk, using: RunQualityJobDeps) -> list[Snapshot]:
    """The products of the chunk, as they were before its fixes."""
    products = using.products.get_many(client_id, chunk.product_ids)
    ordered = [products[name] for name in chunk.product_ids if name in products]
    if not (chunk.decided and chunk.has_fixes):
        return ordered
    from skuflow.quality.fixes.applying import applied, inverse  # who only checks does not need it

    fixes = {one.product_id: inverse(one.fixes) for one in chunk.decisions}
    return [applied(one, fixes.get(one.product_id, ()))[0] for one in ordered]


def _repeats(chunk: Chunk, found: Sequence[CheckedProduct], last: Repeats | None, using: RunQualityJobDeps) -> Repeats:
    """What is kept of `found`: of each product as many duplicates as the item holds."""
    doubles = [[one for one in product.findings if one.aspect == "duplicate"] for product in found]
    kept = Repeats(
        number=chunk.number,
        at=using.clock(),
        findings=(),
        titles={one.product_id: one.title[:TITLE] for one in found},
        worst=worst(Poor(one.product_id, one.title[:TITLE], one.loss, len(one.findings)) for one in found),
        listed=last.listed if last is not None else 0,
    )
    most = MOST_FINDINGS
    while True:
        some = tuple(finding for findings in doubles for finding in findings[:most])
        made = replace(kept, findings=some, listed=kept.listed + len(some))
        if most == 1 or len(packed(made, above=0)["doc_z"]) <= MOST_STORED:
            return made
        most //= 2
