"""functions/billing/record_job: counts each data-quality job once, in the daily record and as usage."""

from __future__ import annotations

from aws_cdk import aws_events as events

from infra.billing.data import BillingData
from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction

TIMEOUT_SECONDS = 30


def add(stack: ContextStack, *, bus: events.IEventBus, data: BillingData) -> None:
    inbox = Inbox(stack, "record_job", timeout_seconds=TIMEOUT_SECONDS)
    inbox.receive_events(bus, source="skuflow.quality", names=["JobCompleted"])
    function = PythonFunction(
        stack,
        "record_job",
        purpose="Counts data-quality jobs that have ended",
        environment={"USAGE_TABLE": data.usage.name, **inbox.environment},
        memory_mb=512,
        timeout_seconds=TIMEOUT_SECONDS,
    )
    data.usage.allow(function, "BatchGetItem", "PutItem", "UpdateItem")
    inbox.feed(function, batch_size=10, max_concurrency=5)
