"""Fixtures that every test may use: an AWS in memory, a clock that stands still, ids that can be foretold."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from moto import mock_aws

from skuflow.kernel.events import Event
from skuflow.platform.aws import forget_clients
from skuflow.platform.event_bus import EventBus
from skuflow.platform.observability import metrics
from tests.doubles import CountedIds, FakeClock, FakeLambdaContext
from tests.events import check_event
from tests.tables import create_table

REGION = "ca-central-1"

_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "SKUFLOW_STAGE": "test",
    "POWERTOOLS_SERVICE_NAME": "test",
    "POWERTOOLS_METRICS_NAMESPACE": "Skuflow",
}
_UNWANTED = ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_LAMBDA_FUNCTION_NAME")


class NetworkRefused(Exception):
    """A test tried to leave this machine."""


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Connections other than to loopback fail at once: a service that nobody pretends to be must not be asked for real."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(str(address[0])):
            raise NetworkRefused(f"a test wanted to talk to {address[0]}")
        connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS in memory (moto) with an environment that names no real account; no client survives from another test."""
    for name in _UNWANTED:
        monkeypatch.delenv(name, raising=False)
    for name, value in _ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    forget_clients()
    metrics().clear_metrics()
    with mock_aws():
        yield
    metrics().clear_metrics()
    forget_clients()


@pytest.fixture(autouse=True)
def _published_events_keep_their_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever any test makes a publisher say is held against the event's schema."""
    entry = EventBus._entry

    def checked(self: EventBus, event: Event) -> Any:
        made = entry(self, event)
        if event.source.startswith("skuflow."):
            check_event(made["Source"], made["DetailType"], made["Detail"])
        return made

    monkeypatch.setattr(EventBus, "_entry", checked)


@pytest.fixture
def tables(aws: None) -> Callable[[str], str]:
    """`tables("catalog")` creates that context's table (or the `idempotency` table) once and returns its name."""
    made: dict[str, str] = {}

    def table(context: str) -> str:
        if context not in made:
            made[context] = create_table(context)
        return made[context]

    return table


@pytest.fixture
def table(tables: Callable[[str], str]) -> Callable[[str], str]:
    """Another name of `tables`, for tests that need one."""
    return tables


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def new_id() -> CountedIds:
    return CountedIds()


@pytest.fixture
def lambda_context() -> FakeLambdaContext:
    return FakeLambdaContext()
