"""sync/read_bulk_result in one process: the real handler, AWS in memory, and a file server that can be unkind."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from functions.sync.read_bulk_result.handler import handle
from skuflow.contracts.sync import BatchHeader, SourceProduct
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client, sqs_client
from skuflow.platform.consumer import DeadLetters, PutBack
from skuflow.platform.table import bind
from skuflow.sync.bucket import ImportBucket
from skuflow.sync.deps import ReadBulkResultDeps
from skuflow.sync.model import Slice
from skuflow.sync.progress_store import DynamoProgress
from skuflow.sync.report_rows import ReportRow, decoded
from skuflow.sync.runs.end_run import RunEnds
from skuflow.sync.runs.model import Run
from skuflow.sync.runs.spool import SpoolSizes
from skuflow.sync.runs.store import DynamoRuns
from skuflow.sync.runs.work import RunWork
from skuflow.sync.shops.model import Shop
from skuflow.sync.shops.orders import DynamoOrders
from skuflow.sync.shops.sealed import Lifetimes, SealedPair
from skuflow.sync.shops.store import DynamoShops
from skuflow.sync.store import SyncItem
from tests.doubles import START, FakeClock, FakeLambdaContext
from tests.http import CLIENT
from tests.shopify_result import Served

BUCKET = "skuflow-test-uploads"
SHOP = "lumen.myshopify.com"
URL = "https://storage.example.com/result.jsonl?signature=1"
OPERATION = "gid://shopify/BulkOperation/720918"
OBSERVED_AT = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)


@dataclass(slots=True)
class FakeAdmin:
    """Answers what reading asks a shop: where the result lies, and which orders have changed, two to a page. `refused` is what it
    says about orders instead. `asked` counts by the query's name."""

    url: str | None = None
    orders: list[dict[str, Any]] = field(default_factory=list)
    refused: Exception | None = None
    asked: Counter[str] = field(default_factory=Counter)
    searched: list[str] = field(default_factory=list)

    def query(self, client_id: ClientId, shop: str, query: Any, variables: Any = None) -> dict[str, Any]:
        self.asked[query.name] += 1
        if query.name == "bulk_state":
            assert variables == {"id": OPERATION}
            return {
                "bulkOperation": {"id": OPERATION, "status": "COMPLETED", "url": self.url, "partialDataUrl": self.url}
            }
        if self.refused is not None:
            raise self.refused
        if query.name == "order_lines":
            [order] = [one for one in self.orders if one["id"] == variables["id"]]
            return {"order": {"lineItems": _connection(order["lineItems"], int(variables["after"]), 2)}}
        assert query.name == "orders_changed"
        self.searched.append(variables["query"])
        page = _connection(self.orders, int(variables["after"] or 0), 2)
        nodes = [{**one, "lineItems": _connection(one["lineItems"], 0, 1)} for one in page["nodes"]]
        return {"orders": {**page, "nodes": nodes}}


def _connection(items: list[dict[str, Any]], start: int, size: int) -> dict[str, Any]:
    end = start + size
    return {"nodes": items[start:end], "pageInfo": {"hasNextPage": end < len(items), "endCursor": str(end)}}


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch file that was handed over."""

    header: BatchHeader
    products: tuple[SourceProduct, ...]


@dataclass(slots=True)
class BulkWorld:
    deps: ReadBulkResultDeps
    shops: DynamoShops
    served: Served
    admin: FakeAdmin
    clock: FakeClock
    queues: dict[str, str]
    context: FakeLambdaContext = field(default_factory=lambda: FakeLambdaContext(remaining_ms=300_000))

    def begin(self, content: bytes, run_id: str = "run_1", *, client_id: str = CLIENT, **changes: Any) -> str:
        """A run whose operation has ended with `content`; its id."""
        self.served.content = content
        run = Run(
            run_id=run_id,
            shop=SHOP,
            kind="first",
            status="reading",
            created_at=START,
            updated_at=START,
            cause=Cause("req_1"),
            currency="CAD",
            operation_id=OPERATION,
            observed_at=OBSERVED_AT,
            url=URL,
            size=len(content),
            objects=content.count(b"\n"),
        )
        self.deps.runs.save(ClientId(client_id), replace(run, **changes))
        return run_id

    def deliver(self, run_id: str = "run_1", *, client_id: str = CLIENT) -> list[str]:
        """One message about the run; which messages failed."""
        body = json.dumps({"client_id": client_id, "run_id": run_id})
        answer = handle({"Records": [sqs_record(body)]}, self.context, self.deps)
        return [one["itemIdentifier"] for one in answer["batchItemFailures"]]

    def read(self, content: bytes, run_id: str = "run_1", *, client_id: str = CLIENT, **changes: Any) -> Run:
        """A whole reading; the run afterwards."""
        self.begin(content, run_id, client_id=client_id, **changes)
        while self.run(run_id, client_id=client_id).status == "reading":
            assert self.deliver(run_id, client_id=client_id) == []
        return self.run(run_id, client_id=client_id)

    def run(self, run_id: str = "run_1", *, client_id: str = CLIENT) -> Run:
        return self.deps.runs.get(ClientId(client_id), run_id)

    def slices(self, run_id: str = "run_1", *, client_id: str = CLIENT) -> list[Slice]:
        return list(self.deps.progress.slices(ClientId(client_id), run_id))

    def batches(self, run_id: str = "run_1", *, client_id: str = CLIENT) -> list[Batch]:
        """What was handed over, in order."""
        return [
            _batch(self.deps.bucket.read(file.key))
            for part in self.slices(run_id, client_id=client_id)
            for file in part.files
        ]

    def products(self, run_id: str = "run_1", *, client_id: str = CLIENT) -> dict[str, SourceProduct]:
        found = [one for batch in self.batches(run_id, client_id=client_id) for one in batch.products]
        assert len({one.key for one in found}) == len(found)
        return {one.key: one for one in found}

    def remarks(self, run_id: str = "run_1", *, client_id: str = CLIENT) -> list[ReportRow]:
        keys = [part.rejects_key for part in self.slices(run_id, client_id=client_id) if part.rejects_key]
        return sorted((row for key in keys for row in decoded(self.deps.bucket.read(key))), key=lambda row: row.line)

    def snapshot(self, run_id: str = "run_1", *, client_id: str = CLIENT) -> list[str]:
        found = self.run(run_id, client_id=client_id).snapshot
        assert found is not None
        content: bytes = client("s3").get_object(Bucket=found.bucket, Key=found.key)["Body"].read()
        keys = content.decode().split()
        assert found.products == len(keys)
        return keys

    def waiting(self, queue: str) -> list[dict[str, Any]]:
        answer = client("sqs").receive_message(
            QueueUrl=self.queues[queue], MaxNumberOfMessages=10, VisibilityTimeout=0, MessageAttributeNames=["All"]
        )
        return [dict(message) for message in answer.get("Messages", [])]


def make_bulk_world(table_name: str, clock: FakeClock) -> BulkWorld:
    """A world of its own, with the bucket."""
    client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ca-central-1"})
    return bulk_world_in(table_name, clock)


def bulk_world_in(table_name: str, clock: FakeClock) -> BulkWorld:
    """As `make_bulk_world`, where there is a bucket."""
    queues = {
        name: client("sqs").create_queue(QueueName=f"skuflow-test-{name}")["QueueUrl"] for name in ("bulk", "dlq")
    }
    table = bind(SyncItem, table_name)
    runs, progress, shops = DynamoRuns(table), DynamoProgress(table), DynamoShops(table)
    shop = Shop(SHOP, "connected", ("read_products",), START, START, Cause("req_0"), currency="CAD", run_id="run_1")
    shops.connect(ClientId(CLIENT), shop, SealedPair(b"sealed", Lifetimes(START + timedelta(days=1), None)))
    served, admin = Served(b""), FakeAdmin()
    deps = ReadBulkResultDeps(
        runs=runs,
        ends=RunEnds(runs, shops, progress, clock),
        progress=progress,
        orders=DynamoOrders(table),
        bucket=ImportBucket(client("s3"), BUCKET),
        outbound=lambda: served,
        admin=lambda: admin,
        work=RunWork(sqs_client, queues["bulk"]),
        sizes=SpoolSizes(),
        clock=clock,
        dead_letters=DeadLetters(sqs_client, queues["dlq"]),
        put_back=PutBack(sqs_client, queues["bulk"], clock),
    )
    return BulkWorld(deps, shops, served, admin, clock, queues)


def sqs_record(body: str) -> dict[str, Any]:
    return {
        "messageId": "m-1",
        "receiptHandle": "r-1",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:ca-central-1:123456789012:bulk",
        "awsRegion": "ca-central-1",
    }


def _batch(content: bytes) -> Batch:
    first, *rest = content.splitlines()
    decoder = msgspec.json.Decoder(SourceProduct)
    return Batch(msgspec.json.decode(first, type=BatchHeader), tuple(map(decoder.decode, rest)))
