"""functions/quality/on_table_change: the only publisher of quality's events."""

from __future__ import annotations

from aws_cdk import aws_events as events

from infra.constructs.context_stack import ContextStack
from infra.constructs.publisher import add_publisher
from infra.quality.data import QualityData

TOLD = (
    {"eventName": ["INSERT", "MODIFY"], "dynamodb": {"NewImage": {"status": {"S": ["completed", "decided"]}}}},
    {"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "ALERT#"}]}}}},
)
"""What others hear of: jobs that have come to their end, chunks whose fixes were decided on, alerts."""


def add(stack: ContextStack, *, bus: events.IEventBus, data: QualityData) -> None:
    add_publisher(stack, purpose="Tells the bus of fixes, jobs and alerts", bus=bus, table=data.table, told=TOLD)
