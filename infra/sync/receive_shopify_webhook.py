"""functions/sync/receive_shopify_webhook: verifies, stores, acknowledges. Shopify waits for five seconds; nothing else happens."""

from __future__ import annotations

from infra.constructs import bucket_objects
from infra.constructs.alarms import Limit, Metrics, sound
from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.http_api import routes_of
from infra.constructs.python_function import PythonFunction
from infra.shared.stack import SharedStack
from infra.sync.data import SyncData

OPEN_REASON = (
    "Called by Shopify, which signs the body with our app's secret; the function answers 401 to anything else."
)


def add(stack: ContextStack, *, shared: SharedStack, data: SyncData, webhooks: Inbox) -> None:
    function = PythonFunction(
        stack,
        "receive_shopify_webhook",
        purpose="Verifies a Shopify webhook and puts it into a queue",
        environment={
            "SYNC_TABLE": data.table.name,
            "WEBHOOK_QUEUE_URL": webhooks.url,
            "UPLOAD_BUCKET": stack.stage.upload_bucket,
            **data.shopify.signing_environment,
        },
        memory_mb=512,
        timeout_seconds=10,
    )
    data.table.allow(function, "GetItem")
    data.shopify.let_verify(function)
    bucket_objects.allow(stack, function, "PutObject", "webhooks/")
    webhooks.accept_from(function)
    shared.api.serve(function, routes_of("sync", "receive_shopify_webhook"), open_because=OPEN_REASON)
    sound(
        function,
        stack.stage,
        "shopify-webhooks-refused",
        Metrics(stack.stage.metrics, {"service": stack.context, "function": function.name}).total("WebhooksRefused"),
        Limit(above=20, times=2, of=3),
        says="Shopify's webhooks fail their signature check. Was the app's secret rotated? Set it: `skuflow sync shopify-app`.",
        runbook="webhooks-refused",
    )
