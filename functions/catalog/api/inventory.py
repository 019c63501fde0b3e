"""HTTP: a product's stock."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from functions.catalog.api.products_found import product_of, variant_ids
from functions.catalog.api.versions import asked_version, etag, path_id
from skuflow.catalog.deps import ApiDeps
from skuflow.catalog.inventory import (
    Delta,
    Level,
    ProductStock,
    Shelf,
    VariantStock,
    available,
    is_available,
    with_deltas,
    with_variant,
)
from skuflow.catalog.inventory_store import Change, Written, rewrite
from skuflow.catalog.model import API
from skuflow.catalog.taxonomy import check_version
from skuflow.kernel.errors import Invalid, NotFound, Problem
from skuflow.kernel.ids import derived_id
from skuflow.platform.http_api import IF_MATCH, Request, Response, Routes

ROUTES = Routes("inventory")
_VIEWS = "functions.catalog.api.views_inventory"
_BODIES = "functions.catalog.api.bodies_inventory"


@ROUTES.add(
    "GET",
    "/v1/products/{product_id}/inventory",
    scope="catalog:read",
    summary="A product's stock, by variant and location",
    response=f"{_VIEWS}:StockView",
)
def get_inventory(request: Request, deps: ApiDeps) -> Response:
    product = product_of(request, deps)
    return _answer(product.product_id, deps.stock.get(request.client_id, product.product_id))


@ROUTES.add(
    "PUT",
    "/v1/products/{product_id}/inventory/{variant_id}",
    scope="inventory:write",
    summary="Set a variant's stock",
    description="Replaces what is known of the variant's stock; what is reserved stays reserved, so `on_hand` counts it in. A "
    "location with reserved units cannot be left out. Counts that a source made earlier do not overwrite this.",
    body=f"{_BODIES}:StockBody",
    response=f"{_VIEWS}:StockView",
    headers=(IF_MATCH,),
    errors=(409, 412),
)
def set_inventory(request: Request, deps: ApiDeps) -> Response:
    product, variant_id, body = product_of(request, deps), path_id(request, "variant_id"), request.body
    if product.variant(variant_id) is None:
        raise NotFound("there is no such variant")
    shelves = [Shelf(level.location, level.on_hand, level.low_stock_threshold) for level in body.levels]
    if len({shelf.location for shelf in shelves}) != len(shelves):
        raise Invalid(
            "a location is given twice", problems=[Problem("levels", "names a location twice", "name it once")]
        )
    now = deps.clock()

    def change(old: ProductStock | None) -> ProductStock | None:
        return with_variant(
            old,
            product.product_id,
            variant_id,
            tracked=body.tracked,
            backorder=body.backorder,
            in_stock=body.in_stock,
            shelves=shelves,
            now=now,
        )

    return _answer(product.product_id, _written(request, deps, product.product_id, change))


@ROUTES.add(
    "POST",
    "/v1/products/{product_id}/inventory/adjustments",
    scope="inventory:write",
    summary="Add to, or take from, what is available",
    description="All adjustments are made, or none. With an `Idempotency-Key` they are made once, even if the answer was lost.",
    status=201,
    body=f"{_BODIES}:AdjustBody",
    response=f"{_VIEWS}:AdjustedView",
    headers=(IF_MATCH,),
    idempotent=True,
    errors=(409, 412),
)
def adjust_inventory(request: Request, deps: ApiDeps) -> Response:
    product = product_of(request, deps)
    key = request.headers.get("idempotency-key")
    deltas = [Delta(one.variant_id, one.location, one.units) for one in request.body.adjustments]
    adjustment_id = derived_id("adj", key, repr(deltas)) if key else deps.new_id("adj")
    known, now = variant_ids(product), deps.clock()
    problems = [
        Problem(f"adjustments.{index}.variant_id", "is no variant of this product", "read the product again")
        for index, delta in enumerate(deltas)
        if delta.variant_id not in known
    ]
    if problems:
        raise Invalid("some adjustments are of variants that there are not", problems=problems)

    def change(old: ProductStock | None) -> ProductStock | None:
        return with_deltas(old or ProductStock(product.product_id, 0, ()), deltas, now)

    after = _written(request, deps, product.product_id, change, adjustment_id=adjustment_id)
    answer = _answer(product.product_id, after)
    return replace(answer, body={**answer.body, "adjustment_id": adjustment_id}, status=201)


def _written(
    request: Request, deps: ApiDeps, product_id: str, change: Change, *, adjustment_id: str = ""
) -> ProductStock | None:
    asked = asked_version(request)

    def checked(old: ProductStock | None) -> ProductStock | None:
        check_version(asked, old.version if old else 0)
        return change(old)

    written = Written(deps.clock(), API, request.cause)
    return rewrite(
        deps.stock, request.client_id, product_id, checked, written, adjustment_id=adjustment_id, pause=deps.pause
    )


def _answer(product_id: str, stock: ProductStock | None) -> Response:
    shown = stock or ProductStock(product_id, 0, ())
    return Response(stock_view(shown), headers=etag(shown.version))


def stock_view(stock: ProductStock) -> dict[str, Any]:
    return {
        "product_id": stock.product_id,
        "version": stock.version,
        "changed_at": stock.changed_at or None,
        "source": stock.source,
        "variants": [variant_view(variant) for variant in stock.variants],
    }


def variant_view(variant: VariantStock) -> dict[str, Any]:
    return {
        "variant_id": variant.variant_id,
        "tracked": variant.tracked,
        "backorder": variant.backorder,
        "in_stock": variant.in_stock,
        "available": available(variant),
        "is_available": is_available(variant),
        "levels": [_level_view(level) for level in variant.levels],
    }


def _level_view(level: Level) -> dict[str, Any]:
    return {
        "location": level.location,
        "on_hand": level.on_hand,
        "available": level.available,
        "reserved": level.reserved,
        "low_stock_threshold": level.low_stock_threshold,
        "is_low": level.is_low,
    }
