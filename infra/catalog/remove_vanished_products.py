"""functions/catalog/remove_vanished_products: what a source no longer has leaves the catalogue, some at a time."""

from __future__ import annotations

from aws_cdk import aws_events as events

from infra.constructs import bucket_objects
from infra.constructs.context_stack import ContextStack
from infra.constructs.context_table import ContextTable
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction

TIMEOUT_SECONDS = 120


def add(stack: ContextStack, *, bus: events.IEventBus, table: ContextTable) -> None:
    inbox = Inbox(stack, "remove_vanished_products", timeout_seconds=TIMEOUT_SECONDS)
    inbox.receive_events(bus, source="skuflow.sync", names=["SourceProductsGone", "SourceSnapshotRead"])
    function = PythonFunction(
        stack,
        "remove_vanished_products",
        purpose="Removes products that their source has deleted",
        environment={
            "CATALOG_TABLE": table.name,
            "BATCH_BUCKET": stack.stage.upload_bucket,
            "INBOX_QUEUE_URL": inbox.url,
            **inbox.environment,
        },
        memory_mb=1024,
        timeout_seconds=TIMEOUT_SECONDS,
        calls_itself=True,
    )
    table.allow(function, "BatchGetItem", "PutItem", "Query", indexes=["listing"])
    bucket_objects.allow(stack, function, "GetObject", "bulk/")
    inbox.accept_from(function)
    inbox.feed(function, batch_size=1, max_concurrency=5)
