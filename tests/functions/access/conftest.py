"""The access functions share one world per test."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.access import AccessWorld, access_world
from tests.doubles import CountedIds, FakeClock


@pytest.fixture
def world(tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds) -> AccessWorld:
    return access_world(tables, clock, new_id)
