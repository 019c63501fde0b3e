"""The deployment in the cost ledger is the one that the production templates describe."""

from __future__ import annotations

from local.costs.ledger import load
from tests.bench.deployment import deployment
from tests.infra.templates import Assembly


def test_the_ledger_knows_the_functions_as_they_are_deployed(production: Assembly) -> None:
    assert dict(load().deployment.functions) == dict(deployment(production).functions), "run: make costs"


def test_the_ledger_holds_what_the_stacks_hold(production: Assembly) -> None:
    assert load().deployment.holdings == deployment(production).holdings, "run: make costs"
