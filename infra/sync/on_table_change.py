"""functions/sync/on_table_change: the only publisher of sync's events."""

from __future__ import annotations

from aws_cdk import aws_events as events

from infra.constructs.context_stack import ContextStack
from infra.constructs.publisher import add_publisher
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
    add_publisher(
        stack, purpose="Tells the bus of batches, imports, shops, runs and orders", bus=bus, table=data.table, told=TOLD
    )
