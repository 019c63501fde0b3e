"""Queues as SQS has them, in the stage's time: a message with a delay is not there until its time has come.

Speaks as much of SQS's JSON protocol as we do. Who receives a message has it for good; giving it back is the pump's part, which
stands where Lambda's event source does.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import md5
from itertools import count
from typing import Any

from tests.calls import Call

MAX_BYTES = 1_048_576
MAX_DELAY = 900


@dataclass(slots=True)
class Queues:
    """`lie` by queue name: messages, each with the moment from which it can be seen."""

    clock: Callable[[], datetime]
    lie: dict[str, list[tuple[datetime, dict[str, Any]]]] = field(default_factory=lambda: defaultdict(list))
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def answer(self, call: Call) -> bytes:
        """SQS's answer to a request."""
        asked = json.loads(call.body)
        if call.operation == "CreateQueue":
            return json.dumps(
                {"QueueUrl": f"https://sqs.ca-central-1.amazonaws.com/123456789012/{asked['QueueName']}"}
            ).encode()
        return json.dumps(self._answered(call.operation, str(asked["QueueUrl"]).rpartition("/")[2], asked)).encode()

    def _answered(self, operation: str, name: str, asked: dict[str, Any]) -> dict[str, Any]:
        if operation == "SendMessage":
            return self._sent(name, asked)
        if operation == "SendMessageBatch":
            return {
                "Successful": [{"Id": one["Id"], **self._sent(name, one)} for one in asked["Entries"]],
                "Failed": [],
            }
        if operation == "ReceiveMessage":
            taken = self.take(name)
            most = int(asked.get("MaxNumberOfMessages", 1))
            self.lie[name] += [(self.clock(), message) for message in taken[most:]]
            return {"Messages": taken[:most]} if taken else {}
        assert operation == "DeleteMessage", f"the stage's queues do not know {operation}"
        return {}

    def send(self, queue: str, body: str, attributes: dict[str, Any] | None = None, delay: int = 0) -> str:
        """Put a message into the queue; its id."""
        assert 0 < len(body.encode()) <= MAX_BYTES, "SQS refuses messages that are empty or larger than 1 MiB"
        assert 0 <= delay <= MAX_DELAY, f"SQS holds nothing back for {delay} seconds"
        now, message_id = self.clock(), f"message-{next(self._numbers):08d}"
        message = {
            "MessageId": message_id,
            "ReceiptHandle": f"receipt-{message_id}",
            "Body": body,
            "MD5OfBody": _md5(body),
            "MessageAttributes": attributes or {},
            "Attributes": {"SentTimestamp": str(int(now.timestamp() * 1000))},
        }
        self.lie[queue].append((now + timedelta(seconds=delay), message))
        return message_id

    def take(self, queue: str) -> list[dict[str, Any]]:
        """Every message that can be seen, taken out, in the order in which they came."""
        now, waiting = self.clock(), self.lie.pop(queue, [])
        later = [one for one in waiting if one[0] > now]
        if later:
            self.lie[queue] = later
        return [message for visible_at, message in waiting if visible_at <= now]

    def next_visible(self, queues: list[str]) -> datetime | None:
        """When the first message of `queues` that is held back can be seen."""
        return min((visible_at for name in queues for visible_at, _ in self.lie.get(name, ())), default=None)

    def _sent(self, queue: str, asked: dict[str, Any]) -> dict[str, str]:
        body = asked["MessageBody"]
        message_id = self.send(queue, body, asked.get("MessageAttributes"), int(asked.get("DelaySeconds", 0)))
        return {"MessageId": message_id, "MD5OfMessageBody": _md5(body)}


def _md5(body: str) -> str:
    return md5(body.encode(), usedforsecurity=False).hexdigest()
