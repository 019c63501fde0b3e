"""Nothing lost, nothing double: many writers, repeats, any order, a crash after each request, conflicts."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import msgspec
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto.core.botocore_stubber import MockRawResponse

from skuflow.billing.usage_store import SHARDS
from tests.bench.metering import Meter
from tests.calls import Answer, Call, Killer, WorkerKilled, watched
from tests.doubles import START
from tests.functions.billing.metering_world import MeteringWorld, another, requests_of, statuses, usage
from tests.interleaving import interleaved

WRITERS = 100


@pytest.mark.slow
def test_100_writers_to_one_client_and_day_lose_nothing_and_double_nothing(metering: MeteringWorld) -> None:
    """Every event is sent by two of them, half of them in batches of two."""
    worlds = [another(metering) for _ in range(10)]

    def write(number: int) -> list[str]:
        world = worlds[number % 10]
        events = [usage(n, value=n + 1) for n in (number, (number + 1) % WRITERS)]
        if number % 2:
            return statuses(world.send(*events))
        return [world.call("POST", "/v1/usage", body=one).body["events"][0]["status"] for one in events]

    with ThreadPoolExecutor(WRITERS) as pool:
        told = Counter(status for one in pool.map(write, range(WRITERS)) for status in one)
    assert told == {"accepted": WRITERS, "duplicate": WRITERS}
    assert metering.counted() == metering.raw()
    assert metering.quantities() == {"billable_items": (str(sum(range(1, WRITERS + 1))), WRITERS)}


def test_every_part_of_a_counter_is_added_to(metering: MeteringWorld) -> None:
    """More transactions than a counter has parts, so that some part takes two of them."""
    for number in range(SHARDS + 4):
        metering.send(usage(number, value=number))
    assert metering.counted() == metering.raw()
    assert metering.quantities() == {"billable_items": (str(sum(range(SHARDS + 4))), SHARDS + 4)}


@pytest.mark.parametrize("seed", range(8))
def test_writers_that_take_turns_at_every_request_count_each_event_once(metering: MeteringWorld, seed: int) -> None:
    """Three processes, the same events in different batches: whoever comes second at any point is told so."""
    batches = [(1, 2, 3), (3, 1, 4), (2, 4, 3)]
    tasks = [partial(another(metering).send, *(usage(n, value=n) for n in batch)) for batch in batches]
    told = Counter(status for body in interleaved(seed, tasks) for status in statuses(body))
    assert told == {"accepted": 4, "duplicate": 5}
    assert (
        metering.counted()
        == metering.raw()
        == {"2026-03-14 billable_items": 10 * 10**12, "2026-03-14 billable_items events": 4}
    )


@pytest.mark.parametrize("seed", range(6))
def test_of_two_bodies_of_one_id_sent_at_once_one_is_counted(metering: MeteringWorld, seed: int) -> None:
    tasks = [partial(another(metering).send, usage(1, value=value)) for value in (5, 7)]
    told = sorted(statuses(body)[0] for body in interleaved(seed, tasks))
    assert told == ["accepted", "rejected"]
    assert metering.counted() == metering.raw()


@pytest.mark.slow
def test_a_crash_after_any_request_and_the_callers_retry_count_each_event_once(metering: MeteringWorld) -> None:
    """26 events of as many subjects, two of them counted before, take several transactions; the process dies after each request."""
    metering.define("calls", "sum")
    deaths: list[str] = []
    for after in range(1, 30):
        metering.clear()
        events = [
            usage(f"{after}-{n}", "calls", n, subject=f"s{after}-{n}", at=START - timedelta(days=n % 2))
            for n in range(26)
        ]
        metering.send(*events[:2])
        killer = Killer(after)
        with watched(killer), suppress(WorkerKilled):
            another(metering).send(*events)
        body = another(metering).send(*events)
        assert body["accepted"] + body["duplicates"] == 26
        counted = metering.counted(subject=f"s{after}-")
        assert counted == metering.raw(subject=f"s{after}-")
        assert counted == {
            "2026-03-14 calls": sum(range(0, 26, 2)) * 10**12,
            "2026-03-13 calls": sum(range(1, 26, 2)) * 10**12,
            "2026-03-14 calls events": 13,
            "2026-03-13 calls events": 13,
        }
        if not killer.killed:
            break
        deaths.append(killer.killed.removeprefix("dynamodb:"))
    assert sorted(deaths) == ["BatchGetItem"] * (len(deaths) - 4) + ["Query", *["TransactWriteItems"] * 3]
    assert len(deaths) >= 5


class Conflicted:
    """A watcher that answers the first transactions as DynamoDB does when others are writing the same items."""

    def __init__(self, times: int) -> None:
        self.left = times

    def __call__(self, call: Call, answer: Answer) -> Any:
        if call.operation != "TransactWriteItems" or not self.left:
            return answer()
        self.left -= 1
        items = len(msgspec.json.decode(call.body)["TransactItems"])
        reasons = [{"Code": "None"}] * (items - 1) + [{"Code": "TransactionConflict", "Message": "ongoing"}]
        said = {
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "CancellationReasons": reasons,
            "Message": "Transaction cancelled",
        }
        headers = HTTPHeaders.from_dict({"Content-Type": "application/x-amz-json-1.0"})
        return AWSResponse("https://dynamodb", 400, headers, MockRawResponse(msgspec.json.encode(said)))


def test_writers_of_one_counter_that_meet_try_again_elsewhere(metering: MeteringWorld) -> None:
    with watched(Conflicted(5)):
        assert statuses(metering.send(usage(1, value=3), usage(2, value=4))) == ["accepted", "accepted"]
    assert (
        metering.counted()
        == metering.raw()
        == {"2026-03-14 billable_items": 7 * 10**12, "2026-03-14 billable_items events": 2}
    )


def test_when_others_are_always_faster_the_caller_is_asked_to_come_again_and_nothing_is_half_counted(
    metering: MeteringWorld,
) -> None:
    with watched(Conflicted(99)):
        refused = metering.call("POST", "/v1/usage", body={"events": [usage(n) for n in range(50)]})
    assert refused.status == 503
    assert metering.items("C#") == []
    assert metering.send(*(usage(n) for n in range(50)))["accepted"] == 50


EVENT = st.fixed_dictionaries(
    {
        "transaction_id": st.integers(0, 25).map("tx-{}".format),
        "metric": st.sampled_from(["calls", "seats"]),
        "value": st.decimals(0, 10**6, places=3).map(str),
        "event_time": st.integers(0, 34 * 24).map(lambda hours: (START - timedelta(hours=hours)).isoformat()),
    }
)


def once(events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first of each id, as each event has one body only."""
    first = {one["transaction_id"]: one for one in reversed(events)}
    return list(first.values())


@given(events=st.lists(EVENT, max_size=30), seed=st.integers(0, 2**16), size=st.integers(1, 30))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_any_split_into_batches_and_any_repetition_give_the_same_totals(
    metering: MeteringWorld, events: list[dict[str, Any]], seed: int, size: int
) -> None:
    metering.clear()
    metering.define("calls", "sum")
    metering.define("seats", "weighted_sum")
    wanted = once(events)
    chance = random.Random(seed)
    sent = wanted + chance.sample(wanted, len(wanted) // 2)
    chance.shuffle(sent)
    for start in range(0, len(sent), size):
        metering.send(*sent[start : start + size])
    calls = [Decimal(one["value"]) for one in wanted if one["metric"] == "calls"]
    told = metering.quantities().get("calls", ("0", 0))
    assert (Decimal(told[0]), told[1]) == (sum(calls), len(calls))
    assert metering.counted() == metering.raw()


class TestWhatItCosts:
    """Requests and write units, which the bill is made of. A transaction's writes cost two units each (up to 1 KB)."""

    def test_a_single_event_is_one_request(self, metering: MeteringWorld) -> None:
        metering.send(usage(1))
        assert requests_of(lambda: metering.send(usage(2))) == {"dynamodb:TransactWriteItems": 1}

    def test_a_repeat_is_two(self, metering: MeteringWorld) -> None:
        metering.send(usage(1))
        asked = requests_of(lambda: metering.send(usage(1)))
        assert asked == {"dynamodb:TransactWriteItems": 1, "dynamodb:BatchGetItem": 1}

    @pytest.mark.parametrize(("events", "most"), [(1, 6), (98, 98 * 4 + 2 * 2)])
    def test_an_event_is_three_writes_alone_and_two_in_a_batch(
        self, metering: MeteringWorld, events: int, most: int
    ) -> None:
        """Marker and event, and the counter that a transaction's events share."""
        metering.send(usage("first"))
        meter = Meter()
        with watched(meter):
            metering.send(*(usage(n) for n in range(events)))
        assert sum(meter.write_units.values()) == most

    def test_98_events_of_one_day_are_two(self, metering: MeteringWorld) -> None:
        asked = requests_of(lambda: metering.send(*(usage(n) for n in range(98))))
        assert asked == {"dynamodb:TransactWriteItems": 2}
        assert metering.quantities() == {"billable_items": ("98", 98)}
