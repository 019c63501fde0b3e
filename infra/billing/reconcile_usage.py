"""functions/billing/reconcile_usage: holds the counters of a client's day against the events, and reports drift."""

from __future__ import annotations

from infra.billing.data import BillingData
from infra.constructs.alarms import Limit, Metrics, sound
from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction

TIMEOUT_SECONDS = 120


def add(stack: ContextStack, *, data: BillingData, days: Inbox) -> None:
    function = PythonFunction(
        stack,
        "reconcile_usage",
        purpose="Holds the counters of usage against the events",
        environment={
            "USAGE_TABLE": data.usage.name,
            "BILLING_TABLE": data.table.name,
            "INBOX_QUEUE_URL": days.url,
            **days.environment,
        },
        memory_mb=1024,
        timeout_seconds=TIMEOUT_SECONDS,
        calls_itself=True,
    )
    data.usage.allow(function, "BatchGetItem", "Query")
    data.table.allow(function, "GetItem", "PutItem")
    days.accept_from(function)
    days.feed(function, batch_size=1, max_concurrency=5)
    sound(
        function,
        stack.stage,
        "usage-drifted",
        Metrics(stack.stage.metrics, {"service": stack.context, "function": function.name}).total("UsageDrifts"),
        Limit(above=0),
        says="Counters of usage and their events disagree. Look before the next billing run: `GET /v1/usage/reconciliations`.",
        runbook="usage-drifted",
    )
