"""functions/billing/bill_subscriptions: one transaction per subscription. The cap bounds what is written at once: ten workers write
a thousand invoices a second at most, and each takes a quarter of a unit of the hottest partition, which bears a thousand."""

from __future__ import annotations

from infra.billing.data import BillingData
from infra.constructs.alarms import Limit, Metrics, sound
from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction

TIMEOUT_SECONDS = 60


def add(stack: ContextStack, *, data: BillingData, billing: Inbox, numbering: Inbox) -> None:
    function = PythonFunction(
        stack,
        "bill_subscriptions",
        purpose="Bills subscriptions, each in one transaction",
        environment={
            "BILLING_TABLE": data.table.name,
            "USAGE_TABLE": data.usage.name,
            "NUMBERING_QUEUE_URL": numbering.url,
            **billing.environment,
        },
        memory_mb=1024,
        timeout_seconds=TIMEOUT_SECONDS,
    )
    data.table.allow(function, "BatchGetItem", "GetItem", "PutItem", "Query", "UpdateItem")
    data.usage.allow(function, "Query")
    numbering.accept_from(function)
    billing.feed(function, batch_size=1, max_concurrency=10)
    sound(
        function,
        stack.stage,
        "subscriptions-not-billed",
        Metrics(stack.stage.metrics, {"service": stack.context, "function": function.name}).total(
            "SubscriptionsNotBilled"
        ),
        Limit(above=0),
        says="A billing run could not bill some subscriptions. `GET /v1/billing-runs/{billing_run_id}` says which, and why.",
        runbook="subscriptions-not-billed",
    )
