"""HTTP: what the API says about itself, and the answer to every path that nothing serves."""

from __future__ import annotations

from typing import Any

from functions.platform.api_reference import routes
from skuflow.platform.http_serving import serve
from skuflow.platform.invocation import LambdaContext, entrypoint

ROUTES = routes.ROUTES


def handle(event: Any, context: LambdaContext, deps: None) -> Any:
    return serve(ROUTES, event, context, deps)


lambda_handler = entrypoint(handle, lambda: None)
