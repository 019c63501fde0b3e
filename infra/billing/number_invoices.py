"""functions/billing/number_invoices: gives invoices their numbers. Two at once at most: the numbers of a seller are one counter."""

from __future__ import annotations

from infra.billing.data import BillingData
from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction

TIMEOUT_SECONDS = 60


def add(stack: ContextStack, *, data: BillingData, numbering: Inbox) -> None:
    function = PythonFunction(
        stack,
        "number_invoices",
        purpose="Numbers invoices without gaps",
        environment={"BILLING_TABLE": data.table.name, **numbering.environment},
        memory_mb=1024,
        timeout_seconds=TIMEOUT_SECONDS,
    )
    data.table.allow(function, "BatchGetItem", "GetItem", "PutItem")
    numbering.feed(function, batch_size=10, max_concurrency=2)
