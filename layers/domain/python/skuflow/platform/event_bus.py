"""The only way out to the other contexts: a table's stream, turned into events, put on the bus.

State and event are one write, because the event is read off the table's stream. Order is kept per aggregate: what one stream
record says leaves together, and the next record of the same aggregate waits for it. A failed entry raises, the stream
delivers the batch again, and event ids stay the same, so consumers see a duplicate at worst.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from skuflow.kernel.errors import PermanentError, TooLarge, TransientError
from skuflow.kernel.events import Event
from skuflow.platform.consumer import DeadLetters
from skuflow.platform.observability import count, logger

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

T = TypeVar("T")

MAX_ENTRIES = 10
MAX_BYTES = 240_000
"""PutEvents takes 10 entries and 256 KB (262,144 bytes) a call; the rest is left for the entries' other fields."""

Image = Mapping[str, Any]
"""A stream image in DynamoDB JSON."""


@dataclass(frozen=True, slots=True)
class Change:
    """One stream record: the item before and after (None: it did not exist, or no longer does)."""

    old: Image | None
    new: Image | None
    expired: bool
    """True when DynamoDB's TTL removed the item."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """The events that one change gives rise to. `aggregate` is what order is kept within."""

    aggregate: str
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class EventBus:
    events: EventBridgeClient
    name: str

    def publish(self, announcements: Iterable[Announcement]) -> int:
        """Put all events on the bus, in order per aggregate; returns how many. Raises TransientError if any was not taken."""
        sent = 0
        for entries in _batches((one.aggregate, [self._entry(event) for event in one.events]) for one in announcements):
            answer = self.events.put_events(Entries=entries)
            if answer["FailedEntryCount"]:
                codes = sorted({entry["ErrorCode"] for entry in answer["Entries"] if "ErrorCode" in entry})
                raise TransientError(
                    f"the bus refused {answer['FailedEntryCount']} of {len(entries)} events: {', '.join(codes)}"
                )
            sent += len(entries)
        count("EventsPublished", sent)
        return sent

    def _entry(self, event: Event) -> PutEventsRequestEntryTypeDef:
        return {
            "EventBusName": self.name,
            "Source": event.source,
            "DetailType": event.name,
            "Time": event.occurred_at,
            "Detail": _detail(event),
        }


def _detail(event: Event) -> str:
    return json.dumps(event.envelope(), separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _batches(
    groups: Iterable[tuple[str, list[PutEventsRequestEntryTypeDef]]],
) -> Iterator[list[PutEventsRequestEntryTypeDef]]:
    """Calls' worth of entries. A group whose aggregate already has entries in the batch starts a new one."""
    batch: list[PutEventsRequestEntryTypeDef] = []
    size = 0
    waiting: set[str] = set()
    for aggregate, entries in groups:
        full = aggregate in waiting
        for entry in entries:
            weight = len(entry["Detail"].encode())
            if batch and (full or len(batch) == MAX_ENTRIES or size + weight > MAX_BYTES):
                yield batch
                batch, size, waiting = [], 0, set()
            full = False
            batch.append(entry)
            size += weight
            waiting.add(aggregate)
    if batch:
        yield batch


def changes(event: Any) -> Iterator[tuple[Any, Change]]:
    """The records of a DynamoDB stream `event`, each with its Change."""
    for record in event["Records"]:
        images = record["dynamodb"]
        identity = record.get("userIdentity") or {}
        expired = identity.get("principalId") == "dynamodb.amazonaws.com"
        yield record, Change(images.get("OldImage"), images.get("NewImage"), expired)


def translated(event: Any, translate: Callable[[Change], T], rejects: DeadLetters) -> Iterator[T]:
    """`translate` of every record of a stream `event`, in order. A TransientError is raised, so that the batch comes again. A
    record on which anything else fails would fail for ever and hold up all behind it: it goes to `rejects` with the reason."""
    for record, change in changes(event):
        try:
            result = translate(change)
        except TransientError:
            raise
        except PermanentError as error:
            _put_aside(record, f"{error.code}: {error.detail}", rejects)
        except Exception as error:
            logger().exception("a stream record cannot be translated")
            _put_aside(record, f"{type(error).__name__}: {error}", rejects)
        else:
            yield result


def announce(event: Any, translate: Callable[[Change], Announcement], bus: EventBus, rejects: DeadLetters) -> int:
    """Turn a stream `event` into bus events and publish them; returns how many. `translate` is pure."""

    def fitting(change: Change) -> Announcement:
        announcement = translate(change)
        for said in announcement.events:
            if len(_detail(said).encode()) > MAX_BYTES:
                raise TooLarge(f"{said.name} {said.event_id} does not fit on the bus")
        return announcement

    return bus.publish(translated(event, fitting, rejects))


def _put_aside(record: Any, reason: str, rejects: DeadLetters) -> None:
    logger().error("stream record put aside", extra={"reason": reason})
    count("RecordsPutAside")
    body = json.dumps(record, default=str)
    if len(body) > MAX_BYTES:
        slim = {name: value for name, value in record["dynamodb"].items() if name not in {"OldImage", "NewImage"}}
        body = json.dumps({**record, "dynamodb": slim}, default=str)
    rejects.put(body, reason)
