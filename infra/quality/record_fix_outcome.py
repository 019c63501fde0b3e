"""functions/quality/record_fix_outcome: adds up what the catalogue did with each batch of fixes; the last one has the job
finished."""

from __future__ import annotations

from aws_cdk import aws_events as events

from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction
from infra.quality.data import QualityData

TIMEOUT_SECONDS = 30


def add(stack: ContextStack, *, bus: events.IEventBus, data: QualityData, work: Inbox) -> None:
    inbox = Inbox(stack, "record_fix_outcome", timeout_seconds=TIMEOUT_SECONDS)
    inbox.receive_events(bus, source="skuflow.catalog", names=["ProductFixesApplied"])
    function = PythonFunction(
        stack,
        "record_fix_outcome",
        purpose="Adds up what became of fixes",
        environment={"QUALITY_TABLE": data.table.name, "JOB_QUEUE_URL": work.url, **inbox.environment},
        memory_mb=1024,
        timeout_seconds=TIMEOUT_SECONDS,
        layers=["layer-quality", "layer-text"],
    )
    data.table.allow(function, "BatchGetItem", "GetItem", "PutItem", "Query", "UpdateItem")
    work.accept_from(function)
    inbox.feed(function, batch_size=10, max_concurrency=5)
