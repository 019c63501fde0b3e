"""functions/quality/on_table_change: the only publisher of quality's events."""

from __future__ import annotations

from aws_cdk import aws_events as events

from infra.constructs.context_stack import ContextStack
from infra.constructs.python_function import PythonFunction
from infra.constructs.stream_consumer import StreamReader
from infra.quality.data import QualityData

TOLD = (
    {"eventName": ["INSERT", "MODIFY"], "dynamodb": {"NewImage": {"status": {"S": ["completed", "decided"]}}}},
    {"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "ALERT#"}]}}}},
)
"""What others hear of: jobs that have come to their end, chunks whose fixes were decided on, alerts."""


def add(stack: ContextStack, *, bus: events.IEventBus, data: QualityData) -> None:
    reader = StreamReader(stack, "on_table_change")
    function = PythonFunction(
        stack,
        "on_table_change",
        purpose="Tells the bus of fixes, jobs and alerts",
        environment={"EVENT_BUS": bus.event_bus_name, **reader.environment},
        memory_mb=512,
        timeout_seconds=60,
    )
    function.allow("events:PutEvents", on=[bus.event_bus_arn])
    reader.feed(function, data.table, only=TOLD)
