"""The functions of billing runs at work side by side, as many of each as infrastructure lets run, each with clients of its own."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from skuflow.platform.aws import client
from tests.bench.billing_wire import Book
from tests.calls import WorkerKilled
from tests.functions.billing.billing_world import QUEUES, BillingWorld, Doors, doors_at

AT_ONCE = {"PLANNING": 2, "BILLING": 10, "NUMBERING": 2}
"""Workers per queue, as infrastructure has it."""
POLLED_TOGETHER = {"PLANNING": 1, "BILLING": 1, "NUMBERING": 10}
"""Messages that an invocation gets at most, as infrastructure has it."""
_HIDDEN_SECONDS = 3600
_IDLE_SECONDS = 0.05
_MOST_FAILURES = 1000


@dataclass(slots=True)
class Fleet:
    """`invocations` and `failures` (messages that have to come again) per queue; `deepest`: messages that ever lay in a queue."""

    world: BillingWorld
    book: Book
    invocations: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    deepest: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    _dropped: list[tuple[str, str]] = field(default_factory=list)
    _busy: Counter[str] = field(default_factory=Counter)
    _over: threading.Event = field(default_factory=threading.Event)
    _errors: list[BaseException] = field(default_factory=list)

    def work(self) -> bool:
        """Work off the queues until they are empty, or until all workers are dead: then False. What the dead had in their hands
        lies in the queues again."""
        self._over.clear()
        before = self.kills
        workers = [
            threading.Thread(target=self._serve, args=(queue, doors_at(self.world.clock)), daemon=True)
            for queue in QUEUES
            for _ in range(AT_ONCE[queue])
        ]
        for worker in workers:
            worker.start()
        while any(worker.is_alive() for worker in workers) and not self._is_empty():
            time.sleep(1)
        self._over.set()
        for worker in workers:
            worker.join()
        if self._errors:
            raise self._errors[0]
        for queue, handle in self._dropped:
            self._give_back(queue, handle)
        self._dropped.clear()
        return self.kills == before

    def _is_empty(self) -> bool:
        if self._over.is_set():
            return True
        left = 0
        for queue in QUEUES:
            asked = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
            told = client("sqs").get_queue_attributes(QueueUrl=self.world.urls[queue], AttributeNames=asked)  # type: ignore[arg-type]
            waiting = [int(told["Attributes"][name]) for name in asked]  # type: ignore[index]
            self.deepest[queue] = max(self.deepest[queue], waiting[0])
            left += sum(waiting)
        return left == 0 and not any(self._busy.values())

    def _serve(self, queue: str, doors: Doors) -> None:
        try:
            while not self._over.is_set():
                if not self._served(queue, doors):
                    time.sleep(_IDLE_SECONDS)
        except WorkerKilled:
            self.kills += 1
            self._over.set()
        except BaseException as error:
            self._errors.append(error)
            self._over.set()

    def _served(self, queue: str, doors: Doors) -> bool:
        found: list[Any] = (
            client("sqs")
            .receive_message(
                QueueUrl=self.world.urls[queue],
                MaxNumberOfMessages=POLLED_TOGETHER[queue],
                VisibilityTimeout=_HIDDEN_SECONDS,
            )
            .get("Messages", [])
        )
        if not found:
            return False
        try:
            failed = self._handled(queue, doors, found)
        except WorkerKilled:
            self._dropped += [(queue, one["ReceiptHandle"]) for one in found]
            raise
        for one in found:
            if one["MessageId"] in failed:
                self._give_back(queue, one["ReceiptHandle"])
            else:
                client("sqs").delete_message(QueueUrl=self.world.urls[queue], ReceiptHandle=one["ReceiptHandle"])
        return True

    def _handled(self, queue: str, doors: Doors, found: list[Any]) -> set[str]:
        """The ids of the messages that have to come again."""
        with self.book.kept_for(queue):
            answer = doors.call(queue, {"Records": [_record(one) for one in found]})
        failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
        self.invocations[queue] += 1
        self.failures[queue] += len(failed)
        if self.failures[queue] > _MOST_FAILURES:
            raise RuntimeError(f"{queue} does not get done with its messages")
        return failed

    def _give_back(self, queue: str, handle: str) -> None:
        client("sqs").change_message_visibility(
            QueueUrl=self.world.urls[queue], ReceiptHandle=handle, VisibilityTimeout=0
        )


def _record(message: Any) -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": "1", "SentTimestamp": "1773480000000"}
    return {
        "messageId": message["MessageId"],
        "body": message["Body"],
        "attributes": attributes,
        "messageAttributes": {},
    }
