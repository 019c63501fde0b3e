"""functions/billing/api: usage, plans, subscriptions, billing runs, invoices, taxes."""

from __future__ import annotations

from infra.billing import document_bucket
from infra.billing.data import BillingData
from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.http_api import routes_of
from infra.constructs.python_function import PythonFunction
from infra.shared.stack import SharedStack


def add(stack: ContextStack, *, shared: SharedStack, data: BillingData, planning: Inbox, authorizer_id: str) -> None:
    function = PythonFunction(
        stack,
        "api",
        purpose="HTTP API of billing",
        environment={
            "BILLING_TABLE": data.table.name,
            "USAGE_TABLE": data.usage.name,
            "DOCUMENT_BUCKET": stack.stage.document_bucket,
            "PLANNING_QUEUE_URL": planning.url,
            "IDEMPOTENCY_TABLE": shared.idempotency.name,
        },
        memory_mb=1024,
        timeout_seconds=15,
        layers=["layer-http", "layer-pdf"],
    )
    data.table.allow(function, "BatchGetItem", "GetItem", "PutItem", "Query")
    data.usage.allow(function, "BatchGetItem", "GetItem", "PutItem", "Query", "UpdateItem")
    planning.accept_from(function)
    document_bucket.allow(stack, function)
    shared.idempotency.allow(function, "GetItem", "PutItem", "UpdateItem", "DeleteItem")
    shared.api.serve(function, routes_of("billing", "api"), authorizer_id=authorizer_id)
