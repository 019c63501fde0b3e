"""functions/sync/sync_shop: brings one shop one step on. The cap bounds how many shops are called at once."""

from __future__ import annotations

from infra.constructs.circuit_alarm import watch_circuit
from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction
from infra.shared.stack import SharedStack
from infra.sync.data import SyncData

TIMEOUT_SECONDS = 60


def add(stack: ContextStack, *, shared: SharedStack, data: SyncData, shops: Inbox, bulk: Inbox) -> None:
    function = PythonFunction(
        stack,
        "sync_shop",
        purpose="Sets a shop up, starts and watches its bulk operation",
        environment={
            "SYNC_TABLE": data.table.name,
            "BULK_QUEUE_URL": bulk.url,
            "INBOX_QUEUE_URL": shops.url,
            **shops.environment,
            **data.shopify.environment(shared),
        },
        memory_mb=1024,
        timeout_seconds=TIMEOUT_SECONDS,
        layers=["layer-outbound"],
        calls_itself=True,
    )
    data.table.allow(function, "GetItem", "PutItem", "Query", "UpdateItem")
    data.shopify.let_call(function, shared)
    bulk.accept_from(function)
    shops.accept_from(function)
    shops.feed(function, batch_size=1, max_concurrency=5)
    watch_circuit(function, stack, "shopify")
