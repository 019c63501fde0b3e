"""HTTP: shops come and go. The way of a shop's owner through Shopify's pages and back, and the client's leave-taking."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from functions.sync.connect_shop import routes
from skuflow.platform.http_serving import serve
from skuflow.sync.deps import ConnectShopDeps
from skuflow.sync.wiring import build_connect_shop

ROUTES = routes.ROUTES


def handle(event: Any, context: LambdaContext, deps: ConnectShopDeps) -> Any:
    return serve(ROUTES, event, context, deps)


lambda_handler = entrypoint(handle, build_connect_shop)
