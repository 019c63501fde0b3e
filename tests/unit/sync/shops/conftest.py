"""Fixtures of what is told of a shop's tokens."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.doubles import FakeClock
from tests.unit.sync.shops.renewing import Stand, make_stand


@pytest.fixture
def stand(tables: Callable[[str], str], clock: FakeClock) -> Stand:
    return make_stand(tables("sync"), clock)
