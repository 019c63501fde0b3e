"""A queue's consumer: every message on its own, failures reported one by one, the unreadable put aside with its reason.

A PermanentError sends the message to the consumer's dead-letter queue with the reason; any other exception leaves it in the
queue, to be delivered again until the queue gives up on it.

The answer is Lambda's partial batch response (`batchItemFailures`, AWS documentation "Using Lambda with Amazon SQS"). Powertools'
batch processor gives the same, but its import costs every consumer's cold start 50 ms.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from skuflow.kernel.clock import parse_iso
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


@dataclass(frozen=True, slots=True)
class Message:
    """One queue message. `receive_count` is how often it was delivered, this time included."""

    message_id: str
    body: str
    receive_count: int = 1

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


def consume(event: Any, process: Callable[[Message], None], dead_letters: DeadLetters) -> dict[str, Any]:
    """Run `process` over the messages of an SQS `event`; returns Lambda's partial batch response."""
    messages = [
        Message(record["messageId"], record["body"], int(record["attributes"]["ApproximateReceiveCount"]))
        for record in event["Records"]
    ]
    failed = [message.message_id for message in messages if not _settled(message, process, dead_letters)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _settled(message: Message, process: Callable[[Message], None], dead_letters: DeadLetters) -> bool:
    """Whether the queue may forget `message`."""
    logger().append_keys(message_id=message.message_id)
    try:
        _process(message, process, dead_letters)
    except SkuflowError as error:
        logger().warning("message will be tried again", extra={"reason": f"{error.code}: {error.detail}"})
        return False
    except Exception:
        logger().exception("message will be tried again")
        return False
    return True


def _process(message: Message, process: Callable[[Message], None], dead_letters: DeadLetters) -> None:
    try:
        process(message)
    except PermanentError as error:
        reason = f"{error.code}: {error.detail}"
        logger().error("message put aside", extra={"reason": reason})
        count("MessagesPutAside")
        dead_letters.put(message.body, reason)


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
