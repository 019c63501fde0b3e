"""The deployment in the cost ledger is the one that the production templates describe."""

from __future__ import annotations

import pytest

from local.costs.ledger import load
from tests.bench.deployment import deployment, starts_a_day
from tests.infra.templates import Assembly


def test_the_ledger_knows_the_functions_as_they_are_deployed(production: Assembly) -> None:
    assert dict(load().deployment.functions) == dict(deployment(production).functions), "run: make costs"


def test_the_ledger_holds_what_the_stacks_hold(production: Assembly) -> None:
    assert load().deployment.holdings == deployment(production).holdings, "run: make costs"


@pytest.mark.parametrize(
    ("expression", "starts"),
    [
        ("rate(1 minute)", 1440),
        ("rate(5 minutes)", 288),
        ("rate(12 hours)", 2),
        ("rate(1 day)", 1),
        ("cron(5 * * * ? *)", 24),
        ("cron(15 3 * * ? *)", 1),
    ],
)
def test_a_schedule_counts_as_often_as_it_goes_off(expression: str, starts: int) -> None:
    assert starts_a_day(expression) == starts


@pytest.mark.parametrize("expression", ["cron(0/5 * * * ? *)", "cron(0 3 ? * MON *)", "rate(1 week)"])
def test_a_schedule_of_another_kind_is_not_guessed_at(expression: str) -> None:
    with pytest.raises(ValueError, match="cannot tell"):
        starts_a_day(expression)
