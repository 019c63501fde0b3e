"""HTTP: imports and their column mappings, shops with their runs and privacy requests, how all of it is doing."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from functions.sync.api import imports, mappings, runs, shops, sync_status
from skuflow.platform.http_api import Routes
from skuflow.platform.http_serving import serve
from skuflow.sync.deps import ApiDeps
from skuflow.sync.wiring import build_api

ROUTES = Routes("imports")
ROUTES.include(imports.ROUTES)
ROUTES.include(mappings.ROUTES)
ROUTES.include(shops.ROUTES)
ROUTES.include(runs.ROUTES)
ROUTES.include(sync_status.ROUTES)


def handle(event: Any, context: LambdaContext, deps: ApiDeps) -> Any:
    return serve(ROUTES, event, context, deps)


lambda_handler = entrypoint(handle, build_api)
