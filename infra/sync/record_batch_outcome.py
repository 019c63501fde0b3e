"""functions/sync/record_batch_outcome: adds up what the catalogue did with each batch of an import, a run or webhooks; the last one
has the report written, or completes the run."""

from __future__ import annotations

from aws_cdk import aws_events as events

from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction
from infra.sync.data import SyncData

TIMEOUT_SECONDS = 30


def add(stack: ContextStack, *, bus: events.IEventBus, data: SyncData, reports: Inbox) -> None:
    inbox = Inbox(stack, "record_batch_outcome", timeout_seconds=TIMEOUT_SECONDS)
    inbox.receive_events(bus, source="skuflow.catalog", names=["ProductBatchApplied", "SourceProductsRemoved"])
    function = PythonFunction(
        stack,
        "record_batch_outcome",
        purpose="Adds up what became of batches",
        environment={"SYNC_TABLE": data.table.name, "REPORT_QUEUE_URL": reports.url, **inbox.environment},
        memory_mb=512,
        timeout_seconds=TIMEOUT_SECONDS,
    )
    data.table.allow(function, "GetItem", "PutItem", "Query", "UpdateItem")
    reports.accept_from(function)
    inbox.feed(function, batch_size=10, max_concurrency=5)
