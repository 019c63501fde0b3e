"""Importing a handler builds nothing, and starting one on Lambda stays within a budget of modules (never of milliseconds)."""

from __future__ import annotations

from functools import cache

import pytest

from tests.architecture.repository import doors
from tests.bench.cold_start import HTTP_TRIGGERS, Start, environment, start

DOORS = doors()

HEAVY = frozenset(
    {
        "asyncio",
        "aws_xray_sdk",
        "babel",
        "boto3",
        "cryptography",
        "freezegun",
        "httpx",
        "hypothesis",
        "jinja2",
        "jwt",
        "moto",
        "nh3",
        "numpy",
        "pandas",
        "PIL",
        "pydantic",
        "reportlab",
        "requests",
        "stripe",
        "yaml",
        "aws_lambda_powertools.event_handler",
        "aws_lambda_powertools.utilities.batch",
        "aws_lambda_powertools.utilities.data_classes",
        "aws_lambda_powertools.utilities.feature_flags",
        "aws_lambda_powertools.utilities.idempotency",
        "aws_lambda_powertools.utilities.parser",
    }
)
"""What no start may load: it is imported where it is used, by the first call that uses it."""

ALLOWED: dict[tuple[str, str], frozenset[str]] = {}
"""Named exceptions: (context, trigger) -> what it may load all the same."""

HTTP_BUDGET = 515
CONSUMER_BUDGET = 490
"""Modules in `sys.modules` once INIT is done, the standard library's included; see docs/decisions/0004."""


@cache
def started_on_lambda(context: str, trigger: str) -> Start:
    return start(context, trigger, environ=environment(context, trigger))


@pytest.mark.parametrize(("context", "trigger"), DOORS)
def test_importing_a_handler_builds_nothing(context: str, trigger: str) -> None:
    """Without an environment: a test, a tool and the synthesiser import handlers too."""
    imported = start(context, trigger, environ={"PATH": "/usr/bin:/bin"})
    assert imported.clients == ()
    assert imported.asked == ()
    assert imported.threads == 1
    assert not imported.loads("boto3")


@pytest.mark.parametrize(("context", "trigger"), DOORS)
def test_a_start_on_lambda_asks_nobody(context: str, trigger: str) -> None:
    assert started_on_lambda(context, trigger).asked == ()


@pytest.mark.parametrize(("context", "trigger"), DOORS)
def test_a_start_loads_nothing_heavy(context: str, trigger: str) -> None:
    loaded = started_on_lambda(context, trigger).modules & HEAVY
    assert loaded == ALLOWED.get((context, trigger), frozenset())


@pytest.mark.parametrize(("context", "trigger"), DOORS)
def test_a_start_stays_within_its_budget_of_modules(context: str, trigger: str) -> None:
    budget = HTTP_BUDGET if trigger in HTTP_TRIGGERS else CONSUMER_BUDGET
    assert len(started_on_lambda(context, trigger).modules) <= budget


@pytest.mark.parametrize(("context", "trigger"), DOORS)
def test_a_start_makes_one_client_per_service_at_most(context: str, trigger: str) -> None:
    clients = started_on_lambda(context, trigger).clients
    assert len(clients) == len(set(clients))
