"""HTTP: does everything that the platform stands on answer? For operators, and what watches on their behalf."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from functions.platform.check_health import routes
from skuflow.platform.health import HealthDeps
from skuflow.platform.http_serving import serve
from skuflow.platform.wiring import build_check_health

ROUTES = routes.ROUTES


def handle(event: Any, context: LambdaContext, deps: HealthDeps) -> Any:
    return serve(ROUTES, event, context, deps)


lambda_handler = entrypoint(handle, build_check_health)
