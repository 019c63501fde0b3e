"""Fixtures of the billing context's function tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.doubles import FakeClock
from tests.functions.billing.metering_world import MeteringWorld, make_metering_world, prepared


@pytest.fixture
def metering(tables: Callable[[str], str], clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> MeteringWorld:
    return make_metering_world(clock, prepared(tables, monkeypatch))
