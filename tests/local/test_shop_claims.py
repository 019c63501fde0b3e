"""The demo does not take the sync status at its word: whatever is not as it must be after a step ends it."""

from __future__ import annotations

from collections.abc import Callable
from operator import methodcaller
from typing import Any

import pytest

from local.demo.shop_claims import Claims
from local.problems import LocalProblem
from tests.local.answering import WHEN, run, source_status

LATER = "2999-01-31T12:00:00.000Z"
PRODUCTS = {"created": 9, "updated": 0, "unchanged": 0, "rejected": 0, "last_applied_at": WHEN}
NONE_YET = {**PRODUCTS, "created": 0}
READ = {"lag_seconds": 1, "next_run_at": LATER, "products": PRODUCTS}
OPEN = {"state": "open", "failures": 3, "opened_at": WHEN, "retry_at": WHEN}
TROUBLE = {"code": "x", "detail": "x", "remedy": "x", "at": WHEN}
RECONCILED = run("completed")
RECONCILED["totals"] |= {"created": 0, "updated": 1, "unchanged": 8}

TRUE: dict[str, tuple[Callable[[Claims], None], dict[str, Any]]] = {
    "connected": (methodcaller("connected"), {"last_success_at": None, "products": NONE_YET}),
    "read": (methodcaller("read", products=9), READ),
    "heard": (methodcaller("heard", more_than=76), READ),
    "reconciled": (methodcaller("reconciled", RECONCILED, products=9), READ),
    "left": (methodcaller("left"), {"status": "uninstalled", "next_run_at": None}),
}
LIES = [
    ("connected", {"last_success_at": WHEN}),
    ("connected", {"products": PRODUCTS}),
    ("connected", {"status": "needs_reauth"}),
    ("read", {"lag_seconds": None}),
    ("read", {"lag_seconds": 4_000}),
    ("read", {"products": NONE_YET}),
    ("read", {"products": {**PRODUCTS, "rejected": 1}}),
    ("read", {"next_run_at": None}),
    ("read", {"next_run_at": WHEN}),
    ("read", {"run": run("applying")}),
    ("heard", {"webhooks": {"received": 76, "last_at": WHEN}}),
    ("heard", {"circuit": OPEN}),
    ("heard", {"circuit": None}),
    ("reconciled", {"last_run_id": "run_0"}),
    ("reconciled", {"trouble": TROUBLE}),
    ("reconciled", {"failures": 1}),
    ("left", {"status": "connected"}),
    ("left", {"next_run_at": LATER}),
]


@pytest.mark.parametrize("step", TRUE)
def test_a_status_that_is_true_passes(step: str) -> None:
    claim, seen = TRUE[step]
    claim(Claims(step, source_status(**seen)))


@pytest.mark.parametrize(("step", "lie"), LIES)
def test_a_status_that_lies_ends_the_demo(step: str, lie: dict[str, Any]) -> None:
    claim, seen = TRUE[step]
    with pytest.raises(LocalProblem, match="does not tell the truth"):
        claim(Claims(step, source_status(**{**seen, **lie})))


def test_a_reconciliation_that_did_more_than_was_missed_ends_the_demo() -> None:
    more = {**RECONCILED, "totals": {**RECONCILED["totals"], "updated": 2, "unchanged": 7}}
    with pytest.raises(LocalProblem, match="one product was updated"):
        Claims("reconciled", source_status(**READ)).reconciled(more, products=9)
