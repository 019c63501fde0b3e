"""functions/billing/on_table_change: the only publisher of billing's events."""

from __future__ import annotations

from aws_cdk import aws_events as events

from infra.billing.data import BillingData
from infra.constructs.context_stack import ContextStack
from infra.constructs.python_function import PythonFunction
from infra.constructs.stream_consumer import StreamReader

TOLD = (
    {
        "eventName": ["INSERT", "MODIFY"],
        "dynamodb": {
            "Keys": {
                "sk": {
                    "S": [
                        "SUBSCRIPTION",
                        "ENTITLED",
                        {"prefix": "TERMS#"},
                        {"prefix": "RECONCILIATION#"},
                        {"prefix": "INVOICE#"},
                        {"prefix": "NOTE#"},
                        "RUN",
                    ]
                }
            }
        },
    },
)
"""What others hear of."""


def add(stack: ContextStack, *, bus: events.IEventBus, data: BillingData) -> None:
    reader = StreamReader(stack, "on_table_change")
    function = PythonFunction(
        stack,
        "on_table_change",
        purpose="Tells the bus what has changed in billing",
        environment={"EVENT_BUS": bus.event_bus_name, **reader.environment},
        memory_mb=512,
        timeout_seconds=60,
    )
    function.allow("events:PutEvents", on=[bus.event_bus_arn])
    reader.feed(function, data.table, only=TOLD)
