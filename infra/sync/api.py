"""functions/sync/api: imports, mappings, shops. It signs upload forms and report links with its own role, hence the S3 grants."""

from __future__ import annotations

from infra.constructs import bucket_objects
from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.http_api import routes_of
from infra.constructs.python_function import PythonFunction
from infra.shared.stack import SharedStack
from infra.sync.data import SyncData


def add(
    stack: ContextStack, *, shared: SharedStack, data: SyncData, work: Inbox, shops: Inbox, authorizer_id: str
) -> None:
    function = PythonFunction(
        stack,
        "api",
        purpose="HTTP API of imports, column mappings and shops",
        environment={
            "SYNC_TABLE": data.table.name,
            "UPLOAD_BUCKET": stack.stage.upload_bucket,
            "IDEMPOTENCY_TABLE": shared.idempotency.name,
            "OUTBOUND_TABLE": shared.outbound.name,
            "WORK_QUEUE_URL": work.url,
            "SHOP_QUEUE_URL": shops.url,
        },
        memory_mb=1024,
        timeout_seconds=15,
        layers=["layer-http"],
    )
    data.table.allow(function, "BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", indexes=["listing"])
    shared.idempotency.allow(function, "GetItem", "PutItem", "UpdateItem", "DeleteItem")
    bucket_objects.allow(stack, function, "PutObject", "uploads/")
    bucket_objects.allow(stack, function, "GetObject", "results/", "rejects/")
    shared.outbound.allow(function, "GetItem")
    work.accept_from(function)
    shops.accept_from(function)
    shared.api.serve(function, routes_of("sync", "api"), authorizer_id=authorizer_id)
