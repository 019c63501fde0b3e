"""HTTP: webhooks of Shopify. Verify, store, acknowledge."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.platform.http_api import OpenRequest, Response, Routes
from skuflow.platform.http_serving import serve
from skuflow.sync.deps import ReceiveShopifyWebhookDeps
from skuflow.sync.webhooks.receive_webhook import receive_webhook
from skuflow.sync.wiring import build_receive_shopify_webhook

ROUTES = Routes("shops")
STORED = Response("stored", headers={"Content-Type": "text/plain"})


@ROUTES.add(
    "POST",
    "/v1/shopify/webhooks",
    scope=None,
    raw_body=True,
    max_body_bytes=5_000_000,
    free_query=True,
    content_type="text/plain",
    summary="Take a webhook of Shopify's",
    description=(
        "For Shopify alone: the body is signed with the app's secret (`X-Shopify-Hmac-SHA256`). What is signed and belongs to a "
        "shop that is, or was, connected is kept and acknowledged with 200, whatever its topic and its content; it is worked "
        "through afterwards. What is not signed as it must be gets 401, a shop of nobody's 404, a body of more than 5 MB 413."
    ),
    errors=(401, 404, 413, 503),
)
def receive_shopify_webhook(request: OpenRequest, deps: ReceiveShopifyWebhookDeps) -> Response:
    receive_webhook(request.headers, request.body, request.cause, using=deps.receiving)
    return STORED


def handle(event: Any, context: LambdaContext, deps: ReceiveShopifyWebhookDeps) -> Any:
    return serve(ROUTES, event, context, deps)


lambda_handler = entrypoint(handle, build_receive_shopify_webhook)
