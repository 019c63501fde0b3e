"""A stage for each story."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenarios.stage import Stage, staged


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as made:
        yield made
