"""Products of a job, looked at once and then again: what is listed, what is counted and what it costs are one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from skuflow.kernel.events import Cause
from skuflow.quality.jobs.checking import Checker
from skuflow.quality.jobs.model import Job
from skuflow.quality.model import Snapshot
from skuflow.quality.rule_store import Wishes
from skuflow.quality.rules.judging import score_of
from skuflow.quality.rules.scoring import quality_of
from skuflow.quality.rules.tally import concerns, merged, repeated
from tests.unit.quality.rules.products import NOW, product, variant

JOB = Job("qjb_1", "score", "checking", NOW, NOW, Cause("c"))


def collection(kinds: list[tuple[int, int, bool]]) -> list[Snapshot]:
    """Products by the number of their title and of their variant; some without a brand."""
    return [
        product(
            f"prd_{n}",
            [variant(number)],
            title=f"Leather walking boots, model {title}",
            brand="" if bare else "Northpath",
        )
        for n, (title, number, bare) in enumerate(kinds)
    ]


KINDS = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4), st.booleans()), max_size=9)


@settings(max_examples=60)
@given(KINDS, st.integers(1, 4))
def test_what_is_listed_is_what_is_counted_and_what_it_costs(kinds: list[tuple[int, int, bool]], size: int) -> None:
    products, checker = collection(kinds), Checker(JOB, Wishes())
    chunks = [products[start : start + size] for start in range(0, len(products), size)]
    first = [checker.check(some) for some in chunks]
    tally = merged(*(one.tally for one in first))
    known, quality = repeated(tally), quality_of(tally, checker.rules)
    again = [
        checked
        for some, one in zip(chunks, first, strict=True)
        if concerns(known, one.tally)
        for checked in checker.check_again(some, known)
    ]
    listed = [finding.rule_id for one in again for finding in one.findings if finding.aspect == "duplicate"]
    counted = {one.rule_id: one.failed for one in quality.rules if one.rule_id in {*tally.seen} and one.failed}
    assert {rule_id: listed.count(rule_id) for rule_id in listed} == counted
    losses = {one.product_id: one.loss for some in first for one in some.products} | {
        one.product_id: one.loss for one in again
    }
    assert score_of(sum(losses.values()), len(products)) == quality.score


@given(KINDS)
@settings(max_examples=30)
def test_where_nothing_is_repeated_no_second_look_is_worth_it(kinds: list[tuple[int, int, bool]]) -> None:
    products, checker = collection(kinds), Checker(JOB, Wishes())
    everything = merged(checker.check(products).tally)
    for one in products:
        alone = checker.check([one]).tally
        assert concerns(repeated(everything), alone) == bool(checker.check_again([one], repeated(everything)))
