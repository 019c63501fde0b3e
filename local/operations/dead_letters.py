"""Dead-letter queues: what is in them, why, and putting it back to work.

Redriving receives, sends and deletes one message at a time rather than using SQS's own move task. That one keeps what our
consumers note on a message on its way here (why, how often put back, since when), by which they would put it aside again at once;
it cannot choose messages, refuses those that a consumer has put here itself, and the embedded AWS lacks it. A message is deleted
only after its copy was accepted, so an interruption in between leaves two, and consumers are idempotent.

Rejects are records of a table's stream, which had no queue: they go to their function as the stream would hand them over.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from local.aws import Aws
from local.operations.invocation import invoke
from local.operations.queues import DEAD_ENDS, REJECTS, name_of, urls
from local.problems import LocalProblem

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageAttributeValueOutputTypeDef, MessageTypeDef

_OF_THE_WAY_HERE = frozenset({"reason", "returned", "first_sent_at"})
"""What a consumer has noted on a message: why it was put aside, how often and since when its work was put back. Redriven, it begins
anew."""

_AT_ONCE = 10
_MANY = 1_000_000
_HOLD_SECONDS = 300
"""How long a message is hidden from others while we are at work. What is left over is let go at the end; after a crash, by SQS."""

_WAIT_SECONDS = 1
"""Long polling: SQS then asks all of its servers, so that an empty answer means an empty queue."""

_MOST_REPEATS = 10
"""Answers in a row without anything new, before we stop: messages come back to us when a pass outlasts its hold."""


@dataclass(frozen=True, slots=True)
class DeadLetterQueue:
    """`name` is without the stage's prefix; `waiting` is SQS's own approximate count."""

    name: str
    url: str
    waiting: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """`sent_at`: milliseconds since 1970 UTC. `attributes` are the message attributes, binary ones as `base64:…`; `reason` among
    them says why a consumer put it aside."""

    message_id: str
    sent_at: int
    receives: int
    attributes: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Which messages: those with one of these ids (none given: any), whose reason holds `reason` ("": any, or none at all),
    and that came no later than `until` (milliseconds since 1970 UTC; 0: whenever)."""

    message_ids: frozenset[str] = frozenset()
    reason: str = ""
    until: int = 0

    def __call__(self, message: MessageTypeDef) -> bool:
        if self.message_ids and message["MessageId"] not in self.message_ids:
            return False
        if self.until and _sent_at(message) > self.until:
            return False
        noted = message.get("MessageAttributes", {}).get("reason")
        return self.reason in (noted.get("StringValue", "") if noted else "")


EVERYTHING = Selection()


def queues(aws: Aws) -> list[DeadLetterQueue]:
    """All queues of the stage that hold what could not be handled."""
    found = [url for url in urls(aws) if url.endswith(DEAD_ENDS)]
    return [DeadLetterQueue(name_of(aws, url), url, _waiting(aws, url)) for url in found]


def find(aws: Aws, name: str) -> DeadLetterQueue:
    """The queue `name`, with or without the stage's prefix and the `-dlq` at its end, `/` for `-` as in function names."""
    wanted = aws.function_name(name).removeprefix(aws.prefix)
    found = {name_of(aws, url): url for url in urls(aws) if url.endswith(DEAD_ENDS)}
    for known, url in found.items():
        if wanted in (known, known.removesuffix("-dlq")):
            return DeadLetterQueue(known, url, _waiting(aws, url))
    raise LocalProblem(f"there is no dead-letter queue '{name}'", f"queues are: {', '.join(found) or 'none'}")


def show(aws: Aws, queue: DeadLetterQueue, limit: int, selection: Selection = EVERYTHING) -> list[DeadLetter]:
    """Up to `limit` messages, oldest first as far as SQS keeps order. They stay in the queue, and are visible again at once."""
    with _Hold(aws, queue.url) as hold:
        return sorted((_letter(message) for message in hold.take(selection, limit)), key=lambda letter: letter.sent_at)


def redrive(
    aws: Aws,
    queue: DeadLetterQueue,
    limit: int,
    selection: Selection = EVERYTHING,
    *,
    pace: Callable[[], None] = lambda: None,
    moved: Callable[[int], None] = lambda _count: None,
) -> int:
    """Send up to `limit` messages back to the queue they came from; returns how many went. `pace` is called before each, and waits;
    `moved` after each, with how many have gone. Without `until`, what fails again at once would go round."""
    send_back = _way_back(aws, queue)
    count = 0
    with _Hold(aws, queue.url) as hold:
        for message in hold.take(selection, limit):
            pace()
            send_back(message)
            hold.delete(message)
            count += 1
            moved(count)
    return count


def purge(aws: Aws, queue: DeadLetterQueue) -> int:
    """Delete everything in the queue; returns how many there were, approximately."""
    aws.sqs.purge_queue(QueueUrl=queue.url)
    return queue.waiting


def take_out(
    aws: Aws,
    queue: DeadLetterQueue,
    selection: Selection,
    keep: Callable[[DeadLetter], None],
    gone: Callable[[int], None] = lambda _count: None,
) -> int:
    """Delete what is chosen, each message once `keep` has put it somewhere safe; returns how many. What arrives meanwhile is not
    lost: nothing goes that `keep` has not seen. `gone` is told after each how many have gone."""
    count = 0
    with _Hold(aws, queue.url) as hold:
        for message in hold.take(selection, _MANY):
            keep(_letter(message))
            hold.delete(message)
            count += 1
            gone(count)
    return count


@dataclass
class _Hold:
    """Messages that nobody else sees while we work on them; left, those that were not deleted are there again."""

    aws: Aws
    url: str
    _held: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> _Hold:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        handles = list(self._held.values())
        for begin in range(0, len(handles), _AT_ONCE):
            # What cannot be let go now comes back by itself when the hold ends.
            self.aws.sqs.change_message_visibility_batch(
                QueueUrl=self.url,
                Entries=[
                    {"Id": str(index), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                    for index, handle in enumerate(handles[begin : begin + _AT_ONCE])
                ],
            )

    def take(self, selection: Selection, limit: int) -> Iterator[MessageTypeDef]:
        """Up to `limit` messages that are chosen. The others are looked at, once, and kept out of the way."""
        taken = 0
        for message in self._receive(limit if selection == EVERYTHING else _MANY):
            if not selection(message):
                continue
            yield message
            taken += 1
            if taken in (limit, len(selection.message_ids)):
                return

    def delete(self, message: MessageTypeDef) -> None:
        self.aws.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        del self._held[message["MessageId"]]

    def _receive(self, wanted: int) -> Iterator[MessageTypeDef]:
        seen: set[str] = set()
        repeats = 0
        while repeats < _MOST_REPEATS:
            messages = self.aws.sqs.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=min(_AT_ONCE, max(1, wanted - len(seen))),
                VisibilityTimeout=_HOLD_SECONDS,
                WaitTimeSeconds=0 if self.aws.endpoint else _WAIT_SECONDS,
                AttributeNames=["All"],
                MessageAttributeNames=["All"],
            ).get("Messages", [])
            if not messages:
                return
            self._held |= {message["MessageId"]: message["ReceiptHandle"] for message in messages}
            fresh = [message for message in messages if message["MessageId"] not in seen]
            repeats = 0 if fresh else repeats + 1
            seen |= {message["MessageId"] for message in fresh}
            yield from fresh


def _copy(message: MessageTypeDef) -> dict[str, Any]:
    """The message as it came: body, attributes and trace, without what was noted on its way here."""
    attributes = {
        name: value for name, value in message.get("MessageAttributes", {}).items() if name not in _OF_THE_WAY_HERE
    }
    copied: dict[str, Any] = {"MessageBody": message["Body"], "MessageAttributes": attributes}
    if trace := dict(message.get("Attributes", {})).get("AWSTraceHeader"):
        copied["MessageSystemAttributes"] = {"AWSTraceHeader": {"DataType": "String", "StringValue": trace}}
    return copied


def _way_back(aws: Aws, queue: DeadLetterQueue) -> Callable[[MessageTypeDef], None]:
    """What sends one message back to where it came from. It raises if the message did not arrive there."""
    if queue.name.endswith(REJECTS):
        function = queue.name.removesuffix(REJECTS)
        return lambda message: _hand_over(aws, function, message)
    try:
        source = aws.sqs.get_queue_url(QueueName=f"{aws.prefix}{queue.name}".removesuffix("-dlq"))["QueueUrl"]
    except ClientError:
        raise LocalProblem(
            f"{queue.name} has no queue to go back to: it holds places in a table's stream",
            "read them with `skuflow dlq show`, mend as the runbook says, then `skuflow dlq purge`",
        ) from None

    def send(message: MessageTypeDef) -> None:
        aws.sqs.send_message(QueueUrl=source, **_copy(message))

    return send


def _hand_over(aws: Aws, function: str, message: MessageTypeDef) -> None:
    """Run `function` on the stream record. What it cannot translate even now comes back to the rejects, as a new message."""
    record = json.loads(message["Body"])
    images = record.get("dynamodb", {}) if isinstance(record, dict) else {}
    if not images.keys() & {"OldImage", "NewImage"}:
        raise LocalProblem(
            f"the record in message {message['MessageId']} was too large to be kept whole",
            "write its item again, unchanged but for its version; then take the message out with `skuflow dlq purge --message`",
        )
    done = invoke(aws, function, {"Records": [record]})
    if done.failed:
        raise LocalProblem(
            f"{function} failed on message {message['MessageId']}, which stays",
            f"see: skuflow logs --function {function}",
        )


def _letter(message: MessageTypeDef) -> DeadLetter:
    attributes = message.get("MessageAttributes", {})
    system = message.get("Attributes", {})
    return DeadLetter(
        message_id=message["MessageId"],
        sent_at=_sent_at(message),
        receives=int(system.get("ApproximateReceiveCount", "0")),
        attributes={name: _text(value) for name, value in attributes.items()},
        body=message["Body"],
    )


def _text(value: MessageAttributeValueOutputTypeDef) -> str:
    binary = value.get("BinaryValue")
    return value.get("StringValue", "") if binary is None else f"base64:{b64encode(binary).decode()}"


def _sent_at(message: MessageTypeDef) -> int:
    return int(message.get("Attributes", {}).get("SentTimestamp", "0"))


def _waiting(aws: Aws, url: str) -> int:
    attributes = aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(attributes["Attributes"]["ApproximateNumberOfMessages"])
