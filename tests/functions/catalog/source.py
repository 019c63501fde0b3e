"""A source that shows states of its products, says what it deleted, and is read to its end; the catalogue hears of it in queues."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import msgspec

from functions.catalog.remove_vanished_products import handler as remove_vanished_products
from skuflow.catalog.batch_file import S3BatchFiles
from skuflow.catalog.deps import RemoveVanishedProductsDeps
from skuflow.catalog.inbox import Inbox
from skuflow.catalog.product_store import DynamoProductStore
from skuflow.catalog.remove_vanished import Removing
from skuflow.catalog.search_store import SearchStore
from skuflow.contracts.sync import SourceProduct, SourceProductsGone, SourceSnapshotRead, SourceVariant
from skuflow.kernel.events import Cause, Event, event_id
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client, sqs_client
from tests.doubles import START, FakeLambdaContext
from tests.functions.catalog.floor import Floor
from tests.product_batches import BUCKET, CLIENT, Batch, bus_message, product, put_file, queue_event

SHOP = "shopify:harbour.myshopify.com"


def at(seconds: float) -> str:
    """The moment so many seconds after the tests' start of time."""
    return (START + timedelta(seconds=seconds)).isoformat()


def state(key: str, seconds: float, *variants: SourceVariant, **more: Any) -> SourceProduct:
    return product(key, *variants, observed_at=at(seconds), **more)


@dataclass
class Source:
    """One source of one client's. Whatever it says is one message, delivered by the test."""

    floor: Floor
    name: str = SHOP
    client_id: ClientId = CLIENT
    remaining_ms: int = 60_000
    inbox_url: str = field(init=False)
    _numbers: count[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.inbox_url = client("sqs").create_queue(QueueName="remove-vanished-products")["QueueUrl"]

    def batch(self, *states: SourceProduct, **more: Any) -> Batch:
        """A batch of whole products; its file is there."""
        name = f"itk_{self.name}_{next(self._numbers)}"
        made = Batch(
            states, **{"import_id": name, "source": self.name, "client_id": self.client_id, "complete": True, **more}
        )
        put_file(client("s3"), made)
        return made

    def shows(self, *states: SourceProduct, **more: Any) -> None:
        assert self.floor.deliver(self.batch(*states, **more)) == {"batchItemFailures": []}
        self.floor.clock.advance(seconds=1)

    def gone(self, *keys: str, seconds: float) -> str:
        """The message that these products were deleted."""
        return self._message("SourceProductsGone", SourceProductsGone(self.name, keys, at(seconds)), keys[0])

    def snapshot(self, keys: Iterable[str], *, seconds: float, run_id: str = "run_1", **more: Any) -> str:
        """The message that the source was read to its end and has these products; `more`: fields of SourceSnapshotRead."""
        lines = sorted(keys)
        key = f"bulk/{self.client_id}/{run_id}/keys"
        client("s3").put_object(Bucket=BUCKET, Key=key, Body="".join(f"{line}\n" for line in lines).encode())
        told = {"run_id": run_id, "source": self.name, "bucket": BUCKET, "key": key, "products": len(lines)}
        return self._message(
            "SourceSnapshotRead", SourceSnapshotRead(**{**told, "observed_at": at(seconds), **more}), run_id
        )

    def _message(self, name: str, data: Any, part: str) -> str:
        event = Event(
            event_id(self.client_id, name, part, data.observed_at),
            name,
            "skuflow.sync",
            START,
            self.client_id,
            1,
            Cause("webhook-1"),
            msgspec.to_builtins(data),
        )
        return bus_message(event)

    def deps(self) -> RemoveVanishedProductsDeps:
        table = self.floor.table
        removing = Removing(
            S3BatchFiles(client("s3"), BUCKET), DynamoProductStore(table), SearchStore(table), self.floor.clock
        )
        return RemoveVanishedProductsDeps(removing, Inbox(sqs_client, self.inbox_url), self.floor.dead_letters)

    def deliver(self, *bodies: str) -> Any:
        context = FakeLambdaContext(remaining_ms=self.remaining_ms)
        return remove_vanished_products.handle(queue_event(bodies), context, self.deps())

    def put_again(self) -> list[str]:
        """What the function sent to its own queue, taken out."""
        sqs, found = client("sqs"), []
        while messages := sqs.receive_message(QueueUrl=self.inbox_url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                sqs.delete_message(QueueUrl=self.inbox_url, ReceiptHandle=message["ReceiptHandle"])
                found.append(message["Body"])
        return found

    def finish(self, body: str) -> int:
        """Deliver the message and all that come of it; how many deliveries that took."""
        waiting, deliveries = [body], 0
        while waiting:
            assert self.deliver(waiting.pop()) == {"batchItemFailures": []}
            deliveries += 1
            waiting += self.put_again()
        return deliveries

    def products(self) -> set[str]:
        """Keys of the client's visible products, whatever source they are of."""
        items = self.floor.items("PRODUCT")
        return {json.loads(item["doc"]["S"])["key"] for item in items if "listing_pk" in item}


def searches(floor: Floor) -> list[dict[str, Any]]:
    """What SourceProductsRemoved tells, each time that it is told."""
    return [dict(event.data) for event in floor.read_stream() if event.name == "SourceProductsRemoved"]
