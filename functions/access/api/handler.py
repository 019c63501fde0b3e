"""HTTP: a client's own record, its API keys, its users, its audit log."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from functions.access.api import audit_log, client, keys, users
from skuflow.access.deps import ApiDeps
from skuflow.access.wiring import build_api
from skuflow.platform.http_api import Routes
from skuflow.platform.http_serving import serve

ROUTES = Routes("access")
ROUTES.include(client.ROUTES)
ROUTES.include(keys.ROUTES)
ROUTES.include(users.ROUTES)
ROUTES.include(audit_log.ROUTES)


def handle(event: Any, context: LambdaContext, deps: ApiDeps) -> Any:
    return serve(ROUTES, event, context, deps)


lambda_handler = entrypoint(handle, build_api)
