"""functions/sync/read_bulk_result: streams the result of a bulk operation, and sends itself a message when its time is nearly up.

Its memory does not grow with the catalogue: what has to be joined is sorted into files under bulk/.
"""

from __future__ import annotations

from infra.constructs import bucket_objects
from infra.constructs.circuit_alarm import watch_circuit
from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction
from infra.shared.stack import SharedStack
from infra.sync.data import SyncData

TIMEOUT_SECONDS = 300


def add(stack: ContextStack, *, shared: SharedStack, data: SyncData, bulk: Inbox) -> None:
    function = PythonFunction(
        stack,
        "read_bulk_result",
        purpose="Reads the result of a bulk operation and writes batches of products",
        environment={
            "SYNC_TABLE": data.table.name,
            "UPLOAD_BUCKET": stack.stage.upload_bucket,
            "INBOX_QUEUE_URL": bulk.url,
            **bulk.environment,
            **data.shopify.environment(shared),
        },
        memory_mb=512,
        timeout_seconds=TIMEOUT_SECONDS,
        layers=["layer-outbound"],
        calls_itself=True,
    )
    data.table.allow(function, "GetItem", "PutItem", "Query", "UpdateItem")
    data.shopify.let_call(function, shared)
    bucket_objects.allow(stack, function, "GetObject", "bulk/")
    bucket_objects.allow(stack, function, "PutObject", "batches/", "bulk/", "rejects/")
    bulk.accept_from(function)
    bulk.feed(function, batch_size=1, max_concurrency=5)
    watch_circuit(function, stack, "shopify_files")
