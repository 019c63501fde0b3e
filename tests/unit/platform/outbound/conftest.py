"""A server on loopback and a caller of it, closed when the test is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.unit.platform.outbound.wire import Caller, Wire, wire


@pytest.fixture
def server() -> Iterator[Wire]:
    with wire() as serving:
        yield serving


@pytest.fixture
def calling() -> Iterator[Callable[..., Caller]]:
    """`calling(...)` makes a Caller."""
    made: list[Caller] = []

    def make(**how: Any) -> Caller:
        made.append(Caller(**how))
        return made[-1]

    yield make
    for caller in made:
        caller.client.close()


@pytest.fixture
def caller(calling: Callable[..., Caller]) -> Caller:
    return calling()
