"""A queue's consumer: every message on its own, failures reported one by one, the unreadable put aside with its reason.

A PermanentError sends the message to the consumer's dead-letter queue with the reason. One that says when to come again is put
back with that delay, if the consumer has a way back. Any other exception leaves the message in the queue, to be delivered again
until the queue gives up on it.

The answer is Lambda's partial batch response (`batchItemFailures`, AWS documentation "Using Lambda with Amazon SQS"). Powertools'
batch processor gives the same, but its import costs every consumer's cold start 50 ms.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from skuflow.kernel.clock import Clock, iso, parse_iso
from skuflow.kernel.errors import Malformed, PermanentError, SkuflowError
from skuflow.kernel.events import Cause, Event
from skuflow.kernel.tenancy import client_id
from skuflow.platform.observability import count, logger, tell_apart

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef

T = TypeVar("T")

_UNSENDABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that SQS refuses in a message."""

_LONGEST_DELAY = 900
"""Seconds that SQS can hold a message back."""


@dataclass(frozen=True, slots=True)
class Message:
    """One queue message. `receive_count` is how often it was delivered, this time included. `returned` is how often its work was
    put back (see PutBack), `first_sent_at` when it first came, as far as is known; `attributes` as SQS spells them."""

    message_id: str
    body: str
    receive_count: int = 1
    returned: int = 0
    first_sent_at: datetime | None = None
    attributes: Mapping[str, MessageAttributeValueTypeDef] = field(default_factory=dict)

    def json(self) -> Any:
        """The body as JSON. Raises Malformed."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Malformed(f"the message is not JSON: {error}") from None


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """Where a consumer puts what it cannot read. `sqs` gives the client; it is asked on the first use, which most never see."""

    sqs: Callable[[], SQSClient]
    queue_url: str

    def put(self, body: str, reason: str) -> None:
        """Raises what botocore raises: a message is given up only once it is safe elsewhere."""
        readable = _UNSENDABLE.sub("?", reason[:1000]) or "unknown"
        attribute: MessageAttributeValueTypeDef = {"DataType": "String", "StringValue": readable}
        self.sqs().send_message(QueueUrl=self.queue_url, MessageBody=body, MessageAttributes={"reason": attribute})


@dataclass(frozen=True, slots=True)
class PutBack:
    """Where work goes whose time has not come: its own queue, later. A service that is out for an hour would use up a message's
    deliveries in minutes; a copy with a delay uses up none. After `at_most` it has gone round long enough.

    The copy is sent before the original is settled: a crash between the two leaves both, never neither."""

    sqs: Callable[[], SQSClient]
    queue_url: str
    clock: Clock
    at_most: timedelta = timedelta(hours=24)

    def is_over(self, message: Message) -> bool:
        return message.first_sent_at is not None and self.clock() - message.first_sent_at >= self.at_most

    def put(self, message: Message, retry_after: int) -> None:
        """Send a copy that comes in `retry_after` seconds (SQS: 900 at most). Raises what botocore raises."""
        since = message.first_sent_at or self.clock()
        own: dict[str, MessageAttributeValueTypeDef] = {
            "returned": {"DataType": "Number", "StringValue": str(message.returned + 1)},
            "first_sent_at": {"DataType": "String", "StringValue": iso(since)},
        }
        self.sqs().send_message(
            QueueUrl=self.queue_url,
            MessageBody=message.body,
            MessageAttributes={**message.attributes, **own},
            DelaySeconds=min(max(retry_after, 1), _LONGEST_DELAY),
        )


@dataclass(frozen=True, slots=True)
class _Ways:
    """Where a message can go that is neither done nor to be tried again at once."""

    dead_letters: DeadLetters
    put_back: PutBack | None

    def aside(self, message: Message, reason: str) -> None:
        logger().error("message put aside", extra={"reason": reason})
        count("MessagesPutAside")
        self.dead_letters.put(message.body, reason)

    def back(self, put_back: PutBack, message: Message, retry_after: int, reason: str) -> None:
        if put_back.is_over(message):
            since = iso(message.first_sent_at) if message.first_sent_at else ""
            self.aside(message, f"{reason}; put back {message.returned} times since {since}")
            return
        logger().warning("message put back", extra={"reason": reason, "retry_after": retry_after})
        count("MessagesPutBack")
        put_back.put(message, retry_after)

    def judged(self, message: Message, error: Exception) -> bool:
        """Whether the queue may forget `message`, whose work ended in `error`. Called while that is being handled."""
        wait: int | None = getattr(error, "retry_after", None)
        try:
            if isinstance(error, PermanentError):
                self.aside(message, _reason(error))
                return True
            if self.put_back is not None and wait is not None and isinstance(error, SkuflowError):
                self.back(self.put_back, message, wait, _reason(error))
                return True
        except Exception:
            logger().exception("message will be tried again")
            return False
        if isinstance(error, SkuflowError):
            logger().warning("message will be tried again", extra={"reason": _reason(error)})
        else:
            logger().exception("message will be tried again")
        return False


def consume(
    event: Any, process: Callable[[Message], None], dead_letters: DeadLetters, *, put_back: PutBack | None = None
) -> dict[str, Any]:
    """Run `process` over the messages of an SQS `event`; returns Lambda's partial batch response. What says when to come again
    (`retry_after`: CircuitOpen, Throttled) is put back if `put_back` is given."""
    ways = _Ways(dead_letters, put_back)
    return _response([message for message in _messages(event) if not _settled(message, process, ways)])


def consume_together(
    event: Any,
    prepare: Callable[[Message], T],
    commit: Callable[[list[T]], None],
    dead_letters: DeadLetters,
    put_back: PutBack | None = None,
) -> dict[str, Any]:
    """`prepare` each message on its own, judged as `consume` does, then `commit` what became of the sound ones, once. If that
    fails, all of them have; but what can never work must not take the others along, so then each is committed alone."""
    ways = _Ways(dead_letters, put_back)
    prepared: list[tuple[Message, T]] = []

    def keep(message: Message) -> None:
        prepared.append((message, prepare(message)))

    failed = [message for message in _messages(event) if not _settled(message, keep, ways)]
    return _response(failed + _left_over(prepared, commit, ways))


def _left_over(prepared: list[tuple[Message, T]], commit: Callable[[list[T]], None], ways: _Ways) -> list[Message]:
    """The messages that the queue must keep."""
    if not prepared:
        return []
    try:
        commit([made for _, made in prepared])
    except PermanentError as error:
        if len(prepared) > 1:
            return [message for one in prepared for message in _left_over([one], commit, ways)]
        return [message for message, _ in prepared if not ways.judged(message, error)]
    except Exception as error:
        return [message for message, _ in prepared if not ways.judged(message, error)]
    return []


def _settled(message: Message, process: Callable[[Message], None], ways: _Ways) -> bool:
    """Whether the queue may forget `message`."""
    logger().append_keys(message_id=message.message_id)
    try:
        process(message)
    except Exception as error:
        return ways.judged(message, error)
    return True


def _reason(error: SkuflowError) -> str:
    return f"{error.code}: {error.detail}"


def _response(failed: list[Message]) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": message.message_id} for message in failed]}


def _messages(event: Any) -> list[Message]:
    return [_message(record) for record in event["Records"]]


def _message(record: Any) -> Message:
    given = record.get("messageAttributes") or {}
    returned = str(given.get("returned", {}).get("stringValue", ""))
    since = str(given.get("first_sent_at", {}).get("stringValue", ""))
    try:
        first_sent_at = parse_iso(since) if since else _sent_at(record["attributes"])
    except ValueError:
        first_sent_at = _sent_at(record["attributes"])
    return Message(
        record["messageId"],
        record["body"],
        int(record["attributes"]["ApproximateReceiveCount"]),
        int(returned) if returned.isdecimal() else 0,
        first_sent_at,
        {name: _attribute(value) for name, value in given.items()},
    )


def _sent_at(attributes: Mapping[str, str]) -> datetime | None:
    sent = attributes.get("SentTimestamp", "")
    return datetime.fromtimestamp(int(sent) / 1000, UTC) if sent.isdecimal() else None


def _attribute(value: Any) -> MessageAttributeValueTypeDef:
    """Lambda's spelling of a message attribute in SQS's own; a binary one comes as base64."""
    if value.get("binaryValue") is not None:
        return {"DataType": value["dataType"], "BinaryValue": b64decode(value["binaryValue"])}
    return {"DataType": value["dataType"], "StringValue": value.get("stringValue", "")}


def bus_event(message: Message) -> Event:
    """The event that EventBridge put into the queue. Raises Malformed that says what is missing. Unknown fields are dropped."""
    outer = message.json()
    try:
        detail = outer["detail"]
        event = Event(
            event_id=str(detail["event_id"]),
            name=str(outer["detail-type"]),
            source=str(outer["source"]),
            occurred_at=parse_iso(detail["occurred_at"]),
            client_id=client_id(detail["client_id"]),
            schema_version=int(detail["schema_version"]),
            cause=Cause(str(detail["correlation_id"]), str(detail["event_id"])),
            data=detail["data"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed(f"not an event of ours: {type(error).__name__} {error}") from None
    tell_apart(client_id=event.client_id, cause=event.cause)
    return event


def payload(event: Event, contract: type[T], *, version: int = 1) -> T:
    """`event.data` as the dataclass `contract`. Raises Malformed that names the field, or that the version is another one:
    a new version has a new meaning, which this consumer does not know."""
    if event.schema_version != version:
        raise Malformed(f"{event.name}: version {event.schema_version} came, version {version} is understood")
    try:
        return msgspec.convert(event.data, contract)
    except msgspec.ValidationError as error:
        raise Malformed(f"{event.name}: {error}") from None
