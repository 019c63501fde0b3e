"""A queue's consumer: each message for itself; what cannot be read is put aside with its reason."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from skuflow.kernel.errors import Conflict, Malformed, Throttled, TransientError
from skuflow.platform.aws import client
from skuflow.platform.consumer import DeadLetters, Message, bus_event, consume, payload


@pytest.fixture
def dead_letters(aws: None) -> DeadLetters:
    sqs = client("sqs")
    return DeadLetters(lambda: sqs, sqs.create_queue(QueueName="dead")["QueueUrl"])


def batch(*bodies: str) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": f"m-{number}",
                "receiptHandle": "r",
                "body": body,
                "attributes": {"ApproximateReceiveCount": str(number + 1)},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
            }
            for number, body in enumerate(bodies)
        ]
    }


def given_up(dead_letters: DeadLetters) -> list[tuple[str, str]]:
    answer = dead_letters.sqs().receive_message(
        QueueUrl=dead_letters.queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    return [(m["Body"], m["MessageAttributes"]["reason"]["StringValue"]) for m in answer.get("Messages", [])]


def failed(answer: Any) -> list[str]:
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


def test_every_message_is_processed_in_order(dead_letters: DeadLetters) -> None:
    seen: list[Message] = []
    assert failed(consume(batch("a", "b"), seen.append, dead_letters)) == []
    assert seen == [Message("m-0", "a", 1), Message("m-1", "b", 2)]


def test_only_what_failed_is_delivered_again(dead_letters: DeadLetters) -> None:
    done: list[str] = []

    def process(message: Message) -> None:
        if message.body != "fine":
            raise {"busy": Throttled("wait"), "down": TransientError("no answer")}.get(
                message.body, RuntimeError("bug")
            )
        done.append(message.message_id)

    assert failed(consume(batch("busy", "fine", "down", "bug", "fine"), process, dead_letters)) == ["m-0", "m-2", "m-3"]
    assert done == ["m-1", "m-4"]
    assert given_up(dead_letters) == []


def test_a_batch_that_fails_as_a_whole_is_reported_message_by_message(dead_letters: DeadLetters) -> None:
    def process(_message: Message) -> None:
        raise TransientError("no answer")

    assert failed(consume(batch("a", "b"), process, dead_letters)) == ["m-0", "m-1"]


def test_what_can_never_work_is_put_aside_with_its_reason(dead_letters: DeadLetters) -> None:
    def process(message: Message) -> None:
        message.json()
        raise Conflict("it is too late")

    assert failed(consume(batch("{", "{}"), process, dead_letters)) == []
    aside = dict(given_up(dead_letters))
    assert aside["{}"] == "conflict: it is too late"
    assert aside["{"].startswith("malformed: the message is not JSON")


@pytest.mark.parametrize("reason", ["\x00control\x1f", "\ud800", "x" * 5000, ""])
def test_a_reason_is_made_fit_to_be_sent(dead_letters: DeadLetters, reason: str) -> None:
    def process(_message: Message) -> None:
        raise Malformed(reason)

    assert failed(consume(batch("body"), process, dead_letters)) == []
    [(body, kept)] = given_up(dead_letters)
    assert body == "body"
    assert kept.startswith("malformed: ")
    assert len(kept) <= 1000


def test_a_message_is_not_given_up_while_there_is_nowhere_to_put_it(dead_letters: DeadLetters) -> None:
    dead_letters.sqs().delete_queue(QueueUrl=dead_letters.queue_url)

    def process(_message: Message) -> None:
        raise Malformed("unreadable")

    assert failed(consume(batch("body"), process, dead_letters)) == ["m-0"]


EVENT: dict[str, Any] = {
    "version": "0",
    "detail-type": "ThingHappened",
    "source": "skuflow.catalog",
    "detail": {
        "event_id": "evt_1",
        "occurred_at": "2026-03-14T09:26:53.589Z",
        "client_id": "cli_00000001",
        "schema_version": 1,
        "correlation_id": "corr",
        "causation_id": "before",
        "data": {"name": "x", "counts": [1, 2]},
    },
}


@dataclass(frozen=True, slots=True)
class ThingHappened:
    name: str
    counts: tuple[int, ...]
    note: str = "none"


def message_with(**changes: Any) -> Message:
    return Message("m", json.dumps({**EVENT, "detail": {**EVENT["detail"], **changes}}))


def test_an_event_from_the_bus_is_read_and_becomes_the_cause_of_what_follows() -> None:
    event = bus_event(message_with())
    assert (event.name, event.source, event.client_id) == ("ThingHappened", "skuflow.catalog", "cli_00000001")
    assert (event.cause.correlation_id, event.cause.causation_id) == ("corr", "evt_1")
    assert payload(event, ThingHappened) == ThingHappened("x", (1, 2))


@pytest.mark.parametrize("missing", [*EVENT["detail"]])
def test_an_event_without_a_field_of_the_envelope_is_malformed(missing: str) -> None:
    detail = {name: value for name, value in EVENT["detail"].items() if name != missing}
    message = Message("m", json.dumps({**EVENT, "detail": detail}))
    if missing == "causation_id":
        assert bus_event(message).cause.causation_id == "evt_1"
        return
    with pytest.raises(Malformed, match=missing):
        bus_event(message)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        '"text"',
        "{}",
        '{"detail": null}',
        '{"detail": "text", "detail-type": "x", "source": "y"}',
        message_with(client_id="someone").body,
        message_with(client_id=7).body,
        message_with(occurred_at="yesterday").body,
        message_with(occurred_at=5).body,
        message_with(schema_version="one").body,
    ],
)
def test_what_is_no_event_of_ours_is_malformed(body: str) -> None:
    with pytest.raises(Malformed):
        bus_event(Message("m", body))


@pytest.mark.parametrize(
    "data", [None, [], {}, {"name": 5, "counts": []}, {"name": "x", "counts": ["1"]}, {"name": "x"}]
)
def test_data_of_another_shape_is_malformed(data: Any) -> None:
    with pytest.raises(Malformed, match="ThingHappened"):
        payload(bus_event(message_with(data=data)), ThingHappened)


def test_fields_added_by_a_newer_publisher_are_dropped() -> None:
    event = bus_event(message_with(data={"name": "x", "counts": [], "added": 1}))
    assert payload(event, ThingHappened) == ThingHappened("x", ())


def test_another_version_is_not_taken_for_this_one() -> None:
    event = bus_event(message_with(schema_version=2))
    with pytest.raises(Malformed, match="version 2"):
        payload(event, ThingHappened)
    assert payload(event, ThingHappened, version=2).name == "x"
