"""Webhooks of Shopify, taken out of their queue and worked through."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.sync.deps import ProcessShopifyWebhookDeps
from skuflow.sync.webhooks.process_webhooks import process_webhooks
from skuflow.sync.wiring import build_process_shopify_webhook


def handle(event: Any, context: LambdaContext, deps: ProcessShopifyWebhookDeps) -> Any:
    return process_webhooks(
        event,
        deps.processing,
        dead_letters=deps.dead_letters,
        put_back=deps.put_back,
        remaining=context.get_remaining_time_in_millis,
    )


lambda_handler = entrypoint(handle, build_process_shopify_webhook)
