"""The sweep of reservations that ran out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from functions.catalog.api import handler as api
from functions.catalog.release_expired_reservations.handler import RESERVE_MS, handle
from skuflow.catalog.deps import ReleaseExpiredReservationsDeps
from skuflow.catalog.store import CatalogItem
from skuflow.catalog.store_errors import no_pause
from skuflow.kernel.errors import TransientError
from skuflow.platform.table import bind
from tests.calls import Answer, Call, Killer, WorkerKilled, watched
from tests.doubles import CountedIds, FakeClock, FakeLambdaContext
from tests.http import OTHER_CLIENT
from tests.shop import Shop, end, line, open_shop, reserve

EVENT = {"trigger": "schedule"}


@pytest.fixture
def shop(tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds) -> Shop:
    return open_shop(api.handle, tables, clock, new_id)


def sweep(shop: Shop, context: FakeLambdaContext | None = None) -> dict[str, Any]:
    deps = ReleaseExpiredReservationsDeps(shop.deps.reservations, shop.deps.clock, no_pause)
    return handle(EVENT, context or FakeLambdaContext(), deps)


def test_what_ran_out_goes_back_on_sale(shop: Shop, clock: FakeClock) -> None:
    goods = shop.stocked(50)
    names = [reserve(shop, line(goods), hold_seconds=60 + n).body["reservation_id"] for n in range(9)]
    end(shop, names[0], "commit")
    end(shop, names[1], "release")
    clock.advance(seconds=60 + 5)
    assert sweep(shop) == {"released": 4, "finished": True}
    assert shop.level(goods[0]) == (46, 3)
    states = [shop.call("GET", f"/v1/reservations/{name}").body["status"] for name in names]
    assert states == ["committed", "released", *["expired"] * 4, *["held"] * 3]
    assert sweep(shop) == {"released": 0, "finished": True}


def test_it_serves_every_client(shop: Shop, clock: FakeClock) -> None:
    mine, theirs = shop.stocked(5), shop.stocked(5)
    reserve(shop, line(mine, 2))
    body = {"title": "Boots", "variants": [{"sku": "S"}]}
    made = shop.call("POST", "/v1/products", body=body, client_id=OTHER_CLIENT)
    goods = (made.body["product_id"], made.body["variants"][0]["variant_id"])
    levels = {"tracked": True, "levels": [{"on_hand": 3}]}
    path = f"/v1/products/{goods[0]}/inventory"
    shop.call("PUT", f"{path}/{goods[1]}", body=levels, client_id=OTHER_CLIENT)
    shop.call("POST", "/v1/reservations", body={"lines": [line(goods, 3)]}, client_id=OTHER_CLIENT)
    clock.advance(hours=1)
    assert sweep(shop)["released"] == 2
    stock = shop.call("GET", path, client_id=OTHER_CLIENT).body
    assert stock["variants"][0]["available"] == 3
    assert (shop.level(mine[0]), shop.level(theirs[0])) == ((5, 0), (5, 0))


def test_it_stops_when_its_time_is_nearly_up_and_goes_on_next_time(shop: Shop, clock: FakeClock) -> None:
    goods = shop.stocked(5)
    reserve(shop, line(goods, 2))
    clock.advance(hours=1)
    assert sweep(shop, FakeLambdaContext(remaining_ms=RESERVE_MS)) == {"released": 0, "finished": False}
    assert sweep(shop) == {"released": 1, "finished": True}


def test_one_that_cannot_be_ended_holds_nobody_up_and_is_told(
    shop: Shop, clock: FakeClock, tables: Callable[[str], str]
) -> None:
    first, second = shop.stocked(5), shop.stocked(5)
    broken = reserve(shop, line(first, 2)).body["reservation_id"]
    reserve(shop, line(second, 2))
    table = bind(CatalogItem, tables("catalog"))
    table(f"C#cli_0000000000000001#R#{broken}", "RESERVATION").update([CatalogItem.doc.set("{}")])
    clock.advance(hours=1)
    with pytest.raises(TransientError, match="1 reservations could not be ended"):
        sweep(shop)
    assert (shop.level(first[0]), shop.level(second[0])) == ((3, 2), (5, 0))


def test_a_sweep_that_dies_anywhere_is_finished_by_the_next(shop: Shop, clock: FakeClock) -> None:
    for after in range(1, 9):
        goods = shop.stocked(5)
        reserve(shop, line(goods, 2))
        clock.advance(hours=1)
        killer = Killer(after)

        def watcher(call: Call, answer: Answer, killer: Killer = killer) -> Any:
            return answer() if call.operation == "Query" else killer(call, answer)

        with watched(watcher), suppress(WorkerKilled):
            sweep(shop)
        if killer.killed:
            sweep(shop)
        assert shop.level(goods[0]) == (5, 0), killer.killed
        if not killer.killed:
            break
    assert after == 5
