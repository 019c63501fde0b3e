"""functions/catalog/on_table_change: the only publisher of the catalogue's events."""

from __future__ import annotations

from aws_cdk import aws_events as events

from infra.constructs.context_stack import ContextStack
from infra.constructs.context_table import ContextTable
from infra.constructs.publisher import add_publisher

TOLD = (
    {"dynamodb": {"NewImage": {"entity": {"S": ["PRODUCT", "INVENTORY", "OFFER"]}}}},
    {"eventName": ["REMOVE"], "dynamodb": {"OldImage": {"entity": {"S": ["PRODUCT"]}}}},
    {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"entity": {"S": ["BATCH", "FIXES", "REMOVAL"]}}}},
)
"""What others hear of. What became of a batch, of a batch of fixes or of a removal is written once, and nobody hears of it when its
time is over."""


def add(stack: ContextStack, *, bus: events.IEventBus, table: ContextTable) -> None:
    add_publisher(stack, purpose="Puts the catalogue's events on the bus", bus=bus, table=table, told=TOLD)
