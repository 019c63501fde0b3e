"""The platform, deployed from the synthesised app to an embedded AWS of its own; one for the whole session."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest

from local.aws import embedded
from local.operations import clients
from local.platform import bring_up, take_down
from local.progress import SilentSteps
from local.stage.instance import find
from local.workspace import Workspace
from tests.e2e.shop import Platform, Shop


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """Brought up as `skuflow up` does it, on a free port, beside whatever else runs; gone afterwards."""
    workspace = Workspace.here()
    instance = find(workspace, f"e2e-{os.getpid()}")
    running = bring_up(workspace, instance, SilentSteps())
    try:
        yield Platform(workspace, running, embedded(running))
    finally:
        take_down(running)
        shutil.rmtree(running.home, ignore_errors=True)


@pytest.fixture
def open_shop(platform: Platform) -> Callable[..., Shop]:
    """`open_shop()` makes a new client with a key of its own; `scopes` limits what the key may do."""

    def opened(name: str = "Harbour & Field", scopes: tuple[str, ...] = ()) -> Shop:
        client_id = clients.create(platform.aws, name=name, currency="CAD", time_zone="America/Toronto", residency="ca")
        issued = clients.issue_key(platform.aws, client_id, kind="secret", label="e2e", scopes=scopes)
        return Shop(platform.aws.api_url(), client_id, issued.key_id, issued.key)

    return opened


@pytest.fixture
def shop(open_shop: Callable[..., Shop]) -> Shop:
    return open_shop()
