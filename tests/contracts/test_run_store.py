"""One suite for the store of runs, whatever it keeps its records in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from skuflow.kernel.errors import NotFound, TransientError, VersionConflict
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.rows import ATTEMPTS
from skuflow.platform.table import bind
from skuflow.sync.runs.model import Failure, Run, RunTotals, Snapshot, moved, read_to_end, stopped
from skuflow.sync.runs.store import DynamoRuns, RunStore, change_run
from skuflow.sync.shops.store import DynamoShops, ShopStore
from skuflow.sync.store import SyncItem
from tests.doubles import START
from tests.fakes.runs import FakeRuns, a_run
from tests.fakes.shops import SHOP, FakeShops, connect
from tests.interleaving import interleaved

MINE = ClientId("cli_0000000000000001")
THEIRS = ClientId("cli_0000000000000002")


@dataclass(frozen=True, slots=True)
class Stores:
    runs: RunStore
    shops: ShopStore


@pytest.fixture(params=["fake", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "fake":
        shops = FakeShops()
        return Stores(FakeRuns(shops), shops)
    tables: Callable[[str], str] = request.getfixturevalue("tables")
    table = bind(SyncItem, tables("sync"))
    return Stores(DynamoRuns(table), DynamoShops(table))


def test_a_run_comes_back_as_it_was_saved(stores: Stores) -> None:
    asked = stores.runs.save(MINE, replace(a_run(), asked_at=START, currency="CAD"))
    running = stores.runs.save(MINE, replace(moved(asked, "running", START), operation_id="gid://1", observed_at=START))
    ready = replace(moved(running, "reading", START), url="https://files.test/1", size=7, objects=2, partial=True)
    reading = stores.runs.save(MINE, ready)
    totals, snapshot = RunTotals(lines=2, products=1, kept_back=3), Snapshot("bucket", "bulk/1", 1)
    last = stores.runs.save(MINE, read_to_end(reading, totals, snapshot, START + timedelta(milliseconds=7)))
    assert (asked.version, running.version, reading.version, last.version) == (1, 2, 3, 4)
    assert stores.runs.get(MINE, "run_1") == last
    failed = stores.runs.save(MINE, stopped(last, "failed", Failure("c", "d", "r"), START))
    assert stores.runs.get(MINE, "run_1") == failed
    assert failed.url == ""


def test_a_run_of_another_client_is_not_there(stores: Stores) -> None:
    stores.runs.save(MINE, a_run())
    with pytest.raises(NotFound):
        stores.runs.get(THEIRS, "run_1")
    assert stores.runs.page(THEIRS, SHOP, 10, None) == ([], None)


def test_the_second_of_two_writers_is_refused(stores: Stores) -> None:
    read = stores.runs.save(MINE, a_run())
    stores.runs.save(MINE, replace(read, asked_at=START))
    with pytest.raises(VersionConflict):
        stores.runs.save(MINE, replace(read, currency="USD"))
    with pytest.raises(VersionConflict):
        stores.runs.save(MINE, a_run())
    assert stores.runs.get(MINE, "run_1").currency == ""


def test_a_run_and_its_shop_are_written_both_or_neither(stores: Stores) -> None:
    shop = connect(stores.shops, MINE)
    run, held = stores.runs.save_with_shop(MINE, a_run(), replace(shop, run_id="run_1"))
    assert (stores.runs.get(MINE, "run_1"), stores.shops.get(MINE, SHOP)) == (run, held)
    assert (run.version, held.version, held.run_id) == (1, shop.version + 1, "run_1")
    with pytest.raises(VersionConflict):
        stores.runs.save_with_shop(MINE, a_run("run_2"), replace(shop, run_id="run_2"))
    with pytest.raises(NotFound):
        stores.runs.get(MINE, "run_2")
    stores.runs.save(MINE, replace(run, asked_at=START))
    with pytest.raises(VersionConflict):
        stores.runs.save_with_shop(MINE, moved(run, "failed", START), replace(held, run_id=""))
    assert stores.shops.get(MINE, SHOP) == held


def test_a_shop_written_with_its_run_is_found_when_it_is_due(stores: Stores) -> None:
    shop = connect(stores.shops, MINE, due_at=None)
    later = START + timedelta(hours=1)
    stores.runs.save_with_shop(MINE, a_run(), replace(shop, run_id="run_1", due_at=later))
    due = [found for shard in range(10) for found in stores.shops.due(shard, later, 10)]
    assert due == [(MINE, SHOP)]


@pytest.mark.parametrize("seed", range(3))
def test_of_twins_that_begin_a_run_at_once_one_does(stores: Stores, seed: int) -> None:
    shop = connect(stores.shops, MINE)

    def beginning(run_id: str) -> Callable[[], bool]:
        def begin() -> bool:
            try:
                stores.runs.save_with_shop(MINE, a_run(run_id), replace(shop, run_id=run_id))
            except VersionConflict:
                return False
            return True

        return begin

    begun = interleaved(seed, [beginning(run_id) for run_id in ("run_1", "run_2", "run_3")])
    assert sum(begun) == 1
    assert len(stores.runs.page(MINE, SHOP, 10, None)[0]) == 1


def test_runs_are_listed_newest_first_page_by_page(stores: Stores) -> None:
    for number in range(5):
        stores.runs.save(MINE, a_run(f"run_{number}", created_at=START + timedelta(minutes=number)))
    stores.runs.save(MINE, a_run("run_8", shop="other.myshopify.com"))
    stores.runs.save(THEIRS, a_run("run_9"))
    seen: list[str] = []
    position = None
    while True:
        items, position = stores.runs.page(MINE, SHOP, 2, position)
        seen += [item.run_id for item in items]
        if position is None:
            break
    assert seen == ["run_4", "run_3", "run_2", "run_1", "run_0"]


def test_a_change_is_made_to_what_others_have_written_meanwhile(stores: Stores) -> None:
    stores.runs.save(MINE, a_run())
    raced: list[Run] = []

    def renamed(item: Run) -> Run:
        if not raced:
            raced.append(stores.runs.save(MINE, replace(item, currency="USD")))
        return replace(item, objects=4)

    changed = change_run(MINE, "run_1", renamed, runs=stores.runs)
    assert (changed.currency, changed.objects, changed.version) == ("USD", 4, 3)
    assert change_run(MINE, "run_1", lambda item: item, runs=stores.runs) == changed


def test_whoever_is_always_too_late_may_try_again_later(stores: Stores) -> None:
    stores.runs.save(MINE, a_run())
    tries: list[int] = []

    def beaten(item: Run) -> Run:
        tries.append(item.version)
        stores.runs.save(MINE, replace(item, objects=item.objects + 1))
        return replace(item, currency="USD")

    with pytest.raises(TransientError):
        change_run(MINE, "run_1", beaten, runs=stores.runs)
    assert len(tries) == ATTEMPTS
