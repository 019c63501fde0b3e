"""Fixtures of the catalogue's functions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from functions.catalog.api.handler import handle
from tests.doubles import CountedIds, FakeClock
from tests.functions.catalog.floor import Floor
from tests.shop import open_shop


@pytest.fixture
def floor(tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds) -> Floor:
    return Floor(tables("catalog"), open_shop(handle, tables, clock, new_id), clock)
