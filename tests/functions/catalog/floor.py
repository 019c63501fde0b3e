"""The catalogue's own functions on one table in memory: batches in, events and projections out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from functions.catalog.apply_product_batch import handler as apply_product_batch
from functions.catalog.on_table_change import handler as on_table_change
from functions.catalog.update_projections import handler as update_projections
from skuflow.catalog.announcements import translate
from skuflow.catalog.apply_batch import Stores
from skuflow.catalog.batch_file import S3BatchFiles
from skuflow.catalog.batch_store import DynamoBatchStore
from skuflow.catalog.deps import ApplyProductBatchDeps, OnTableChangeDeps, UpdateProjectionsDeps
from skuflow.catalog.inventory_store import InventoryStore
from skuflow.catalog.product_store import DynamoProductStore
from skuflow.catalog.projections import DynamoProjections
from skuflow.catalog.store import CatalogItem
from skuflow.kernel.events import Event
from skuflow.platform.aws import client, session, sqs_client
from skuflow.platform.consumer import DeadLetters
from skuflow.platform.event_bus import EventBus, changes
from skuflow.platform.table import bind
from tests.doubles import FakeClock, FakeLambdaContext
from tests.http import Answer
from tests.product_batches import BUCKET, Batch, bus_message, put_file, queue_event
from tests.shop import Shop
from tests.streams import TableStream

BUS = "skuflow-test"


@dataclass
class Floor:
    """`read_stream` brings the projections up to date and returns the events of all that was written since the last time."""

    table_name: str
    shop: Shop
    clock: FakeClock
    dead_letters: DeadLetters = field(init=False)
    stream: TableStream = field(init=False)

    def __post_init__(self) -> None:
        queue = client("sqs").create_queue(QueueName="dead-letters")["QueueUrl"]
        client("events").create_event_bus(Name=BUS)
        client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ca-central-1"})
        self.dead_letters = DeadLetters(sqs_client, queue)
        self.stream = TableStream(self.table_name)

    def call(self, method: str, path: str, **how: Any) -> Answer:
        return self.shop.call(method, path, **how)

    @property
    def table(self) -> type[CatalogItem]:
        return bind(CatalogItem, self.table_name)

    def apply_deps(self) -> ApplyProductBatchDeps:
        table = self.table
        stores = Stores(
            S3BatchFiles(client("s3"), BUCKET),
            DynamoProductStore(table),
            InventoryStore(table),
            DynamoBatchStore(table),
            self.clock,
        )
        return ApplyProductBatchDeps(stores, self.dead_letters)

    def deliver(self, *batches: Batch) -> Any:
        """Hand the batches' events to the consumer, in one call; their files must be there."""
        event = queue_event(bus_message(batch.event) for batch in batches)
        return apply_product_batch.handle(event, FakeLambdaContext(), self.apply_deps())

    def load(self, batch: Batch) -> dict[str, Any]:
        """Store the batch's file, deliver it, and return the outcome that was told of it."""
        put_file(client("s3"), batch)
        assert self.deliver(batch) == {"batchItemFailures": []}
        (told,) = [event for event in self.read_stream() if event.name == "ProductBatchApplied"]
        return dict(told.data)

    def read_stream(self) -> list[Event]:
        event = self.stream.take()
        if event is None:
            return []
        self.project(event)
        return [one for _, change in changes(event) for one in translate(change).events]

    def project(self, event: Any) -> None:
        deps = UpdateProjectionsDeps(DynamoProjections(self.table), self.dead_letters)
        update_projections.handle(event, FakeLambdaContext(), deps)

    def announce(self, event: Any) -> None:
        bus = EventBus(client("events"), BUS)
        on_table_change.handle(event, FakeLambdaContext(), OnTableChangeDeps(bus, self.dead_letters))

    def parked(self) -> list[tuple[str, str]]:
        """(body, reason) of what was put aside."""
        sqs, url = client("sqs"), self.dead_letters.queue_url
        answer = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], MaxNumberOfMessages=10)
        messages = answer.get("Messages", [])
        return [(m["Body"], m["MessageAttributes"]["reason"]["StringValue"]) for m in messages]

    def items(self, *entities: str) -> list[dict[str, Any]]:
        """All items of the table, of these kinds if any are named."""
        found = session().create_client("dynamodb").scan(TableName=self.table_name)["Items"]
        return [item for item in found if not entities or item["entity"]["S"] in entities]


def facts(items: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Key -> content of items, without what may differ between two runs that come to the same."""
    return {f"{item['pk']['S']} {item['sk']['S']}": _content(item) for item in items}


def _content(item: dict[str, Any]) -> Any:
    kept = {name: value for name, value in item.items() if name not in {"expires_at", "doc"}}
    if item["entity"]["S"] == "BATCH":
        return kept | {"doc": json.loads(item["doc"]["S"])["outcome"]}
    return kept | {"doc": msgspec.json.decode(item["doc"]["S"])} if "doc" in item else kept
