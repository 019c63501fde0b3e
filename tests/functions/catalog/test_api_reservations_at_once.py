"""Many buyers at once, workers that die, and a table that says no: nothing is sold twice, nothing is lost."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import MockRawResponse

from functions.catalog.api.handler import handle
from skuflow.catalog.inventory_store import Written
from skuflow.catalog.release import expire
from skuflow.kernel.events import Cause
from tests.calls import Answer, Call, Killer, WorkerKilled, watched
from tests.doubles import CountedIds, FakeClock
from tests.http import Answer as Answered
from tests.interleaving import interleaved
from tests.shop import Shop, end, line, open_shop, reserve
from tests.stock import A


@pytest.fixture
def shop(tables: Callable[[str], str], clock: FakeClock, new_id: CountedIds) -> Shop:
    return open_shop(handle, tables, clock, new_id)


def conflicting(every: int) -> Callable[[Call, Answer], Any]:
    """A watcher that lets the table cancel every n-th transaction because another one is at work on the same item."""
    numbers = count(1)

    def watcher(call: Call, answer: Answer) -> Any:
        if call.operation != "TransactWriteItems" or next(numbers) % every:
            return answer()
        reasons = [{"Code": "None"}, {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}]
        body = {
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "message": "Transaction cancelled, please refer cancellation reasons for specific reasons",
            "CancellationReasons": reasons,
        }
        return AWSResponse("", 400, {}, MockRawResponse(json.dumps(body).encode()))

    return watcher


def buy(shop: Shop, goods: tuple[str, str], buyer: int, then: str) -> tuple[int, str]:
    """Reserve, and end it as told; asks again when it should, as a caller does. The units got, and how it ended."""
    units = 1 + buyer % 2
    for _ in range(20):
        made = reserve(shop, line(goods, units), reservation_id=f"order-of-{buyer}")
        if made.status == 409:
            return 0, "refused"
        if made.status == 201:
            break
        assert made.status == 503, made.body
    if then != "held":
        assert end(shop, made.body["reservation_id"], then).status == 200
    return units, then


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("on_hand", "backorder"), [(3, False), (1, True)])
def test_buyers_at_once_get_what_there_is_and_no_more(shop: Shop, on_hand: int, backorder: bool, seed: int) -> None:
    goods = shop.stocked(on_hand, backorder=backorder)
    ends = ("held", "commit", "release", "commit")
    tasks = [partial(buy, shop, goods, n, ends[n]) for n in range(4)]
    got: Counter[str] = Counter()
    for units, how in interleaved(seed, tasks, watcher=conflicting(every=5)):
        got[how] += units or 1
    available, reserved = shop.level(goods[0])
    assert reserved == got["held"]
    assert available == on_hand - got["held"] - got["commit"]
    assert available >= 0 or backorder
    assert got["refused"] == 0 or not backorder


@pytest.mark.parametrize("seed", range(4))
def test_the_same_reservation_from_all_sides_is_one(shop: Shop, seed: int) -> None:
    goods = shop.stocked(5)
    task = partial(reserve, shop, line(goods, 2), reservation_id="order-2026-7")
    assert {answer.status for answer in interleaved(seed, [task] * 4)} == {201}
    assert shop.level(goods[0]) == (3, 2)


@pytest.mark.parametrize("seed", range(8))
def test_of_many_ends_at_once_exactly_one_happens(shop: Shop, clock: FakeClock, seed: int) -> None:
    goods = shop.stocked(5)
    reserve(shop, line(goods, 2), reservation_id="order-2026-7")

    def sweep() -> Answered:
        at = clock.now + timedelta(minutes=20)
        written = Written(at, "sweep", Cause("c"))
        expire(shop.deps.reservations, A, "order-2026-7", written)
        return shop.call("GET", "/v1/reservations/order-2026-7")

    tasks = [partial(end, shop, "order-2026-7", how) for how in ("commit", "release", "commit", "release")]
    answers = interleaved(seed, [*tasks, sweep])
    (final,) = {answer.body["status"] for answer in answers if answer.status == 200}
    assert {answer.status for answer in answers} <= {200, 409}
    assert shop.level(goods[0]) == ((3, 0) if final == "committed" else (5, 0))


def test_threads_left_to_themselves_do_not_oversell_either(shop: Shop) -> None:
    goods = shop.stocked(7)
    with ThreadPoolExecutor(6) as pool:
        buys = [pool.submit(buy, shop, goods, n, "commit") for n in range(12)]
        sold = sum(one.result()[0] for one in buys)
    assert shop.level(goods[0]) == (7 - sold, 0)
    assert 5 <= sold <= 7


@pytest.mark.slow
def test_a_worker_killed_at_any_request_leaves_all_or_nothing_and_the_next_one_finishes(shop: Shop) -> None:
    deaths = 0
    for after in count(1):
        first, second = shop.stocked(5), shop.stocked(5)
        lines, key = [line(first, 2), line(second, 3)], f"k{after}"
        killer = Killer(after)
        with watched(killer), suppress(WorkerKilled):
            name = reserve(shop, *lines, key=key).body["reservation_id"]
            assert end(shop, name, "commit").status == 200
        assert (shop.level(first[0])[1] == 0) == (shop.level(second[0])[1] == 0), killer.killed
        if not killer.killed:
            break
        deaths += 1
        shop.forget_idempotency_keys()
        name = reserve(shop, *lines, key=key).body["reservation_id"]
        assert end(shop, name, "commit").status == 200
        assert (shop.level(first[0]), shop.level(second[0])) == ((3, 0), (2, 0)), killer.killed
    assert deaths >= 8
