"""functions/sync/process_shopify_webhook: what Shopify said becomes product batches, orders and privacy requests. It calls the
shop for what a webhook does not carry."""

from __future__ import annotations

from infra.constructs import bucket_objects
from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction
from infra.shared.stack import SharedStack
from infra.sync.data import SyncData

TIMEOUT_SECONDS = 60


def add(stack: ContextStack, *, shared: SharedStack, data: SyncData, webhooks: Inbox, shops: Inbox) -> None:
    function = PythonFunction(
        stack,
        "process_shopify_webhook",
        purpose="Turns Shopify webhooks into product batches, orders and privacy requests",
        environment={
            "SYNC_TABLE": data.table.name,
            "UPLOAD_BUCKET": stack.stage.upload_bucket,
            "SHOP_QUEUE_URL": shops.url,
            "INBOX_QUEUE_URL": webhooks.url,
            **webhooks.environment,
            **data.shopify.environment(shared),
        },
        memory_mb=1024,
        timeout_seconds=TIMEOUT_SECONDS,
        layers=["layer-outbound"],
        calls_itself=True,
    )
    data.table.allow(function, "GetItem", "PutItem", "UpdateItem")
    data.shopify.let_call(function, shared)
    bucket_objects.allow(stack, function, "GetObject", "webhooks/")
    bucket_objects.allow(stack, function, "PutObject", "batches/", "webhooks/")
    shops.accept_from(function)
    webhooks.accept_from(function)
    webhooks.feed(function, batch_size=10, max_concurrency=10)
