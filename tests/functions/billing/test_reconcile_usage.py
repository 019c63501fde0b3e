"""Counters held against events: the proof that they agree, drift that is seeded and found, nights that are interrupted."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from functions.billing.reconcile_usage.handler import RESERVE_MS, handle
from skuflow.platform.aws import client
from tests.calls import Answer, Call, Killer, WorkerKilled, watched
from tests.doubles import START
from tests.functions.billing.metering_world import JOB, MeteringWorld, another, sqs_record, usage, work_on
from tests.http import CLIENT, OTHER_CLIENT

YESTERDAY = START - timedelta(days=1)
DAYS = f"C#{CLIENT}#DAYS#client"


def counter_of(metering: MeteringWorld, prefix: str = DAYS) -> dict[str, Any]:
    return metering.items(prefix)[0]


def test_a_day_in_order_is_proven_with_counts(metering: MeteringWorld) -> None:
    metering.define("calls", "count")
    metering.send(*(usage(n, at=YESTERDAY) for n in range(5)))
    metering.send(usage("c", "calls", at=YESTERDAY), usage("s", subject="shopper-1", at=YESTERDAY))
    metering.clock.advance(hours=18)
    metering.night()
    assert metering.days() == {
        "2026-03-13": {
            "day": "2026-03-13",
            "status": "agrees",
            "checked_at": "2026-03-15T03:26:53.589Z",
            "checks": 1,
            "counters": 3,
            "events": 7,
            "drift_count": 0,
            "drifts": [],
            "last_drift_at": None,
        }
    }
    assert metering.told() == []


def test_every_day_to_which_usage_may_have_come_is_compared_and_today_is_not(metering: MeteringWorld) -> None:
    """Usage of 2026-02-07 is taken until 2026-03-14, so the night after that is the day's last comparison."""
    metering.send(usage("today", at=START), usage("first", at=START - timedelta(days=35)), usage("mid", at=YESTERDAY))
    metering.night()
    assert sorted(metering.days()) == ["2026-02-07", "2026-03-13"]
    for checks in (2, 2):
        metering.clock.advance(days=1)
        metering.night()
        assert metering.days()["2026-02-07"]["checks"] == checks
    assert metering.days()["2026-03-14"]["checks"] == 2


def test_days_are_shown_page_by_page_newest_first(metering: MeteringWorld) -> None:
    for number in range(9, 14):
        metering.compare(f"2026-03-{number:02d}")
    shown: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = metering.call("GET", "/v1/usage/reconciliations", query={"limit": 2, **cursor}).body
        shown += [one["day"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert shown == ["2026-03-13", "2026-03-12", "2026-03-11", "2026-03-10", "2026-03-09"]


@pytest.mark.parametrize(
    ("attribute", "by", "drift"),
    [
        ("units", 5 * 10**11, {"figure": "value", "raw": "10", "counted": "10.5"}),
        ("events", -1, {"figure": "events", "raw": "4", "counted": "3"}),
    ],
)
def test_a_counter_that_was_tampered_with_is_found_and_told(
    metering: MeteringWorld, attribute: str, by: int, drift: dict[str, str]
) -> None:
    metering.send(*(usage(n, value=n, at=YESTERDAY) for n in range(1, 5)))
    item = counter_of(metering)
    metering.add_to(DAYS, item["sk"]["S"], attribute, by)
    day = metering.compare()
    found = {"subject": "client", "name": "billable_items", **drift}
    assert (day["status"], day["drift_count"], day["drifts"]) == ("drifted", 1, [found])
    [event] = metering.told()
    assert (event.name, event.client_id, event.data["day"]) == ("UsageDrifted", CLIENT, "2026-03-13")
    assert list(event.data["drifts"]) == [found]


@pytest.mark.slow
def test_a_crash_while_usage_is_counted_leaves_no_drift_whether_or_not_it_is_sent_again(
    metering: MeteringWorld,
) -> None:
    """One transaction holds marker, event and counter, so there is no moment at which they could part."""
    deaths = 0
    for after in range(1, 9):
        events = [usage(f"{after}-{n}", subject=f"s{n}", at=YESTERDAY) for n in range(26)]
        killer = Killer(after)
        with watched(killer), suppress(WorkerKilled):
            another(metering).send(events[0])
            another(metering).send(*events)
        assert metering.compare()["status"] == "agrees"
        if not killer.killed:
            break
        deaths += 1
    assert deaths >= 4
    assert metering.days()["2026-03-13"]["checks"] == deaths + 1


def test_a_counter_that_is_gone_is_found(metering: MeteringWorld) -> None:
    metering.send(usage(1, value=3, at=YESTERDAY))
    metering.delete(counter_of(metering))
    assert [one["figure"] for one in metering.compare()["drifts"]] == ["events", "value"]


def test_an_event_that_is_gone_is_found(metering: MeteringWorld) -> None:
    metering.send(usage(1, value=3, at=YESTERDAY), usage(2, value=4, at=YESTERDAY))
    metering.delete(counter_of(metering, f"C#{CLIENT}#USAGE#"))
    assert metering.compare()["status"] == "drifted"


@pytest.mark.parametrize("prefix", ["TX", "JOB"])
def test_a_marker_that_is_gone_is_found_in_the_first_night(metering: MeteringWorld, prefix: str) -> None:
    metering.send(*(usage(n, at=YESTERDAY) for n in range(3)))
    metering.tell({**JOB, "completed_at": "2026-03-13T09:00:00.000Z"})
    metering.delete(metering.items(f"C#{CLIENT}#{prefix}#")[0])
    assert metering.compare()["drifts"] == [
        {"subject": "client", "name": "billable_items", "figure": "markers", "raw": "4", "counted": "3"}
    ]


def test_a_daily_record_that_was_tampered_with_is_found(metering: MeteringWorld) -> None:
    metering.tell({**JOB, "completed_at": "2026-03-13T09:00:00.000Z"})
    assert metering.compare()["status"] == "agrees"
    record = counter_of(metering, f"C#{CLIENT}#RECORD")
    metering.add_to(record["pk"]["S"], record["sk"]["S"], "items_fixed", 3)
    assert metering.compare()["drifts"] == [
        {"subject": "", "name": "shopify", "figure": "items_fixed", "raw": "12", "counted": "15"}
    ]


def test_drift_is_told_once_again_when_it_changes_and_stays_on_record_when_it_is_gone(metering: MeteringWorld) -> None:
    metering.send(usage(1, value=3, at=YESTERDAY))
    sk = counter_of(metering)["sk"]["S"]
    for by in (10**12, 0, 10**12, -2 * 10**12):
        if by:
            metering.add_to(DAYS, sk, "units", by)
        day = metering.compare()
    told = [event.data["drifts"][0]["counted"] for event in metering.told()]
    assert told == ["4", "5"]
    assert len({event.event_id for event in metering.told()}) == 2
    assert (day["status"], day["checks"], day["last_drift_at"]) == ("agrees", 4, "2026-03-14T09:26:53.589Z")


def test_drift_is_measured_and_logged(metering: MeteringWorld, logged: Any) -> None:
    metering.send(usage(1, value=3, at=YESTERDAY))
    metering.add_to(DAYS, counter_of(metering)["sk"]["S"], "units", 1)
    metering.compare()
    [line] = [line for line in logged() if line["message"] == "usage reconciled"]
    assert (line["level"], line["drifts"], line["counters"]) == ("ERROR", 1, 1)


def test_clients_are_compared_apart(metering: MeteringWorld) -> None:
    for owner in (CLIENT, OTHER_CLIENT):
        metering.send(usage(1, at=YESTERDAY), client_id=owner)
    metering.add_to(DAYS, counter_of(metering)["sk"]["S"], "units", 1)
    metering.night()
    assert metering.days()["2026-03-13"]["status"] == "drifted"
    assert metering.days(OTHER_CLIENT)["2026-03-13"]["status"] == "agrees"


def test_work_that_runs_out_of_time_is_taken_up_where_it_stopped(metering: MeteringWorld) -> None:
    metering.send(*(usage(n, subject=f"shopper-{n % 7}", at=YESTERDAY) for n in range(21)))
    metering.tell({**JOB, "completed_at": "2026-03-13T09:00:00.000Z"})
    metering.context.remaining_ms = RESERVE_MS - 1
    day = metering.compare()
    assert (day["status"], day["counters"], day["events"], day["checks"]) == ("agrees", 8, 22, 1)


def test_a_counter_with_many_events_is_added_up_in_several_goes(
    metering: MeteringWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skuflow.billing.metering.reconcile_day._EVENTS_BETWEEN_LOOKS", 3)
    metering.send(*(usage(n, value=n, at=YESTERDAY - timedelta(minutes=n)) for n in range(10)))
    metering.context.remaining_ms = RESERVE_MS - 1
    day = metering.compare()
    assert (day["status"], day["counters"], day["events"], day["checks"]) == ("agrees", 1, 10, 1)


def test_a_night_that_dies_at_any_request_finds_the_same_when_its_messages_come_again(metering: MeteringWorld) -> None:
    metering.send(*(usage(n, subject=f"s{n}", at=YESTERDAY) for n in range(2)))
    metering.add_to(f"C#{CLIENT}#DAYS#s1", counter_of(metering, f"C#{CLIENT}#DAYS#s1")["sk"]["S"], "units", 7)
    event = {"Records": [sqs_record(work_on("2026-03-13"))]}
    deaths = 0
    for after in range(1, 40):
        killer = Killer(after)
        with watched(killer), suppress(WorkerKilled):
            handle(event, metering.context, metering.reconciling)
        assert handle(event, metering.context, metering.reconciling) == {"batchItemFailures": []}
        day = metering.days()["2026-03-13"]
        assert (day["drift_count"], day["counters"], day["events"]) == (1, 3, 2)
        if not killer.killed:
            break
        deaths += 1
    assert deaths >= 8
    assert len(metering.told()) == 1


class Meanwhile:
    """A watcher that lets an event arrive each time that events are being read, `times` times."""

    def __init__(self, metering: MeteringWorld, times: int) -> None:
        self.metering, self.left = another(metering), times

    def __call__(self, call: Call, answer: Answer) -> Any:
        given = answer()
        if self.left and b"#USAGE#" in call.body:
            self.left -= 1
            self.metering.send(usage(f"late-{self.left}", at=YESTERDAY))
        return given


def test_events_that_arrive_during_a_comparison_are_no_drift(metering: MeteringWorld) -> None:
    metering.send(usage(1, at=YESTERDAY))
    with watched(Meanwhile(metering, 2)):
        day = metering.compare()
    assert (day["status"], day["events"]) == ("agrees", 3)


def test_a_day_to_which_events_keep_arriving_is_looked_at_later(metering: MeteringWorld) -> None:
    metering.send(usage(1, at=YESTERDAY))
    with watched(Meanwhile(metering, 99)):
        answer = handle({"Records": [sqs_record(work_on("2026-03-13"))]}, metering.context, metering.reconciling)
    assert (answer, metering.days()) == ({"batchItemFailures": []}, {})
    attributes = client("sqs").get_queue_attributes(
        QueueUrl=metering.queues["RECONCILE"], AttributeNames=["ApproximateNumberOfMessagesDelayed"]
    )["Attributes"]
    assert attributes["ApproximateNumberOfMessagesDelayed"] == "1"


@pytest.mark.parametrize(
    "body", ["{}", "[]", '{"plan": "soon"}', '{"client_id": "nobody", "day": "2026-03-13"}', '{"plan": 7}', "null"]
)
def test_a_message_without_work_is_put_aside(metering: MeteringWorld, body: str) -> None:
    answer = handle({"Records": [sqs_record(body)]}, metering.context, metering.reconciling)
    assert answer == {"batchItemFailures": []}
    assert metering.take("DEAD_LETTER") == [body]
