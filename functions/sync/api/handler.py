"""HTTP: imports and their column mappings."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from functions.sync.api import imports, mappings
from skuflow.platform.http_api import Routes
from skuflow.platform.http_serving import serve
from skuflow.sync.deps import ApiDeps
from skuflow.sync.wiring import build_api

ROUTES = Routes("imports")
ROUTES.include(imports.ROUTES)
ROUTES.include(mappings.ROUTES)


def handle(event: Any, context: LambdaContext, deps: ApiDeps) -> Any:
    return serve(ROUTES, event, context, deps)


lambda_handler = entrypoint(handle, build_api)
