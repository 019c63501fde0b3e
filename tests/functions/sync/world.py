"""The sync context in one process: real handlers, AWS in memory, and a catalogue that only counts.

`settle` carries messages between queues, stream and handlers until nothing moves, as AWS would. A handler that dies leaves
its message in the queue, to be delivered again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import botocore.client
import pytest

from functions.sync.api.handler import handle as api
from functions.sync.on_table_change.handler import handle as on_table_change
from functions.sync.read_import.handler import handle as read_import
from functions.sync.receive_upload.handler import handle as receive_upload
from functions.sync.record_batch_outcome.handler import handle as record_batch_outcome
from functions.sync.write_report.handler import handle as write_report
from skuflow.platform.aws import client
from skuflow.sync import wiring
from skuflow.sync.reading.source import Limits
from tests.doubles import CountedIds, FakeClock, FakeLambdaContext, RecordingBus
from tests.functions.sync.counting_catalogue import CountingCatalogue
from tests.http import CLIENT, Answer, Api
from tests.streams import TableStream
from tests.tables import table_name

BUCKET = "skuflow-test-uploads"
QUEUES = ("uploads", "work", "reports", "outcomes", "dead-letters", "rejects")


class Killed(BaseException):
    """The process ended here. Not an Exception: nothing gets to tidy up."""


@dataclass(slots=True)
class World:
    clock: FakeClock
    queues: dict[str, str]
    stream: TableStream
    bus: RecordingBus
    catalogue: CountingCatalogue
    deps: dict[str, Any]
    context: FakeLambdaContext
    _announced: int = 0

    # what a caller does

    def call(self, method: str, path: str, **how: Any) -> Answer:
        return Api(api, self.deps["api"]).call(method, path, **how)

    def start(self, file_name: str = "catalogue.csv", *, client_id: str = CLIENT, **body: Any) -> dict[str, Any]:
        """The answer to POST /v1/imports."""
        answer = self.call("POST", "/v1/imports", client_id=client_id, body={"file_name": file_name, **body})
        assert answer.status == 201, answer.body
        return dict(answer.body)

    def upload(self, started: dict[str, Any], content: bytes, *, notices: int = 1) -> None:
        """Puts `content` where the form puts it, and tells so `notices` times."""
        key = started["upload"]["fields"]["key"]
        client("s3").put_object(Bucket=BUCKET, Key=key, Body=content)
        for _ in range(notices):
            self.send("uploads", s3_notice(key, len(content)))

    def bring(self, content: bytes, file_name: str = "catalogue.csv", **how: Any) -> dict[str, Any]:
        """A whole import, start to end; returns it as GET shows it."""
        started = self.start(file_name, **how)
        self.upload(started, content)
        self.settle()
        return self.show(started["import"]["import_id"], client_id=how.get("client_id", CLIENT))

    def show(self, import_id: str, *, client_id: str = CLIENT) -> dict[str, Any]:
        answer = self.call("GET", f"/v1/imports/{import_id}", client_id=client_id)
        assert answer.status == 200, answer.body
        return dict(answer.body)

    def report(self, import_id: str, *, client_id: str = CLIENT, limit: int = 200) -> list[dict[str, Any]]:
        """All rows of the report, page by page."""
        rows: list[dict[str, Any]] = []
        query: dict[str, Any] = {"limit": limit}
        while True:
            page = self.call("GET", f"/v1/imports/{import_id}/report", client_id=client_id, query=query).body
            rows += page["items"]
            if page["next_cursor"] is None:
                return rows
            query["cursor"] = page["next_cursor"]

    def result(self, import_id: str, name: str, *, client_id: str = CLIENT) -> bytes:
        return client("s3").get_object(Bucket=BUCKET, Key=f"results/{client_id}/{import_id}/{name}")["Body"].read()

    def events(self, name: str) -> list[dict[str, Any]]:
        """The details of all events of that name, repeats included."""
        return [json.loads(entry["Detail"]) for entry in self.bus.entries if entry["DetailType"] == name]

    # what AWS does

    def send(self, queue: str, body: Any) -> None:
        client("sqs").send_message(QueueUrl=self.queues[queue], MessageBody=json.dumps(body))

    def waiting(self, queue: str) -> list[dict[str, Any]]:
        """The messages in `queue`, which stay there."""
        answer = client("sqs").receive_message(
            QueueUrl=self.queues[queue], MaxNumberOfMessages=10, VisibilityTimeout=0, MessageAttributeNames=["All"]
        )
        return [dict(message) for message in answer.get("Messages", [])]

    def forget(self, queue: str, message: dict[str, Any]) -> None:
        client("sqs").delete_message(QueueUrl=self.queues[queue], ReceiptHandle=message["ReceiptHandle"])

    def settle(self) -> None:
        """Deliver everything until nothing moves."""
        while self._step():
            pass

    def _step(self) -> bool:
        moved = self.announce()
        for queue in HANDLERS:
            moved = self.deliver(queue) or moved
        return moved

    def announce(self) -> bool:
        """Stream to bus, bus to catalogue, catalogue to queue."""
        records = self.stream.take()
        if records is not None:
            on_table_change(records, self.context, self.deps["on_table_change"])
        fresh = self.bus.entries[self._announced :]
        self._announced = len(self.bus.entries)
        for entry in fresh:
            if entry["DetailType"] == "ProductBatchReady":
                self.send("outcomes", self.catalogue.apply(json.loads(entry["Detail"])))
        return records is not None

    def deliver(self, queue: str) -> bool:
        """One batch of `queue` to its handler; what it has done is deleted. True if there was anything."""
        messages = self.waiting(queue)
        if not messages:
            return False
        handle = HANDLERS[queue]
        event = {"Records": [sqs_record(message) for message in messages]}
        answer = handle(event, self.context, self.deps[handle.__module__.split(".")[2]])
        failed = {item["itemIdentifier"] for item in answer["batchItemFailures"]}
        for message in messages:
            if message["MessageId"] not in failed:
                self.forget(queue, message)
        assert len(failed) < len(messages), f"{queue} does not get anywhere"
        return True


FUNCTIONS = ("api", "receive_upload", "read_import", "record_batch_outcome", "write_report", "on_table_change")
HANDLERS: dict[str, Callable[..., Any]] = {
    "uploads": receive_upload,
    "work": read_import,
    "outcomes": record_batch_outcome,
    "reports": write_report,
}


def make_world(table: str, idempotency: str, clock: FakeClock, new_id: CountedIds, env: pytest.MonkeyPatch) -> World:
    s3, sqs = client("s3"), client("sqs")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ca-central-1"})
    queues = {name: sqs.create_queue(QueueName=f"skuflow-test-{name}")["QueueUrl"] for name in QUEUES}
    for name, value in {
        "SYNC_TABLE": table,
        "UPLOAD_BUCKET": BUCKET,
        "IDEMPOTENCY_TABLE": idempotency,
        "OUTBOUND_TABLE": table_name("outbound"),
        "WORK_QUEUE_URL": queues["work"],
        "SHOP_QUEUE_URL": queues["work"],
        "REPORT_QUEUE_URL": queues["reports"],
        "DEAD_LETTER_QUEUE_URL": queues["dead-letters"],
        "REJECTS_QUEUE_URL": queues["rejects"],
        "EVENT_BUS": "skuflow-test",
        "FLAGS_APPLICATION": "skuflow",
        "FLAGS_ENVIRONMENT": "test",
        "FLAGS_PROFILE": "flags",
    }.items():
        env.setenv(name, value)
    bus = RecordingBus()
    built = {name: getattr(wiring, f"build_{name}")() for name in FUNCTIONS}
    timed = {
        name: _sharing(deps, built["read_import"], clock) for name, deps in built.items() if name != "on_table_change"
    }
    timed["api"] = replace(timed["api"], new_id=new_id)
    timed["receive_upload"] = replace(timed["receive_upload"], accepts_suggestion=lambda client_id: True)
    sink = built["on_table_change"]
    return World(
        clock=clock,
        queues=queues,
        stream=TableStream(table),
        bus=bus,
        catalogue=CountingCatalogue(),
        deps={**timed, "on_table_change": replace(sink, bus=replace(sink.bus, events=bus))},
        context=FakeLambdaContext(remaining_ms=300_000),
    )


def _sharing(deps: Any, other: Any, clock: FakeClock) -> Any:
    """`deps` on the stores of `other`: each table opens a client of its own, and six of them cost a test half a second."""
    stores = {name: getattr(other, name) for name in ("imports", "progress", "mappings") if hasattr(deps, name)}
    return replace(deps, clock=clock, **stores)


def with_limits(world: World, limits: Limits) -> World:
    """`world`, in which the functions that read files work within `limits`."""
    for name in ("api", "receive_upload", "read_import"):
        world.deps[name] = replace(world.deps[name], limits=limits)
    return world


@contextmanager
def killed_after(calls: int, env: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The process dies right after its `calls`-th AWS call from here on; yields the list of calls made. The queue's own
    calls, which fetch and delete messages, are not the process's."""
    made: list[str] = []
    real = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(self: Any, operation_name: str, api_params: Any) -> Any:
        answer = real(self, operation_name, api_params)
        if operation_name not in {"ReceiveMessage", "DeleteMessage"}:
            made.append(operation_name)
            if len(made) == calls:
                raise Killed(operation_name)
        return answer

    with env.context() as patch:
        patch.setattr(botocore.client.BaseClient, "_make_api_call", call)
        yield made


def s3_notice(key: str, size: int = 1) -> dict[str, Any]:
    """What S3 tells of a new object. `key` holds nothing that would be escaped."""
    content = {"bucket": {"name": BUCKET}, "object": {"key": key, "size": size, "eTag": "e", "sequencer": "1"}}
    return {"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Post", "s3": content}]}


def sqs_record(message: dict[str, Any]) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:ca-central-1:123456789012:queue",
        "awsRegion": "ca-central-1",
    }
