"""HTTP: rules, jobs, reports, series. Each topic's routes stand in a file of their own."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from functions.quality.api import jobs, nightly, results, rules, series, thresholds
from skuflow.platform.http_api import Routes
from skuflow.platform.http_serving import serve
from skuflow.quality.deps import ApiDeps
from skuflow.quality.wiring import build_api

ROUTES = Routes("quality")
ROUTES.include(rules.ROUTES)
ROUTES.include(jobs.ROUTES)
ROUTES.include(results.ROUTES)
ROUTES.include(series.ROUTES)
ROUTES.include(thresholds.ROUTES)
ROUTES.include(nightly.ROUTES)


def handle(event: Any, context: LambdaContext, deps: ApiDeps) -> Any:
    return serve(ROUTES, event, context, deps)


lambda_handler = entrypoint(handle, build_api)
