"""What a billing run asks of AWS, counted on the wire: requests by who sends them, capacity units by partition key.

Units follow `tests.bench.capacity`. Transactions weigh twice on the table, once on its indexes, which are written afterwards. What
an item was before is remembered from the last write of it, so nothing is asked besides.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from botocore.httpsession import URLLib3Session

from skuflow.billing.announcements import translate
from skuflow.platform.event_bus import Change
from tests.bench.capacity import Item, read_units, size_of, write_units
from tests.calls import WorkerKilled
from tests.tables import LAYOUTS, table_name

_BILLING = table_name("billing")
_INDEXES = LAYOUTS["billing"].indexes
_READS = frozenset({"BatchGetItem", "GetItem", "Query"})

Key = tuple[str, str]
"""Where units were used: a table or an index, and the partition key."""


@dataclass(frozen=True, slots=True)
class _Held:
    """An item as it lies there: its bytes, and its entry in each index (partition key, bytes, all keys)."""

    size: int
    entries: tuple[tuple[str, int, str] | None, ...]


@dataclass(slots=True)
class Book:
    """`requests` by (who, service and operation), `writes` by kind of item, units by partition. `kill_after`: from so many
    requests on, each has whoever sent it die before the answer: AWS has acted, the caller never knows."""

    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    writes: Counter[str] = field(default_factory=Counter)
    write_units: Counter[Key] = field(default_factory=Counter)
    read_units: defaultdict[Key, float] = field(default_factory=lambda: defaultdict(float))
    events: Counter[str] = field(default_factory=Counter)
    kill_after: int | None = None
    _held: dict[Key, _Held] = field(default_factory=dict)
    _runs: dict[Key, Item] = field(default_factory=dict)
    _own: threading.local = field(default_factory=threading.local)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def kept_for(self, who: str) -> Iterator[None]:
        """Count what this thread asks inside the block as asked by `who`; elsewhere only items are remembered."""
        self._own.who = who
        try:
            yield
        finally:
            self._own.who = ""

    @contextmanager
    def open(self) -> Iterator[None]:
        """Look at every request of the process."""
        book, send = self, URLLib3Session.send

        def seen(session: URLLib3Session, request: Any) -> Any:
            answer = send(session, request)
            book.see(request, answer)
            return answer

        URLLib3Session.send = seen  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            URLLib3Session.send = send  # type: ignore[method-assign]

    def see(self, request: Any, answer: Any) -> None:
        target = request.headers.get("X-Amz-Target", b"")
        target = target.decode() if isinstance(target, bytes) else str(target)
        service, _, operation = target.partition(".")
        who = getattr(self._own, "who", "")
        body = msgspec.json.decode(request.body) if service.startswith("DynamoDB") else None
        read = msgspec.json.decode(answer.content) if who and operation in _READS else None
        with self._lock:
            if who:
                self.requests[who, f"{'sqs' if body is None else 'dynamodb'}:{operation}"] += 1
            if body is not None and answer.status_code == 200:
                for table, item, weight in _written(operation, body):
                    self._write(table, item, weight, counted=bool(who))
                if read is not None:
                    self._read(operation, body, read)
            dies = who and self.kill_after is not None and self.requests.total() >= self.kill_after
        if dies:
            raise WorkerKilled(f"killed after {operation}")

    def _write(self, table: str, item: Item, weight: int, *, counted: bool) -> None:
        key = item["pk"]["S"], item["sk"]["S"]
        before, after = self._held.get(key), _held(table, item)
        self._held[key] = after
        if not counted:
            return
        self.writes[key[1].split("#")[0]] += 1
        self.write_units[table, key[0]] += weight * write_units(max(after.size, before.size if before else 0))
        for place, (index, _, _) in enumerate(_INDEXES if table == _BILLING else ()):
            old, new = before.entries[place] if before else None, after.entries[place]
            for entry in (old, new) if old != new else ():
                if entry is not None:
                    self.write_units[index, entry[0]] += write_units(entry[1])
        if key[1] == "RUN":
            told = translate(Change(self._runs.get(key), item, expired=False)).events
            self.events.update(event.name for event in told)
            self._runs[key] = item

    def _read(self, operation: str, asked: Any, answer: Any) -> None:
        if operation == "BatchGetItem":
            for table, items in answer["Responses"].items():
                for item in items:
                    self.read_units[table, item["pk"]["S"]] += read_units(size_of(item), consistent=True)
            return
        items = answer.get("Items") or [each for each in (answer.get("Item"),) if each]
        place, pk = asked.get("IndexName") or asked["TableName"], _partition_asked(asked)
        consistent = bool(asked.get("ConsistentRead"))
        self.read_units[place, pk] += read_units(sum(map(size_of, items)), consistent=consistent)


def _partition_asked(asked: Any) -> str:
    if "Key" in asked:
        return str(asked["Key"]["pk"]["S"])
    first = asked["KeyConditionExpression"].split("=")[1].split()[0].strip("()")
    return str(asked["ExpressionAttributeValues"][first]["S"])


def _held(table: str, item: Item) -> _Held:
    indexes = _INDEXES if table == _BILLING else ()
    return _Held(size_of(item), tuple(_entry(item, pk, sk) for _, pk, sk in indexes))


def _entry(item: Item, pk: str, sk: str) -> tuple[str, int, str] | None:
    if pk not in item or sk not in item:
        return None
    kept = {name: item[name] for name in ("pk", "sk", pk, sk)}
    return item[pk]["S"], size_of(kept), item[sk]["S"]


_WRITERS: dict[str, Callable[[Any], Iterator[tuple[str, Item, int]]]] = {
    "PutItem": lambda body: iter([(body["TableName"], body["Item"], 1)]),
    # A tally is the only item that is changed in place: a hundred numbers and three sums, below 1 KB.
    "UpdateItem": lambda body: iter([(body["TableName"], body["Key"], 1)]),
    "TransactWriteItems": lambda body: (
        (each["TableName"], each.get("Item") or each["Key"], 2)
        for operation in body["TransactItems"]
        for each in operation.values()
    ),
    "BatchWriteItem": lambda body: (
        (table, each["PutRequest"]["Item"], 1)
        for table, entries in body["RequestItems"].items()
        for each in entries
        if "PutRequest" in each
    ),
}


def _written(operation: str, body: Any) -> Iterator[tuple[str, Item, int]]:
    """Table, item as it is now, and weight of every write of a request."""
    writer = _WRITERS.get(operation)
    return writer(body) if writer is not None else iter(())
