"""From a table's stream to the bus: in order, at least once, nothing lost, nobody held up by what cannot be said."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.kernel.errors import Malformed, TransientError
from skuflow.kernel.events import Cause, Event
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from skuflow.platform.consumer import DeadLetters
from skuflow.platform.event_bus import MAX_BYTES, MAX_ENTRIES, Announcement, Change, EventBus, announce, changes
from tests.doubles import START

CLIENT = ClientId("cli_00000001")


@dataclass
class RecordingEvents:
    """EventBridge as a publisher sees it; refuses the entries whose name is in `refused`."""

    calls: list[list[dict[str, Any]]] = field(default_factory=list)
    refused: frozenset[str] = frozenset()

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        self.calls.append(Entries)
        answers = [
            {"ErrorCode": "ThrottlingException"} if e["DetailType"] in self.refused else {"EventId": "1"}
            for e in Entries
        ]
        return {"FailedEntryCount": sum("ErrorCode" in answer for answer in answers), "Entries": answers}

    @property
    def said(self) -> list[str]:
        return [entry["DetailType"] for call in self.calls for entry in call]


def event(name: str, data: Any = None) -> Event:
    return Event(f"evt_{name}", name, "test", START, CLIENT, 1, Cause("corr"), {"x": data})


def published(*announcements: Announcement) -> RecordingEvents:
    events = RecordingEvents()
    EventBus(events, "bus").publish(announcements)  # type: ignore[arg-type]
    return events


def test_an_event_goes_out_as_an_entry_of_the_bus() -> None:
    [[entry]] = published(Announcement("p1", (event("Happened", "ü"),))).calls
    assert (entry["EventBusName"], entry["Source"], entry["DetailType"]) == ("bus", "test", "Happened")
    assert entry["Time"] == datetime(2026, 3, 14, 9, 26, 53, 589_000, tzinfo=UTC)
    assert json.loads(entry["Detail"]) == event("Happened", "ü").envelope()


def test_entries_share_a_call() -> None:
    assert [len(call) for call in published(*(Announcement(f"p{n}", (event(f"E{n}"),)) for n in range(25))).calls] == [
        10,
        10,
        5,
    ]


def test_a_second_record_of_an_aggregate_waits_for_the_first() -> None:
    events = published(
        Announcement("p1", (event("A"),)),
        Announcement("p2", (event("B"),)),
        Announcement("p1", (event("C"),)),
        Announcement("p2", (event("D"),)),
    )
    assert [[entry["DetailType"] for entry in call] for call in events.calls] == [["A", "B"], ["C", "D"]]


def test_what_one_record_says_may_leave_together() -> None:
    events = published(Announcement("p1", (event("Changed"), event("Dropped"))))
    assert [len(call) for call in events.calls] == [2]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.lists(st.integers(0, MAX_BYTES // 2), max_size=12)), max_size=12))
def test_every_event_leaves_once_in_order_and_within_the_limits(groups: list[tuple[str, list[int]]]) -> None:
    announcements = [
        Announcement(aggregate, tuple(event(f"{number}.{place}", "x" * size) for place, size in enumerate(sizes)))
        for number, (aggregate, sizes) in enumerate(groups)
    ]
    events = published(*announcements)
    assert events.said == [said.name for one in announcements for said in one.events]
    owner = {said.name: (one.aggregate, number) for number, one in enumerate(announcements) for said in one.events}
    for call in events.calls:
        assert 0 < len(call) <= MAX_ENTRIES
        assert sum(len(entry["Detail"].encode()) for entry in call) <= MAX_BYTES + 1000 or len(call) == 1
        records: dict[str, set[int]] = {}
        for entry in call:
            aggregate, number = owner[entry["DetailType"]]
            records.setdefault(aggregate, set()).add(number)
        assert all(len(numbers) == 1 for numbers in records.values())


def test_an_entry_that_is_refused_is_not_taken_for_sent() -> None:
    events = RecordingEvents(refused=frozenset({"B"}))
    with pytest.raises(TransientError, match="ThrottlingException"):
        EventBus(events, "bus").publish([Announcement("p", (event("A"), event("B")))])  # type: ignore[arg-type]


def test_the_publisher_says_how_many_left(aws: None) -> None:
    client("events").create_event_bus(Name="bus")
    bus = EventBus(client("events"), "bus")
    assert bus.publish([Announcement("p", (event("A"), event("B")))]) == 2
    assert bus.publish([]) == 0


def record(number: int, name: str = "INSERT", **more: Any) -> dict[str, Any]:
    images = {"Keys": {"pk": {"S": str(number)}}, "NewImage": {"n": {"N": str(number)}}, "SequenceNumber": str(number)}
    return {"eventID": str(number), "eventName": name, "dynamodb": images, **more}


def test_a_record_is_a_change_from_one_image_to_another() -> None:
    identity = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    gone = {"eventName": "REMOVE", "dynamodb": {"OldImage": {"n": {"N": "1"}}}, "userIdentity": identity}
    found = [change for _record, change in changes({"Records": [record(1), gone, {**gone, "userIdentity": None}]})]
    assert found == [
        Change(None, {"n": {"N": "1"}}, expired=False),
        Change({"n": {"N": "1"}}, None, expired=True),
        Change({"n": {"N": "1"}}, None, expired=False),
    ]


@pytest.fixture
def rejects(aws: None) -> DeadLetters:
    sqs = client("sqs")
    return DeadLetters(lambda: sqs, sqs.create_queue(QueueName="rejects")["QueueUrl"])


def put_aside(rejects: DeadLetters) -> list[tuple[Any, str]]:
    answer = rejects.sqs().receive_message(
        QueueUrl=rejects.queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    return [
        (json.loads(m["Body"]), m["MessageAttributes"]["reason"]["StringValue"]) for m in answer.get("Messages", [])
    ]


def say(change: Change) -> Announcement:
    assert change.new is not None
    number = change.new["n"]["N"]
    if number == "2":
        raise Malformed("two is no number")
    if number == "3":
        raise KeyError("doc")
    if number == "4":
        return Announcement("p4", (event("Huge", "x" * MAX_BYTES),))
    if number == "5":
        raise TransientError("no answer")
    return Announcement(f"p{number}", (event(f"E{number}"),) if number != "9" else ())


def test_a_record_that_cannot_be_told_is_put_aside_and_holds_nobody_up(rejects: DeadLetters) -> None:
    events = RecordingEvents()
    stream = {"Records": [record(n) for n in (1, 2, 3, 4, 9, 6)]}
    assert announce(stream, say, EventBus(events, "bus"), rejects) == 2  # type: ignore[arg-type]
    assert events.said == ["E1", "E6"]
    reasons = {body["eventID"]: reason for body, reason in put_aside(rejects)}
    assert reasons == {
        "2": "malformed: two is no number",
        "3": "KeyError: 'doc'",
        "4": "too_large: Huge evt_Huge does not fit on the bus",
    }


def test_a_passing_trouble_has_the_whole_batch_delivered_again(rejects: DeadLetters) -> None:
    with pytest.raises(TransientError):
        announce({"Records": [record(1), record(5)]}, say, EventBus(RecordingEvents(), "bus"), rejects)  # type: ignore[arg-type]
    assert put_aside(rejects) == []


def test_a_record_too_large_for_the_queue_is_put_aside_without_its_images(rejects: DeadLetters) -> None:
    large = record(2)
    large["dynamodb"]["OldImage"] = {"doc": {"S": "x" * 500_000}}
    announce({"Records": [large]}, say, EventBus(RecordingEvents(), "bus"), rejects)  # type: ignore[arg-type]
    [(body, reason)] = put_aside(rejects)
    assert body["dynamodb"] == {"Keys": {"pk": {"S": "2"}}, "SequenceNumber": "2"}
    assert reason == "malformed: two is no number"
