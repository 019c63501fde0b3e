"""HTTP: brands."""

from __future__ import annotations

from itertools import islice
from typing import Any

from functions.catalog.api.categories import EVEN_USED
from functions.catalog.api.cursors import after_of, cursor_after
from functions.catalog.api.versions import asked_version, etag
from skuflow.catalog import change_taxonomy
from skuflow.catalog.deps import ApiDeps
from skuflow.catalog.product_store import brand_prefix
from skuflow.catalog.slug import slug
from skuflow.catalog.taxonomy import Brand, check_version
from skuflow.kernel.errors import Conflict, NotFound, Problem
from skuflow.platform.http_api import IF_MATCH, PAGE, Request, Response, Routes

ROUTES = Routes("brands")
_VIEWS = "functions.catalog.api.views_taxonomy"
_BODIES = "functions.catalog.api.bodies_taxonomy"


@ROUTES.add(
    "GET",
    "/v1/brands",
    scope="catalog:read",
    summary="Brands, in order of their ids",
    response=f"{_VIEWS}:BrandPage",
    query=PAGE,
)
def list_brands(request: Request, deps: ApiDeps) -> Response:
    query, limit = f"brands {request.client_id}", int(request.query["limit"])
    found = list(islice(deps.taxonomy.brands(request.client_id, after_of(request, query)), limit + 1))
    more = found[limit - 1].brand_id if len(found) > limit else None
    return Response({"items": [_view(brand) for brand in found[:limit]], "next_cursor": cursor_after(query, more)})


@ROUTES.add(
    "POST",
    "/v1/brands",
    scope="catalog:write",
    summary="Add a brand",
    description="Its id is the slug of its name, by which products are found too. One that is there already is a conflict (409).",
    status=201,
    body=f"{_BODIES}:CreateBrand",
    response=f"{_VIEWS}:BrandView",
    idempotent=True,
)
def create_brand(request: Request, deps: ApiDeps) -> Response:
    fields = request.body.model_dump()
    return _answer(
        change_taxonomy.create_brand(deps.taxonomy, request.client_id, fields.pop("name"), fields, deps.clock()), 201
    )


@ROUTES.add("GET", "/v1/brands/{brand_id}", scope="catalog:read", summary="A brand", response=f"{_VIEWS}:BrandView")
def get_brand(request: Request, deps: ApiDeps) -> Response:
    return _answer(_brand_of(request, deps))


@ROUTES.add(
    "PATCH",
    "/v1/brands/{brand_id}",
    scope="catalog:write",
    summary="Change a brand",
    body=f"{_BODIES}:ChangeBrand",
    response=f"{_VIEWS}:BrandView",
    headers=(IF_MATCH,),
    errors=(412,),
)
def change_brand(request: Request, deps: ApiDeps) -> Response:
    changed = change_taxonomy.change_brand(
        deps.taxonomy,
        request.client_id,
        _brand_id(request),
        request.body.model_dump(exclude_unset=True, exclude={"version"}),
        version=asked_version(request),
        now=deps.clock(),
        pause=deps.pause,
    )
    return _answer(changed)


@ROUTES.add(
    "DELETE",
    "/v1/brands/{brand_id}",
    scope="catalog:write",
    summary="Delete a brand",
    description="Refused (409) while there are products of the brand.",
    status=204,
    query=(EVEN_USED,),
    headers=(IF_MATCH,),
    errors=(409, 412),
)
def delete_brand(request: Request, deps: ApiDeps) -> Response:
    brand = _brand_of(request, deps)
    check_version(asked_version(request), brand.version)
    used = deps.products.places(request.client_id, "brand", brand_prefix(brand.name), None)
    if not request.query["even_if_used"] and any(True for _ in used):
        fault = Problem("brand_id", "has products", "change their brand, or pass `even_if_used=true`")
        raise Conflict("there are products of the brand", problems=[fault])
    deps.taxonomy.delete_brand(request.client_id, brand.brand_id, brand.version)
    return Response(status=204)


def _brand_id(request: Request) -> str:
    """Raises NotFound for what cannot be a slug."""
    name = request.path["brand_id"]
    if slug(name) != name or len(name.encode()) > 1000:
        raise NotFound("there is no such brand")
    return name


def _brand_of(request: Request, deps: ApiDeps) -> Brand:
    brand = deps.taxonomy.brand(request.client_id, _brand_id(request))
    if brand is None:
        raise NotFound("there is no such brand")
    return brand


def _answer(brand: Brand, status: int = 200) -> Response:
    return Response(_view(brand), status, etag(brand.version))


def _view(brand: Brand) -> dict[str, Any]:
    return {
        "brand_id": brand.brand_id,
        "name": brand.name,
        "popularity": brand.popularity,
        "quality": brand.quality,
        "description": brand.description,
        "logo_url": brand.logo_url or None,
        "created_at": brand.created_at,
        "updated_at": brand.updated_at,
        "version": brand.version,
    }
