"""Fixtures of the sync context's function tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.doubles import CountedIds, FakeClock
from tests.functions.sync.world import World, make_world


@pytest.fixture
def world(tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch) -> World:
    return make_world(tables("sync"), tables("idempotency"), clock, new_id, monkeypatch)
