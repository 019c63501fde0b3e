"""functions/billing/plan_billing_run: finds what is due and hands it out in messages of 25 subscriptions."""

from __future__ import annotations

from infra.billing.data import BillingData
from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction

TIMEOUT_SECONDS = 300


def add(stack: ContextStack, *, data: BillingData, planning: Inbox, billing: Inbox, numbering: Inbox) -> None:
    function = PythonFunction(
        stack,
        "plan_billing_run",
        purpose="Plans billing runs and hands them out",
        environment={
            "BILLING_TABLE": data.table.name,
            "INBOX_QUEUE_URL": planning.url,
            "BILLING_QUEUE_URL": billing.url,
            "NUMBERING_QUEUE_URL": numbering.url,
            **planning.environment,
        },
        memory_mb=1024,
        timeout_seconds=TIMEOUT_SECONDS,
        calls_itself=True,
    )
    data.table.allow(function, "GetItem", "PutItem", "Query", indexes=["due"])
    for inbox in (planning, billing, numbering):
        inbox.accept_from(function)
    planning.feed(function, batch_size=1, max_concurrency=2)
