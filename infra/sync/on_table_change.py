"""functions/sync/on_table_change: the only publisher of sync's events."""

from __future__ import annotations

from aws_cdk import aws_events as events

from infra.constructs.context_stack import ContextStack
from infra.constructs.python_function import PythonFunction
from infra.constructs.stream_consumer import StreamReader
from infra.sync.data import SyncData

_HANDED_OVER = [{"prefix": "SLICE#"}, "INTAKE", {"prefix": "REQUEST#"}]
_CHANGING = ["IMPORT", "SHOP", "RUN", {"prefix": "ORDER#"}]
TOLD = (
    {"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": _HANDED_OVER}}}},
    {"eventName": ["INSERT", "MODIFY"], "dynamodb": {"Keys": {"sk": {"S": _CHANGING}}}},
)
"""What others hear of: what was read of a file, a shop or its webhooks, with its batches; privacy requests; imports and runs that
have ended; shops that come and go; orders."""


def add(stack: ContextStack, *, bus: events.IEventBus, data: SyncData) -> None:
    reader = StreamReader(stack, "on_table_change")
    function = PythonFunction(
        stack,
        "on_table_change",
        purpose="Tells the bus of batches, imports, shops, runs and orders",
        environment={"EVENT_BUS": bus.event_bus_name, **reader.environment},
        memory_mb=512,
        timeout_seconds=60,
    )
    function.allow("events:PutEvents", on=[bus.event_bus_arn])
    reader.feed(function, data.table, only=TOLD)
