"""HTTP: products."""

from __future__ import annotations

from dataclasses import replace

from functions.catalog.api.cursors import after_of, cursor_after
from functions.catalog.api.product_changes import product_change
from functions.catalog.api.products_found import PUBLISHED, product_of
from functions.catalog.api.versions import asked_version, etag, path_id
from skuflow.catalog.change_product import Making, change_product, create_product, remove_product
from skuflow.catalog.deps import ApiDeps
from skuflow.catalog.list_products import Filter, list_products
from skuflow.catalog.model import STATUSES, Product
from skuflow.catalog.product_view import product_view
from skuflow.kernel.errors import Invalid, Problem
from skuflow.platform.http_api import IF_MATCH, PAGE, Param, Request, Response, Routes

ROUTES = Routes("products")
_VIEW = "functions.catalog.api.views:ProductView"
_BODIES = "functions.catalog.api.bodies"

_FILTERS = (
    Param("brand", "Products of this brand."),
    Param("category", "Products of this category and all below it: names from the root down, e.g. `Apparel > Shirts`."),
    Param("status", "Products in this state.", choices=STATUSES),
    Param("tag", "Products with this tag."),
    Param("availability", "Products that can be had, or not.", choices=("in_stock", "out_of_stock")),
    Param("sku", "Products with this SKU."),
    Param("gtin", "Products with this GTIN, in any of its lengths."),
    Param("updated_since", "Products changed at this moment or later.", "date-time"),
)


@ROUTES.add(
    "GET",
    "/v1/products",
    scope="catalog:read",
    summary="Products, newest first",
    description="With `brand` or `category` in order of their ids. A filter that few products pass may end a page early: go on "
    "while there is a `next_cursor`. Publishable keys see active products only, here and everywhere.",
    response="functions.catalog.api.views:ProductPage",
    query=(*_FILTERS, *PAGE),
)
def get_products(request: Request, deps: ApiDeps) -> Response:
    wanted = _filter(request)
    if request.is_public:
        if wanted.status not in (None, PUBLISHED):
            return Response({"items": [], "next_cursor": None})
        wanted = replace(wanted, status=PUBLISHED)
    name = f"products {wanted}"
    found, stopped = list_products(
        request.client_id,
        wanted,
        products=deps.products,
        stocks=deps.stock,
        after=after_of(request, name),
        limit=request.query["limit"],
    )
    items = [product_view(one.product, one.stock, with_cost=_keeps_catalogue(request)) for one in found]
    return Response({"items": items, "next_cursor": cursor_after(name, stopped)})


@ROUTES.add(
    "GET", "/v1/products/{product_id}", scope="catalog:read", summary="A product with its variants", response=_VIEW
)
def get_product(request: Request, deps: ApiDeps) -> Response:
    return _answer(request, deps, product_of(request, deps))


@ROUTES.add(
    "POST",
    "/v1/products",
    scope="catalog:write",
    summary="Add a product of one's own",
    description="Imports do not touch it: its `source` is `api`. Stock is set by the inventory calls.",
    status=201,
    body=f"{_BODIES}:CreateProductBody",
    response=_VIEW,
    idempotent=True,
)
def post_product(request: Request, deps: ApiDeps) -> Response:
    key = request.headers.get("idempotency-key", "")
    product = create_product(product_change(request.body), _making(request, deps), deps.products, request_key=key)
    return _answer(request, deps, product, 201)


@ROUTES.add(
    "PATCH",
    "/v1/products/{product_id}",
    scope="catalog:write",
    summary="Change a product",
    description="What is left out stays as it is. Variants are named by `variant_id`; one without it is new. Files seen before do "
    "not undo the change, a file imported later that says something else does.",
    body=f"{_BODIES}:ChangeProductBody",
    response=_VIEW,
    headers=(IF_MATCH,),
    errors=(412,),
)
def patch_product(request: Request, deps: ApiDeps) -> Response:
    product = change_product(
        path_id(request, "product_id"),
        product_change(request.body),
        asked_version(request),
        _making(request, deps),
        deps.products,
    )
    return _answer(request, deps, product)


@ROUTES.add(
    "DELETE",
    "/v1/products/{product_id}",
    scope="catalog:write",
    summary="Remove a product",
    description="A file imported later that names the product brings it back.",
    status=204,
    headers=(IF_MATCH,),
    errors=(412, 422),
)
def delete_product(request: Request, deps: ApiDeps) -> Response:
    remove_product(path_id(request, "product_id"), asked_version(request), _making(request, deps), deps.products)
    return Response(status=204)


def _filter(request: Request) -> Filter:
    q = request.query
    path = tuple(part.strip() for part in q["category"].split(">") if part.strip()) if q["category"] else None
    if any(q[name] == "" for name in ("brand", "category", "tag", "sku", "gtin")) or path == ():
        raise Invalid("a filter is empty", problems=[Problem("query", "has an empty filter", "leave it out")])
    return Filter(
        brand=q["brand"],
        category=path,
        status=q["status"],
        tag=q["tag"],
        availability=q["availability"],
        sku=q["sku"],
        gtin=q["gtin"],
        updated_since=q["updated_since"],
    )


def _keeps_catalogue(request: Request) -> bool:
    return "catalog:write" in request.scopes and not request.is_public


def _making(request: Request, deps: ApiDeps) -> Making:
    return Making(request.client_id, deps.clock(), request.cause, deps.new_id)


def _answer(request: Request, deps: ApiDeps, product: Product, status: int = 200) -> Response:
    stock = deps.stock.get(request.client_id, product.product_id)
    view = product_view(product, stock, with_cost=_keeps_catalogue(request))
    return Response(view, status, etag(product.version))
