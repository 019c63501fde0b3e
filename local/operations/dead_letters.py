"""Dead-letter queues: what is in them, why, and putting it back to work.

Redriving receives, sends and deletes one message at a time rather than using SQS's own move task, which the embedded AWS
lacks. A message is deleted only after its copy was accepted, so a crash in between leaves two, and consumers are idempotent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from local.aws import Aws
from local.problems import LocalProblem

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

SUFFIXES = ("-dlq", "-rejects")
_OF_THE_WAY_HERE = frozenset({"reason", "returned", "first_sent_at"})
"""What a consumer has noted on a message: why it was put aside, how often and since when its work was put back. Redriven, it begins
anew."""

_AT_ONCE = 10
_HOLD_SECONDS = 30


@dataclass(frozen=True, slots=True)
class DeadLetterQueue:
    """`name` is without the stage's prefix; `waiting` is SQS's own approximate count."""

    name: str
    url: str
    waiting: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """`attributes` are the message attributes; `reason` among them says why a consumer put it aside."""

    message_id: str
    sent_at: int
    receives: int
    attributes: dict[str, str]
    body: str


def queues(aws: Aws) -> list[DeadLetterQueue]:
    """All queues of the stage that hold what could not be handled."""
    pages = aws.sqs.get_paginator("list_queues").paginate(QueueNamePrefix=aws.prefix)
    urls = [url for page in pages for url in page.get("QueueUrls", []) if url.endswith(SUFFIXES)]
    return [DeadLetterQueue(_name(aws, url), url, _waiting(aws, url)) for url in sorted(urls)]


def find(aws: Aws, name: str) -> DeadLetterQueue:
    """The queue `name`, with or without the stage's prefix and the `-dlq` at its end, `/` for `-` as in function names."""
    wanted = aws.function_name(name).removeprefix(aws.prefix)
    every = queues(aws)
    for queue in every:
        if wanted in (queue.name, queue.name.removesuffix("-dlq")):
            return queue
    known = ", ".join(queue.name for queue in every) or "none"
    raise LocalProblem(f"there is no dead-letter queue '{name}'", f"queues are: {known}")


def show(aws: Aws, queue: DeadLetterQueue, limit: int) -> list[DeadLetter]:
    """Up to `limit` messages, oldest first as far as SQS keeps order. They stay in the queue, and are visible again at once."""
    held = list(_receive(aws, queue.url, limit))
    for message in held:
        aws.sqs.change_message_visibility(
            QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
        )
    return [_letter(message) for message in held]


def redrive(aws: Aws, queue: DeadLetterQueue, limit: int) -> int:
    """Send up to `limit` messages back to the queue they came from; returns how many went."""
    source = _source(aws, queue)
    moved = 0
    for message in _receive(aws, queue.url, limit):
        attributes = message.get("MessageAttributes", {})
        aws.sqs.send_message(
            QueueUrl=source,
            MessageBody=message["Body"],
            MessageAttributes={name: value for name, value in attributes.items() if name not in _OF_THE_WAY_HERE},
        )
        aws.sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"])
        moved += 1
    return moved


def purge(aws: Aws, queue: DeadLetterQueue) -> int:
    """Delete everything in the queue; returns how many there were, approximately."""
    aws.sqs.purge_queue(QueueUrl=queue.url)
    return queue.waiting


def _source(aws: Aws, queue: DeadLetterQueue) -> str:
    name = f"{aws.prefix}{queue.name}"
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            name = name.removesuffix(suffix)
            break
    try:
        return aws.sqs.get_queue_url(QueueName=name)["QueueUrl"]
    except ClientError:
        raise LocalProblem(
            f"{queue.name} has no queue to go back to: it holds stream records",
            "read them with `skuflow dlq show`, mend the cause, then `skuflow dlq purge`",
        ) from None


def _receive(aws: Aws, url: str, limit: int) -> Iterator[MessageTypeDef]:
    seen: set[str] = set()
    while len(seen) < limit:
        messages = aws.sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=min(_AT_ONCE, limit - len(seen)),
            VisibilityTimeout=_HOLD_SECONDS,
            WaitTimeSeconds=0,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        fresh = [message for message in messages if message["MessageId"] not in seen]
        if not fresh:
            return
        seen |= {message["MessageId"] for message in fresh}
        yield from fresh


def _letter(message: MessageTypeDef) -> DeadLetter:
    attributes = message.get("MessageAttributes", {})
    system = message.get("Attributes", {})
    return DeadLetter(
        message_id=message["MessageId"],
        sent_at=int(system.get("SentTimestamp", "0")),
        receives=int(system.get("ApproximateReceiveCount", "0")),
        attributes={name: str(value.get("StringValue", "")) for name, value in attributes.items()},
        body=message["Body"],
    )


def _name(aws: Aws, url: str) -> str:
    return url.rsplit("/", 1)[1].removeprefix(aws.prefix)


def _waiting(aws: Aws, url: str) -> int:
    attributes = aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(attributes["Attributes"]["ApproximateNumberOfMessages"])
