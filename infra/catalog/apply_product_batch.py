"""functions/catalog/apply_product_batch: one batch file of products into the table. The cap bounds the write rate."""

from __future__ import annotations

from aws_cdk import aws_events as events

from infra.constructs import bucket_objects
from infra.constructs.context_stack import ContextStack
from infra.constructs.context_table import ContextTable
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction

TIMEOUT_SECONDS = 60


def add(stack: ContextStack, *, bus: events.IEventBus, table: ContextTable) -> None:
    inbox = Inbox(stack, "apply_product_batch", timeout_seconds=TIMEOUT_SECONDS)
    inbox.receive_events(bus, source="skuflow.sync", names=["ProductBatchReady"])
    function = PythonFunction(
        stack,
        "apply_product_batch",
        purpose="Creates and updates the products of one batch",
        environment={
            "CATALOG_TABLE": table.name,
            "BATCH_BUCKET": stack.stage.upload_bucket,
            **inbox.environment,
        },
        memory_mb=1024,
        timeout_seconds=TIMEOUT_SECONDS,
        layers=["layer-text"],
    )
    table.allow(function, "BatchGetItem", "PutItem")
    bucket_objects.allow(stack, function, "GetObject", "batches/")
    inbox.feed(function, batch_size=1, max_concurrency=10)
