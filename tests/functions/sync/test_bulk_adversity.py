"""Reading results under adversity: broken connections, expired addresses, twins, and a process that dies at each request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest

from skuflow.kernel.errors import Throttled
from skuflow.kernel.tenancy import ClientId
from skuflow.sync.runs.spool import SpoolSizes
from tests.calls import Killer, Tally, WorkerKilled, watched
from tests.doubles import FakeClock
from tests.functions.sync.bulk_world import URL, Batch, BulkWorld, make_bulk_world
from tests.http import CLIENT
from tests.interleaving import interleaved
from tests.shopify_result import catalogue_lines, encoded, order_node, shuffled, variant_line

SMALL = SpoolSizes(heap=4_000, segment=3_000, largest_segment=3_000)
CONTENT = encoded(
    shuffled(
        [*catalogue_lines(range(12), variants=3), variant_line(3, 4, price="a lot"), {"id": "gid://shopify/Order/1"}]
    )
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a reading leaves behind, without what is different each time: the client and what is named after it."""

    batches: tuple[Batch, ...]
    remarks: tuple[Any, ...]
    snapshot: tuple[str, ...]
    totals: Any
    slices: int


def outcome(world: BulkWorld, run_id: str = "run_1") -> Outcome:
    run = world.run(run_id)
    assert run.status == "applying"
    batches = [replace(one, header=replace(one.header, import_id="")) for one in world.batches(run_id)]
    return Outcome(
        batches=tuple(batches),
        remarks=tuple(world.remarks(run_id)),
        snapshot=tuple(world.snapshot(run_id)),
        totals=run.totals,
        slices=len(world.slices(run_id)),
    )


@pytest.fixture
def world(tables: Callable[[str], str], clock: FakeClock) -> BulkWorld:
    made = make_bulk_world(tables("sync"), clock)
    made.deps = replace(made.deps, sizes=SMALL)
    return made


def undisturbed(world: BulkWorld) -> Outcome:
    world.read(CONTENT, "run_0")
    found = outcome(world, "run_0")
    assert (found.totals.products, found.totals.variants, found.totals.rejected, found.totals.ignored) == (12, 37, 1, 1)
    assert found.slices > 12
    return found


def test_a_reading_goes_on_in_other_messages_when_time_is_up(world: BulkWorld) -> None:
    expected = undisturbed(world)
    world.context.remaining_ms = 19_999
    world.begin(CONTENT)
    for number in range(1, expected.slices + 1):
        assert world.deliver() == []
        assert len(world.slices()) == number
    assert outcome(world) == expected
    assert len(world.waiting("bulk")) >= 1


def test_each_message_asks_only_for_the_bytes_that_are_missing(world: BulkWorld) -> None:
    world.context.remaining_ms = 0
    world.begin(CONTENT)
    world.deliver()
    world.deliver()
    size, read_on = len(CONTENT), world.slices()[0].next.offset
    assert [asked for _, asked in world.served.asked] == [
        "bytes=0-0",
        f"bytes=0-{size - 1}",
        f"bytes={read_on}-{size - 1}",
    ]


@pytest.mark.parametrize("breaks", [[1], [5_000], [100, 3_500, 3_600, 9_000, len(CONTENT) - 1], [4_000] * 2])
def test_a_connection_that_breaks_off_is_taken_up_where_it_broke(world: BulkWorld, breaks: list[int]) -> None:
    expected = undisturbed(world)
    world.begin(CONTENT)
    world.served.breaks = list(breaks)
    assert world.deliver() == []
    assert outcome(world) == expected
    assert world.served.breaks == []


def test_a_place_that_brings_nothing_is_tried_again_by_another_delivery(world: BulkWorld) -> None:
    expected = undisturbed(world)
    world.begin(CONTENT)
    world.served.breaks = [5_000] * 4
    assert world.deliver() == ["m-1"]
    assert world.run().status == "reading"
    assert world.deliver() == []
    assert outcome(world) == expected


def test_a_server_without_ranges_is_read_through(world: BulkWorld) -> None:
    expected = undisturbed(world)
    world.context.remaining_ms = 0
    world.served.ranged = False
    world.read(CONTENT)
    assert outcome(world) == expected


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_an_address_that_has_expired_is_asked_for_again(world: BulkWorld, status: int) -> None:
    expected = undisturbed(world)
    world.served.statuses = [status]
    world.served.good_url = world.admin.url = "https://storage.example.com/result.jsonl?signature=2"
    world.served.asked.clear()
    world.read(CONTENT)
    assert outcome(world) == expected
    assert {url for url, _ in world.served.asked} == {URL, world.admin.url}


@pytest.mark.parametrize("fresh", ["", "https://storage.example.com/also-gone"])
def test_a_result_that_is_gone_fails_the_run(world: BulkWorld, fresh: str) -> None:
    world.served.good_url = "https://storage.example.com/nowhere"
    world.admin.url = fresh
    run = world.read(CONTENT)
    assert run.failure is not None
    assert (run.status, run.failure.code, bool(run.failure.remedy)) == ("failed", "result_gone", True)
    assert world.shops.get(ClientId(CLIENT), run.shop).run_id == ""


def test_another_file_at_the_same_address_fails_the_run(world: BulkWorld) -> None:
    world.context.remaining_ms = 0
    world.begin(CONTENT)
    world.deliver()
    world.served.content = CONTENT + b"\n"
    world.deliver()
    run = world.run()
    assert (run.status, run.failure and run.failure.code) == ("failed", "result_changed")


def test_a_server_in_trouble_is_left_to_another_delivery(world: BulkWorld) -> None:
    world.begin(CONTENT)
    world.served.statuses = [503]
    assert world.deliver() == ["m-1"]
    assert world.run().status == "reading"


def test_work_goes_back_to_the_queue_while_the_circuit_is_open(
    world: BulkWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shut(_call: Any) -> Any:
        raise Throttled("the circuit is open", retry_after=300)

    world.begin(CONTENT)
    monkeypatch.setattr(type(world.served), "stream", lambda self, call: shut(call))
    assert world.deliver() == []
    assert world.waiting("dlq") == []
    monkeypatch.undo()
    assert world.run().status == "reading"


def test_a_run_that_was_cancelled_meanwhile_goes_no_further(world: BulkWorld) -> None:
    world.context.remaining_ms = 0
    world.begin(CONTENT)
    world.deliver()
    run = world.run()
    world.deps.runs.save(ClientId(CLIENT), replace(run, status="cancelled"))
    assert world.deliver() == []
    assert (len(world.slices()), world.run().status) == (1, "cancelled")


def test_a_message_after_the_end_changes_nothing(world: BulkWorld) -> None:
    world.read(CONTENT)
    before, slices = world.run(), len(world.slices())
    assert world.deliver() == []
    assert (world.run(), len(world.slices())) == (before, slices)


@pytest.mark.parametrize("body", ['"no run"', "{}", '{"client_id": "x", "run_id": "run_1"}'])
def test_work_that_names_no_run_is_put_aside(world: BulkWorld, body: str) -> None:
    from functions.sync.read_bulk_result.handler import handle
    from tests.functions.sync.bulk_world import sqs_record

    assert handle({"Records": [sqs_record(body)]}, world.context, world.deps) == {"batchItemFailures": []}
    [message] = world.waiting("dlq")
    assert message["MessageAttributes"]["reason"]["StringValue"].startswith("malformed:")


def test_a_run_of_another_client_is_put_aside(world: BulkWorld) -> None:
    world.begin(CONTENT)
    assert world.deliver(client_id="cli_0000000000000009") == []
    [message] = world.waiting("dlq")
    assert message["MessageAttributes"]["reason"]["StringValue"].startswith("not_found:")


@pytest.mark.slow
def test_a_process_that_dies_after_any_request_loses_and_doubles_nothing(world: BulkWorld) -> None:
    world.deps = replace(world.deps, sizes=SpoolSizes(heap=8_000, segment=6_000, largest_segment=6_000))
    content = encoded(shuffled([*catalogue_lines(range(6)), variant_line(3, 4, price="a lot")]))
    world.admin.orders = [order_node(number, lines=number) for number in range(1, 6)]
    world.read(content, "run_0", kind="reconciliation")
    expected = outcome(world, "run_0")
    tally = Tally()
    world.begin(content, "run_tally", kind="reconciliation")
    with watched(tally):
        world.deliver("run_tally")
    requests = sum(tally.requests.values())
    assert requests > 40
    for after in range(1, requests + 1):
        run_id = f"run_{after}"
        world.begin(content, run_id, kind="reconciliation")
        killer = Killer(after)
        with pytest.raises(WorkerKilled), watched(killer):
            world.deliver(run_id)
        assert world.deliver(run_id) == []
        assert outcome(world, run_id) == expected, f"after {killer.killed}, request {after}"


@pytest.mark.parametrize("seed", range(6))
def test_two_workers_on_one_run_in_any_order_of_steps_are_as_one(world: BulkWorld, seed: int) -> None:
    expected = undisturbed(world)
    world.begin(CONTENT)
    work = partial(world.deliver, "run_1")
    assert interleaved(seed, [work, work]) == [[], []]
    world.deliver()
    assert outcome(world) == expected
