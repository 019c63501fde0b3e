"""HTTP: the catalogue."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from functions.catalog.api import (
    brands,
    categories,
    collections,
    inventory,
    offers,
    price_history,
    pricing,
    products,
    reservations,
)
from skuflow.catalog.deps import ApiDeps
from skuflow.catalog.wiring import build_api
from skuflow.platform.http_api import Routes
from skuflow.platform.http_serving import serve

ROUTES = Routes("catalog")
for subject in (products, price_history, pricing, offers, inventory, reservations, categories, brands, collections):
    ROUTES.include(subject.ROUTES)


def handle(event: Any, context: LambdaContext, deps: ApiDeps) -> Any:
    return serve(ROUTES, event, context, deps)


lambda_handler = entrypoint(handle, build_api)
