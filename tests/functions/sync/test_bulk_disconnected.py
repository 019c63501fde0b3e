"""A shop that is disconnected while its result is read: the reading stops, and what was handed over stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from skuflow.kernel.tenancy import ClientId
from skuflow.sync.runs.spool import SpoolSizes
from skuflow.sync.shops.model import stopped
from tests.calls import Answer, Call, watched
from tests.doubles import FakeClock
from tests.functions.sync.bulk_world import SHOP, BulkWorld, make_bulk_world
from tests.http import CLIENT
from tests.shopify_result import catalogue_lines, encoded

MINE = ClientId(CLIENT)
CONTENT = encoded(catalogue_lines(range(12), variants=3))


@pytest.fixture
def world(tables: Callable[[str], str], clock: FakeClock) -> BulkWorld:
    made = make_bulk_world(tables("sync"), clock)
    made.deps = replace(made.deps, sizes=SpoolSizes(heap=4_000, segment=3_000, largest_segment=3_000))
    return made


def disconnect(world: BulkWorld) -> None:
    shop = world.shops.get(MINE, SHOP)
    world.shops.stop(MINE, stopped(shop, "uninstalled", world.clock(), shop.cause))


def test_the_result_of_a_shop_that_has_left_is_not_read(world: BulkWorld) -> None:
    world.begin(CONTENT)
    disconnect(world)
    assert world.deliver() == []
    run = world.run()
    assert run.failure is not None
    assert (run.status, run.failure.code, run.url) == ("cancelled", "disconnected", "")
    assert world.slices() == []
    assert world.deliver() == []


def test_a_shop_that_leaves_while_it_is_read_is_read_no_further(world: BulkWorld) -> None:
    world.begin(CONTENT)
    stored = 0

    def after_two_slices(call: Call, answer: Answer) -> Any:
        nonlocal stored
        given = answer()
        stored += call.operation == "PutItem" and b"SLICE#" in call.body
        if stored == 2:
            stored += 1
            disconnect(world)
        return given

    with watched(after_two_slices):
        assert world.deliver() == []
    assert (world.run().status, len(world.slices())) == ("cancelled", 2)
