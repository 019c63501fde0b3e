"""Listens to the event bus: a temporary queue and a rule that copies every business event into it."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.aws import Aws

PATTERN = {"source": [{"prefix": "skuflow."}]}
_AT_ONCE = 10


@dataclass
class EventTap:
    """Events on the bus from entering this context to leaving it; the rule and the queue go with it."""

    aws: Aws
    name: str = field(default_factory=lambda: f"skuflow-tap-{secrets.token_hex(4)}")
    _seen: set[str] = field(default_factory=set)
    _queue: str = ""
    _bus: str = ""

    def __enter__(self) -> EventTap:
        self._bus = self.aws.bus()
        self._queue = self.aws.sqs.create_queue(QueueName=self.name)["QueueUrl"]
        arn = self.aws.sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        rule = self.aws.events.put_rule(Name=self.name, EventBusName=self._bus, EventPattern=json.dumps(PATTERN))[
            "RuleArn"
        ]
        self.aws.sqs.set_queue_attributes(QueueUrl=self._queue, Attributes={"Policy": queue_policy(arn, rule)})
        self.aws.events.put_targets(Rule=self.name, EventBusName=self._bus, Targets=[{"Id": "tap", "Arn": arn}])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.aws.events.remove_targets(Rule=self.name, EventBusName=self._bus, Ids=["tap"])
            self.aws.events.delete_rule(Name=self.name, EventBusName=self._bus)
            self.aws.sqs.delete_queue(QueueUrl=self._queue)
        except (ClientError, BotoCoreError):
            # A platform that went away took them along; what the command did until then still counts.
            if kind is None:
                raise

    def take(self, *, wait_seconds: int) -> list[dict[str, Any]]:
        """Up to ten new events, as EventBridge delivered them; an event delivered twice is given once."""
        messages = self.aws.sqs.receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=_AT_ONCE, WaitTimeSeconds=wait_seconds
        ).get("Messages", [])
        if messages:
            self.aws.sqs.delete_message_batch(
                QueueUrl=self._queue,
                Entries=[
                    {"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]}
                    for index, message in enumerate(messages)
                ],
            )
        return list(self._new(json.loads(message["Body"]) for message in messages))

    def _new(self, events: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for event in events:
            identity = str(event["detail"].get("event_id", event["id"]))
            if identity not in self._seen:
                self._seen.add(identity)
                yield event


class Recorder:
    """Takes events off a tap in the background, so that a long import does not leave them all for the end."""

    def __init__(self, tap: EventTap) -> None:
        self._tap = tap
        self._events: list[dict[str, Any]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._record, name="event-tap", daemon=True)
        self._failure: Exception | None = None

    def __enter__(self) -> Recorder:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def events(self) -> list[dict[str, Any]]:
        """All events so far, in the order of their arrival."""
        if self._failure is not None:
            raise self._failure
        return list(self._events)

    def _record(self) -> None:
        try:
            while not self._stop.is_set():
                self._events += self._tap.take(wait_seconds=1)
        except (ClientError, BotoCoreError) as failure:
            self._failure = failure


def queue_policy(queue: str, rule: str) -> str:
    """Lets a rule (ARN) put events into a queue (ARN)."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
