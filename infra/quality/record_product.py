"""functions/quality/record_product: keeps quality's copy of the products. Each message is one write, so many go together."""

from __future__ import annotations

from aws_cdk import aws_events as events

from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction
from infra.quality.data import QualityData

TIMEOUT_SECONDS = 60


def add(stack: ContextStack, *, bus: events.IEventBus, data: QualityData) -> None:
    inbox = Inbox(stack, "record_product", timeout_seconds=TIMEOUT_SECONDS)
    inbox.receive_events(bus, source="skuflow.catalog", names=["ProductChanged", "ProductRemoved"])
    function = PythonFunction(
        stack,
        "record_product",
        purpose="Keeps quality's copy of the products",
        environment={"QUALITY_TABLE": data.table.name, **inbox.environment},
        memory_mb=512,
        timeout_seconds=TIMEOUT_SECONDS,
    )
    data.table.allow(function, "BatchWriteItem", "GetItem", "PutItem", "Query")
    inbox.feed(function, batch_size=10, max_concurrency=10)
