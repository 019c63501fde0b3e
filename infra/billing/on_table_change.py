"""functions/billing/on_table_change: the only publisher of billing's events."""

from __future__ import annotations

from aws_cdk import aws_events as events

from infra.billing.data import BillingData
from infra.constructs.context_stack import ContextStack
from infra.constructs.publisher import add_publisher

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
    add_publisher(stack, purpose="Tells the bus what has changed in billing", bus=bus, table=data.table, told=TOLD)
