"""functions/sync/on_table_change: the only publisher of sync's events."""

from __future__ import annotations

from aws_cdk import aws_events as events

from infra.constructs.context_stack import ContextStack
from infra.constructs.python_function import PythonFunction
from infra.constructs.stream_consumer import StreamReader
from infra.sync.data import SyncData

TOLD = (
    {"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "SLICE#"}]}}}},
    {"eventName": ["INSERT", "MODIFY"], "dynamodb": {"Keys": {"sk": {"S": ["IMPORT"]}}}},
)
"""What others hear of: a slice that was read, with its batches, and an import that has ended."""


def add(stack: ContextStack, *, bus: events.IEventBus, data: SyncData) -> None:
    reader = StreamReader(stack, "on_table_change")
    function = PythonFunction(
        stack,
        "on_table_change",
        purpose="Puts ProductBatchReady, ImportCompleted and ImportFailed on the bus",
        environment={"EVENT_BUS": bus.event_bus_name, **reader.environment},
        memory_mb=512,
        timeout_seconds=60,
    )
    function.allow("events:PutEvents", on=[bus.event_bus_arn])
    reader.feed(function, data.table, only=TOLD)
