"""Fixtures of the sync context's function tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.doubles import CountedIds, FakeClock
from tests.functions.sync.shop_world import ShopWorld, make_shop_world
from tests.functions.sync.webhook_world import WebhookWorld, make_webhook_world
from tests.functions.sync.world import World, make_world


@pytest.fixture
def world(tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds, monkeypatch: pytest.MonkeyPatch) -> World:
    return make_world(tables("sync"), tables("idempotency"), clock, new_id, monkeypatch)


@pytest.fixture
def webhooks(tables: Callable[[str], str], clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> WebhookWorld:
    return make_webhook_world(tables("sync"), tables("outbound"), clock, monkeypatch)


@pytest.fixture
def shops(tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds) -> ShopWorld:
    return make_shop_world(tables("sync"), clock, new_id)
