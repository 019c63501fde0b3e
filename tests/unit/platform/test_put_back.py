"""Work whose time has not come goes back to its queue with a delay; work that belongs together is committed together."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from skuflow.kernel.clock import iso
from skuflow.kernel.errors import Conflict, Malformed, Throttled, TransientError
from skuflow.platform.aws import client
from skuflow.platform.consumer import DeadLetters, Message, PutBack, consume, consume_together
from skuflow.platform.outbound.calls import CircuitOpen
from tests.calls import Call, watched
from tests.doubles import FakeClock


@pytest.fixture
def dead_letters(aws: None) -> DeadLetters:
    sqs = client("sqs")
    return DeadLetters(lambda: sqs, sqs.create_queue(QueueName="dead")["QueueUrl"])


@pytest.fixture
def put_back(aws: None, clock: FakeClock) -> PutBack:
    sqs = client("sqs")
    return PutBack(lambda: sqs, sqs.create_queue(QueueName="inbox")["QueueUrl"], clock)


@pytest.fixture
def delays(put_back: PutBack) -> list[int]:
    """The seconds that each copy was sent with; copies come at once, as nobody here waits."""
    sent: list[int] = []
    sqs = put_back.sqs()
    send = sqs.send_message

    def at_once(**request: Any) -> Any:
        sent.append(request.pop("DelaySeconds"))
        return send(**request)

    object.__setattr__(put_back, "sqs", lambda: _Sending(at_once))
    return sent


class _Sending:
    def __init__(self, send_message: Callable[..., Any]) -> None:
        self.send_message = send_message


def batch(*bodies: str, sent_at: datetime | None = None, attributes: dict[str, Any] | None = None) -> dict[str, Any]:
    system = {"ApproximateReceiveCount": "1"}
    if sent_at is not None:
        system["SentTimestamp"] = str(round(sent_at.timestamp() * 1000))
    return {
        "Records": [
            {"messageId": f"m-{n}", "body": body, "attributes": system, "messageAttributes": attributes or {}}
            for n, body in enumerate(bodies)
        ]
    }


def waiting(queue_url: str) -> list[Any]:
    answer = client("sqs").receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"]
    )
    for message in answer.get("Messages", []):
        client("sqs").delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return answer.get("Messages", [])


def delivered(queue_url: str) -> dict[str, Any]:
    """What waits in the queue, as Lambda would hand it over."""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "body": message["Body"],
                "attributes": message["Attributes"],
                "messageAttributes": {
                    name: {
                        "dataType": value["DataType"],
                        **({"stringValue": value["StringValue"]} if "StringValue" in value else {}),
                        **({"binaryValue": b64encode(value["BinaryValue"]).decode()} if "BinaryValue" in value else {}),
                    }
                    for name, value in message.get("MessageAttributes", {}).items()
                },
            }
            for message in waiting(queue_url)
        ]
    }


def failed(answer: Any) -> list[str]:
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


def raising(error: Exception) -> Callable[[Message], None]:
    def process(_message: Message) -> None:
        raise error

    return process


OPEN = CircuitOpen("shopify is left alone", retry_after=300)


def test_work_at_an_open_circuit_goes_back_and_the_original_is_done(
    dead_letters: DeadLetters, put_back: PutBack, delays: list[int], clock: FakeClock
) -> None:
    event = batch("work", sent_at=clock())
    assert failed(consume(event, raising(OPEN), dead_letters, put_back=put_back)) == []
    [copy] = waiting(put_back.queue_url)
    assert copy["Body"] == "work"
    assert {name: value["StringValue"] for name, value in copy["MessageAttributes"].items()} == {
        "returned": "1",
        "first_sent_at": iso(clock()),
    }
    assert delays == [300]
    assert waiting(dead_letters.queue_url) == []


def test_the_copy_is_really_held_back(dead_letters: DeadLetters, put_back: PutBack) -> None:
    consume(batch("work"), raising(OPEN), dead_letters, put_back=put_back)
    assert waiting(put_back.queue_url) == []
    counts = client("sqs").get_queue_attributes(QueueUrl=put_back.queue_url, AttributeNames=["All"])["Attributes"]
    assert counts["ApproximateNumberOfMessagesDelayed"] == "1"


@pytest.mark.parametrize(("asked", "delay"), [(0, 1), (1, 1), (900, 900), (901, 900), (86_400, 900)])
def test_a_delay_is_what_sqs_can_do(
    dead_letters: DeadLetters, put_back: PutBack, delays: list[int], asked: int, delay: int
) -> None:
    consume(batch("work"), raising(Throttled("busy", retry_after=asked)), dead_letters, put_back=put_back)
    assert delays == [delay]


def test_each_round_is_counted_and_the_first_time_is_kept(
    dead_letters: DeadLetters, put_back: PutBack, delays: list[int], clock: FakeClock
) -> None:
    first = clock()
    attributes = {
        "kind": {"dataType": "String", "stringValue": "x"},
        "blob": {"dataType": "Binary", "binaryValue": b64encode(b"\0\1").decode()},
    }
    event = batch("work", sent_at=first, attributes=attributes)
    seen: list[Message] = []

    def process(message: Message) -> None:
        seen.append(message)
        raise OPEN

    for _ in range(3):
        consume(event, process, dead_letters, put_back=put_back)
        clock.advance(seconds=300)
        event = delivered(put_back.queue_url)
    assert [message.returned for message in seen] == [0, 1, 2]
    assert {message.first_sent_at for message in seen} == {first}
    assert seen[2].attributes["kind"].get("StringValue") == "x"
    assert seen[2].attributes["blob"].get("BinaryValue") == b"\0\1"


def test_after_a_day_it_has_gone_round_long_enough(
    dead_letters: DeadLetters, put_back: PutBack, delays: list[int], clock: FakeClock
) -> None:
    consume(batch("work", sent_at=clock()), raising(OPEN), dead_letters, put_back=put_back)
    clock.advance(hours=23, minutes=59)
    consume(delivered(put_back.queue_url), raising(OPEN), dead_letters, put_back=put_back)
    assert waiting(dead_letters.queue_url) == []
    clock.advance(minutes=1)
    assert failed(consume(delivered(put_back.queue_url), raising(OPEN), dead_letters, put_back=put_back)) == []
    assert waiting(put_back.queue_url) == []
    [given_up] = waiting(dead_letters.queue_url)
    assert given_up["Body"] == "work"
    reason = given_up["MessageAttributes"]["reason"]["StringValue"]
    assert reason == "circuit_open: shopify is left alone; put back 2 times since 2026-03-14T09:26:53.589Z"


@pytest.mark.parametrize(
    "attributes",
    [
        {"returned": {"dataType": "String", "stringValue": "many"}},
        {"returned": {"dataType": "Binary", "binaryValue": "AAE="}},
        {"first_sent_at": {"dataType": "String", "stringValue": "yesterday"}},
    ],
)
def test_attributes_that_somebody_else_wrote_do_not_stop_the_work(
    dead_letters: DeadLetters, put_back: PutBack, delays: list[int], clock: FakeClock, attributes: dict[str, Any]
) -> None:
    event = batch("work", sent_at=clock(), attributes=attributes)
    assert failed(consume(event, raising(OPEN), dead_letters, put_back=put_back)) == []
    [copy] = waiting(put_back.queue_url)
    assert copy["MessageAttributes"]["returned"]["StringValue"] == "1"
    assert copy["MessageAttributes"]["first_sent_at"]["StringValue"] == iso(clock())


def test_what_does_not_say_when_to_come_again_stays_in_the_queue(dead_letters: DeadLetters, put_back: PutBack) -> None:
    event = batch("work")
    for error in (TransientError("no answer"), RuntimeError("bug")):
        assert failed(consume(event, raising(error), dead_letters, put_back=put_back)) == ["m-0"]
    assert failed(consume(event, raising(OPEN), dead_letters)) == ["m-0"]
    assert failed(consume(event, raising(Malformed("never")), dead_letters, put_back=put_back)) == []
    assert len(waiting(dead_letters.queue_url)) == 1
    assert waiting(put_back.queue_url) == []


def test_work_is_not_done_with_while_its_copy_is_not_sent(dead_letters: DeadLetters, put_back: PutBack) -> None:
    put_back.sqs().delete_queue(QueueUrl=put_back.queue_url)
    assert failed(consume(batch("work"), raising(OPEN), dead_letters, put_back=put_back)) == ["m-0"]


class Died(BaseException):
    """The function's environment is gone."""


def test_a_death_after_the_copy_was_sent_leaves_both(
    dead_letters: DeadLetters, put_back: PutBack, delays: list[int]
) -> None:
    def dies(call: Call, answer: Callable[[], Any]) -> Any:
        answer()
        raise Died

    with watched(dies), pytest.raises(Died):
        consume(batch("work"), raising(OPEN), dead_letters, put_back=put_back)
    assert [copy["Body"] for copy in waiting(put_back.queue_url)] == ["work"]


class TestTogether:
    def test_what_was_prepared_is_committed_once(self, dead_letters: DeadLetters) -> None:
        committed: list[list[int]] = []
        event = batch("1", "2", "3")
        assert failed(consume_together(event, lambda message: int(message.body), committed.append, dead_letters)) == []
        assert committed == [[1, 2, 3]]

    def test_each_message_is_judged_on_its_own_first(
        self, dead_letters: DeadLetters, put_back: PutBack, delays: list[int]
    ) -> None:
        faults = {"bad": Malformed("no"), "later": OPEN, "down": TransientError("no answer")}
        committed: list[list[str]] = []

        def prepare(message: Message) -> str:
            if message.body in faults:
                raise faults[message.body]
            return message.body

        event = batch("a", "bad", "later", "down", "b")
        assert failed(consume_together(event, prepare, committed.append, dead_letters, put_back)) == ["m-3"]
        assert committed == [["a", "b"]]
        assert [one["Body"] for one in waiting(dead_letters.queue_url)] == ["bad"]
        assert [one["Body"] for one in waiting(put_back.queue_url)] == ["later"]

    def test_nothing_prepared_is_nothing_committed(self, dead_letters: DeadLetters) -> None:
        def commit(_all: list[None]) -> None:
            raise AssertionError

        event = batch("bad")
        assert failed(consume_together(event, raising(Malformed("no")), commit, dead_letters)) == []

    @pytest.mark.parametrize("error", [TransientError("no answer"), RuntimeError("bug"), OPEN])
    def test_a_commit_that_fails_fails_them_all(self, dead_letters: DeadLetters, error: Exception) -> None:
        def commit(_all: list[str]) -> None:
            raise error

        event = batch("a", "b")
        assert failed(consume_together(event, lambda message: message.body, commit, dead_letters)) == ["m-0", "m-1"]

    def test_a_commit_at_an_open_circuit_puts_them_all_back(
        self, dead_letters: DeadLetters, put_back: PutBack, delays: list[int]
    ) -> None:
        def commit(_all: list[str]) -> None:
            raise OPEN

        event = batch("a", "b")
        assert failed(consume_together(event, lambda message: message.body, commit, dead_letters, put_back)) == []
        assert [one["Body"] for one in waiting(put_back.queue_url)] == ["a", "b"]
        assert delays == [300, 300]

    def test_what_can_never_be_committed_does_not_take_the_others_along(self, dead_letters: DeadLetters) -> None:
        kept: list[str] = []

        def commit(together: list[str]) -> None:
            if "poison" in together:
                raise Conflict("never")
            kept.extend(together)

        event = batch("a", "poison", "b")
        assert failed(consume_together(event, lambda message: message.body, commit, dead_letters)) == []
        assert kept == ["a", "b"]
        [aside] = waiting(dead_letters.queue_url)
        assert (aside["Body"], aside["MessageAttributes"]["reason"]["StringValue"]) == ("poison", "conflict: never")
