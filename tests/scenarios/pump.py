"""Moves what lies between the functions until nothing is left to move: notifications, messages, stream records, bus events.

AWS promises at least once, in no particular order, several at a time. `Weather` says how much of that a story gets; the same
seed always gives the same weather.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.calls import Killer, Watcher, WorkerKilled
from tests.scenarios.stage import Stage, dead_letters_name, queue_name
from tests.scenarios.twins import at_once
from tests.scenarios.wires import MAX_RECEIVES, QUEUES, STREAMS

MAX_ROUNDS = 2_000
"""More than any story needs: beyond it something sends itself the same message for ever."""


MAX_DEATHS = 2
"""Deaths that one delivery meets at most: five would rightly park it among the dead letters."""


@dataclass(frozen=True, slots=True)
class Weather:
    """`duplicates`: chance that a message or stream batch comes twice. `shuffle`: messages lose their order. `deaths`: chance
    that the worker of a delivery is killed after one of its first `reach` requests to AWS; `twins`: chance that two workers have
    the same messages at the same time."""

    duplicates: float = 0.0
    shuffle: bool = False
    twins: float = 0.0
    deaths: float = 0.0
    reach: int = 12
    seed: int = 0


FAIR = Weather()


@dataclass(slots=True)
class Delivery:
    """One message on its way, with the number of times it was handed out."""

    door: str
    message: dict[str, Any]
    receives: int = 0


@dataclass(slots=True)
class Pump:
    stage: Stage
    weather: Weather = FAIR
    watcher: Watcher | None = None
    batch: int = 10
    remaining_ms: int = 60_000
    deaths: list[str] = field(default_factory=list)
    invocations: int = 0
    waits: int = 0
    _pending: list[Delivery] = field(default_factory=list)
    _records: dict[str, deque[list[dict[str, Any]]]] = field(default_factory=dict)
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.weather.seed)
        self._records = {door: deque() for door in STREAMS}

    def run(self) -> None:
        """Until everything is quiet. Raises AssertionError if it never is."""
        for _ in range(MAX_ROUNDS):
            self._collect()
            if not self._pending and not any(self._records.values()):
                if not self._wait():
                    return
                continue
            self._deliver_messages()
            self._deliver_records()
        raise AssertionError(f"still busy after {MAX_ROUNDS} rounds: {[d.door for d in self._pending]}")

    def _wait(self) -> bool:
        """Let the time pass until something that is held back can be seen; False if nothing is."""
        next_at = self.stage.queues.next_visible([queue_name(door) for door in QUEUES])
        if next_at is None:
            return False
        self.stage.time.advance(max((next_at - self.stage.time()).total_seconds(), 0.001))
        self.waits += 1
        return True

    def _collect(self) -> None:
        for door in QUEUES:
            for message in self.stage.take(queue_name(door)):
                copies = 1 + self._happens(self.weather.duplicates)
                self._pending += [Delivery(door, message) for _ in range(copies)]
        if self.weather.shuffle:
            self._chance.shuffle(self._pending)
        for context, stream in self.stage.streams.items():
            event = stream.take()
            if event is not None:
                for door in (door for door, table in STREAMS.items() if table == context):
                    self._records[door].append(event["Records"])

    def _deliver_messages(self) -> None:
        waiting, self._pending = self._pending, []
        for door in QUEUES:
            mine = [delivery for delivery in waiting if delivery.door == door]
            for start in range(0, len(mine), self.batch):
                self._deliver(door, mine[start : start + self.batch])

    def _deliver(self, door: str, batch: list[Delivery]) -> None:
        records = [_record(delivery) for delivery in batch]
        try:
            if self._happens(self.weather.twins):
                failed = self._invoke_twice(door, {"Records": records})
            else:
                failed = _failures(self._invoke(door, {"Records": records}, tried=max(d.receives for d in batch)))
        except WorkerKilled:
            failed = {record["messageId"] for record in records}
        for delivery, record in zip(batch, records, strict=True):
            if record["messageId"] in failed:
                self._return(delivery)

    def _return(self, delivery: Delivery) -> None:
        delivery.receives += 1
        if delivery.receives >= MAX_RECEIVES:
            message = delivery.message
            self.stage.queues.send(dead_letters_name(delivery.door), message["Body"], message["MessageAttributes"])
        else:
            self._pending.append(delivery)

    def _deliver_records(self) -> None:
        """Each stream in order; a batch that fails comes again before anything after it."""
        for door, batches in self._records.items():
            tried = 0
            while batches:
                try:
                    self._invoke(door, {"Records": batches[0]}, tried=tried)
                except WorkerKilled:
                    tried += 1
                    continue
                tried = 0
                if not self._happens(self.weather.duplicates):
                    batches.popleft()

    def _invoke(self, door: str, event: dict[str, Any], *, tried: int) -> Any:
        """`tried`: how often this delivery failed already; nobody is killed by the weather more than twice over the same."""
        self.invocations += 1
        watcher = self.watcher
        if tried < MAX_DEATHS and self._happens(self.weather.deaths):
            watcher = Killer(after=self._chance.randint(1, self.weather.reach))
        try:
            return self.stage.invoke(door, event, watcher=watcher, remaining_ms=self.remaining_ms)
        except WorkerKilled as death:
            self.deaths.append(f"{door}: {death}")
            self.stage.restart(door)
            raise

    def _invoke_twice(self, door: str, event: dict[str, Any]) -> set[str]:
        """Two processes at once; a message that one of them is done with is gone from the queue."""
        self.invocations += 2
        deps = [self.stage.deps(door), self.stage.new_deps(door)]
        works = [partial(self._work, door, event, own) for own in deps]
        first, second = at_once(works, self._chance)
        return _failures(first) & _failures(second)

    def _work(self, door: str, event: dict[str, Any], deps: Any, watcher: Watcher) -> Any:
        return self.stage.invoke(door, event, watcher=watcher, remaining_ms=self.remaining_ms, deps=deps)

    def _happens(self, chance: float) -> bool:
        return self._chance.random() < chance


def _failures(answer: Any) -> set[str]:
    """The message ids of a partial batch response."""
    return {item["itemIdentifier"] for item in (answer or {}).get("batchItemFailures", [])}


def _record(delivery: Delivery) -> dict[str, Any]:
    """An SQS message as Lambda's event source hands it over. Copies share the id, as redeliveries do."""
    message = delivery.message
    return {
        "messageId": f"{message['MessageId']}",
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": {**message["Attributes"], "ApproximateReceiveCount": str(delivery.receives + 1)},
        "messageAttributes": {
            name: {f"{key[0].lower()}{key[1:]}": value for key, value in attribute.items()}
            for name, attribute in message["MessageAttributes"].items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:ca-central-1:123456789012:{queue_name(delivery.door)}",
        "awsRegion": "ca-central-1",
    }
