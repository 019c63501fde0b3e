"""functions/catalog/apply_product_fixes: what quality has decided to mend. The cap leaves the table to imports."""

from __future__ import annotations

from aws_cdk import aws_events as events

from infra.constructs.context_stack import ContextStack
from infra.constructs.context_table import ContextTable
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction

TIMEOUT_SECONDS = 60


def add(stack: ContextStack, *, bus: events.IEventBus, table: ContextTable) -> None:
    inbox = Inbox(stack, "apply_product_fixes", timeout_seconds=TIMEOUT_SECONDS)
    inbox.receive_events(bus, source="skuflow.quality", names=["ProductFixesDecided"])
    function = PythonFunction(
        stack,
        "apply_product_fixes",
        purpose="Applies decided fixes to products that are still as they were seen",
        environment={"CATALOG_TABLE": table.name, **inbox.environment},
        memory_mb=1024,
        timeout_seconds=TIMEOUT_SECONDS,
        layers=["layer-text"],
    )
    table.allow(function, "BatchGetItem", "PutItem")
    inbox.feed(function, batch_size=1, max_concurrency=5)
