"""The function `on_table_change`: the only publisher of a context's events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_events as events

from infra.constructs.context_stack import ContextStack
from infra.constructs.context_table import ContextTable
from infra.constructs.python_function import PythonFunction
from infra.constructs.stream_consumer import StreamReader


def add_publisher(
    stack: ContextStack, *, purpose: str, bus: events.IEventBus, table: ContextTable, told: Sequence[Mapping[str, Any]]
) -> None:
    """Have the function read those of `table`'s changes that match one of `told` (see StreamReader.feed) and publish on `bus`."""
    reader = StreamReader(stack, "on_table_change")
    function = PythonFunction(
        stack,
        "on_table_change",
        purpose=purpose,
        environment={"EVENT_BUS": bus.event_bus_name, **reader.environment},
        memory_mb=512,
        timeout_seconds=60,
    )
    function.allow("events:PutEvents", on=[bus.event_bus_arn])
    reader.feed(function, table, only=told)
