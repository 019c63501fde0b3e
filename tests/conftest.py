"""Fixtures that every test may use: an AWS in memory, a clock that stands still, ids that can be foretold."""

from __future__ import annotations

import gc
import io
import ipaddress
import json
import logging
import os
import socket
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader
from hypothesis import settings
from moto import mock_aws

from skuflow.kernel.events import Event
from skuflow.platform.aws import forget_clients
from skuflow.platform.event_bus import EventBus
from skuflow.platform.observability import logger, metrics
from tests.doubles import CountedIds, FakeClock, FakeLambdaContext
from tests.events import check_event
from tests.quick_aws import quick
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


_OBSERVED_AS = {name: value for name, value in _ENVIRONMENT.items() if name.startswith("POWERTOOLS_")}


_TOGETHER = ("e2e", "infra", "local")
"""Folders whose tests share something costly, made once per session: with several workers, each folder keeps to one of them."""


_SLOW = frozenset({"bench", "fuzz", "infra", "scenarios", "security"})
"""Folders whose tests build, synthesise or live through something each; whoever changes a rule or a door does not wait for them."""


settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("new", deadline=None, print_blob=True)
settings.load_profile("same")
"""Whether a change may land must not hang on luck: properties are tried with the same examples in every run. `make fuzz` draws new
ones (`--hypothesis-profile=new`)."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Say which tests stay on one worker: a folder of `_TOGETHER`, or else a file; and which folders are slow. First, as xdist and
    `-m` read it in this hook. What takes longest is begun first: begun last, it would keep one worker while the others idle."""
    for item in items:
        folder = item.path.parent.name
        if folder in _SLOW:
            item.add_marker(pytest.mark.slow)
        item.add_marker(pytest.mark.xdist_group(folder if folder in _TOGETHER else item.path.stem))
    yield
    items.sort(key=_haste)


def _haste(item: pytest.Item) -> int:
    """Whole folders on one worker, then whatever is slow, then all else."""
    if item.path.parent.name in _TOGETHER:
        return 0
    return 1 if item.get_closest_marker("slow") else 2


def pytest_collection_finish(session: pytest.Session) -> None:
    """Several workers on one folder of `_TOGETHER` reset each other's platform. xdist puts the group behind each test's id."""
    grouped = getattr(session.config.option, "loadgroup", False)
    if grouped and any("@" not in item.nodeid for item in session.items):
        raise pytest.UsageError(
            "xdist does not keep groups together: are its version and pytest's made for each other?"
        )
    gc.collect()
    gc.freeze()  # thousands of tests and all that was imported live to the end: no collection need look through them again


class NetworkRefused(Exception):
    """A test tried to leave this machine."""


@pytest.fixture(autouse=True, scope="session")
def _observed() -> Iterator[None]:
    """Logger and metrics are made once per process and keep the names they found: the same ones, whichever test is first."""
    patch = pytest.MonkeyPatch()
    for name, value in _OBSERVED_AS.items():
        patch.setenv(name, value)
    logger.cache_clear()
    metrics.cache_clear()
    yield
    patch.undo()


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


@pytest.fixture(autouse=True, scope="session")
def _descriptions_read_once() -> Iterator[None]:
    """botocore describes AWS in megabytes of JSON and reads them again for each session; tests make hundreds of sessions."""
    reader = JSONFileLoader()
    read = cache(getattr(reader, "_load_file"))  # noqa: B009 - the stubs leave it out
    patch = pytest.MonkeyPatch()
    patch.setattr(JSONFileLoader, "_load_file", lambda _self, path, opener: read(path, opener))
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def _quick_aws() -> Iterator[None]:
    with quick():
        yield


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def use_test_environment(patch: pytest.MonkeyPatch) -> None:
    """Name no real account, and drop the clients that were made for another environment."""
    for name in _UNWANTED:
        patch.delenv(name, raising=False)
    for name, value in _ENVIRONMENT.items():
        patch.setenv(name, value)
    forget_clients()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS in memory (moto) with an environment that names no real account; no client survives from another test."""
    use_test_environment(monkeypatch)
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
def logged() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """`logged()` gives what was logged in this test so far, line by line, as a log group would hold it."""
    handler = logger().registered_handler
    assert isinstance(handler, logging.StreamHandler)
    before, written = handler.stream, io.StringIO()
    handler.stream = written
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    handler.stream = before


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def new_id() -> CountedIds:
    return CountedIds()


@pytest.fixture
def lambda_context() -> FakeLambdaContext:
    return FakeLambdaContext()
