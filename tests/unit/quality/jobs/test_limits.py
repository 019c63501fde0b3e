"""How much goes into one event: bytes, and single fixes."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from skuflow.contracts.quality import MOST_FIXES
from skuflow.quality.fixes.fix import Decision, Fix
from skuflow.quality.jobs.limits import MOST_TOLD, bearable, fits_on_the_bus


def fixes(count: int, old: str = "a") -> tuple[Fix, ...]:
    return tuple(Fix(f"attributes.a{n}", old, "b", ("rule",), "tidied") for n in range(count))


def test_of_one_product_no_more_is_mended_than_one_batch_takes_and_the_rest_is_suggested() -> None:
    kept = bearable(Decision("prd_1", fixes(MOST_FIXES + 20)))
    assert kept.fixes == fixes(MOST_FIXES + 20)[:MOST_FIXES]
    assert [one.path for one in kept.suggestions] == [f"attributes.a{n}" for n in range(MOST_FIXES, MOST_FIXES + 20)]
    assert all("more than can be mended at once" in one.reason for one in kept.suggestions)
    assert fits_on_the_bus([kept])


@settings(max_examples=60)
@given(st.lists(st.integers(0, 3 * MOST_FIXES // 4), max_size=5))
def test_a_batch_has_no_more_fixes_than_an_answer_can_name(counts: list[int]) -> None:
    decisions = [Decision(f"prd_{n}", fixes(count)) for n, count in enumerate(counts)]
    assert fits_on_the_bus(decisions) == (sum(counts) <= MOST_FIXES)


@settings(max_examples=60)
@given(st.lists(st.text(max_size=30).map(lambda text: text * 500), min_size=1, max_size=20))
def test_a_batch_that_fits_has_no_more_bytes_than_the_bus_takes(texts: list[str]) -> None:
    decisions = [Decision(f"prd_{n}", fixes(1, text)) for n, text in enumerate(texts)]
    told = [
        {"product_id": one.product_id, "fixes": [[fix.path, fix.old, fix.new] for fix in one.fixes]}
        for one in decisions
    ]
    size = len(json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    assert not fits_on_the_bus(decisions) or size <= MOST_TOLD
