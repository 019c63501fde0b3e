"""HTTP: the categories of each market."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from functions.catalog.api.cursors import after_of, cursor_after
from functions.catalog.api.versions import asked_version, etag
from skuflow.catalog.change_taxonomy import change_tree
from skuflow.catalog.deps import ApiDeps
from skuflow.catalog.product_store import category_prefix
from skuflow.catalog.taxonomy import Node, Tree, node, nodes, with_category, with_changes, without_category
from skuflow.kernel.errors import Conflict, Invalid, NotFound, Problem
from skuflow.kernel.ids import derived_id
from skuflow.platform.http_api import IF_MATCH, PAGE, Param, Request, Response, Routes

ROUTES = Routes("categories")
_VIEWS = "functions.catalog.api.views_taxonomy"
_BODIES = "functions.catalog.api.bodies_taxonomy"
_ID = re.compile(r"cat_([a-z]{2})_[0-9a-f]{32}")
_MARKET = re.compile(r"[A-Z]{2}")

MARKET = Param("market", "The market whose tree is meant, ISO 3166-1 alpha-2.", required=True)
EVEN_USED = Param(
    "even_if_used", "Delete it even if products are filed under it; they keep their path.", "boolean", default=False
)


@ROUTES.add(
    "GET",
    "/v1/categories",
    scope="catalog:read",
    summary="The categories of a market, parents first and in display order",
    response=f"{_VIEWS}:CategoryPage",
    query=(MARKET, *PAGE),
    errors=(409,),
)
def list_categories(request: Request, deps: ApiDeps) -> Response:
    market, limit = str(request.query["market"]), int(request.query["limit"])
    if not _MARKET.fullmatch(market):
        fault = Problem("market", "is not the code of a country", "use an ISO 3166-1 alpha-2 code such as CA, US, IN")
        raise Invalid("there is no such market", problems=[fault])
    tree = deps.taxonomy.tree(request.client_id, market)
    query = f"categories {request.client_id} {market}"
    every, last = nodes(tree), after_of(request, query)
    start = _behind(every, last) if last else 0
    page = every[start : start + limit]
    more = page[-1].category.category_id if start + limit < len(every) else None
    return Response({"items": [_view(market, one) for one in page], "next_cursor": cursor_after(query, more)})


@ROUTES.add(
    "POST",
    "/v1/categories",
    scope="catalog:write",
    summary="Add a category to a market's tree",
    status=201,
    body=f"{_BODIES}:CreateCategory",
    response=f"{_VIEWS}:CategoryView",
    idempotent=True,
)
def create_category(request: Request, deps: ApiDeps) -> Response:
    body, now = request.body, deps.clock()
    key, prefix = request.headers.get("idempotency-key"), f"cat_{body.market.lower()}"
    category_id = derived_id(prefix, key, body.model_dump_json()) if key else deps.new_id(prefix)

    def change(tree: Tree) -> Tree:
        if any(category.category_id == category_id for category in tree.categories):
            return tree
        return with_category(tree, category_id, body.name, parent_id=body.parent_id, position=body.position, now=now)

    tree = change_tree(deps.taxonomy, request.client_id, body.market, change, pause=deps.pause)
    return _answer(tree, category_id, 201)


@ROUTES.add(
    "GET",
    "/v1/categories/{category_id}",
    scope="catalog:read",
    summary="A category",
    response=f"{_VIEWS}:CategoryView",
)
def get_category(request: Request, deps: ApiDeps) -> Response:
    category_id, market = _named(request)
    return _answer(deps.taxonomy.tree(request.client_id, market), category_id)


@ROUTES.add(
    "PATCH",
    "/v1/categories/{category_id}",
    scope="catalog:write",
    summary="Rename a category, move it, or change its place among its siblings",
    description="What lies below it moves along. It cannot be moved below itself (409).",
    body=f"{_BODIES}:ChangeCategory",
    response=f"{_VIEWS}:CategoryView",
    headers=(IF_MATCH,),
    errors=(409, 412),
)
def change_category(request: Request, deps: ApiDeps) -> Response:
    category_id, market = _named(request)
    body = request.body
    change = partial(
        with_changes,
        category_id=category_id,
        version=asked_version(request),
        now=deps.clock(),
        name=body.name,
        parent_id=body.parent_id,
        moves="parent_id" in body.model_fields_set,
        position=body.position,
    )
    return _answer(change_tree(deps.taxonomy, request.client_id, market, change, pause=deps.pause), category_id)


@ROUTES.add(
    "DELETE",
    "/v1/categories/{category_id}",
    scope="catalog:write",
    summary="Delete a category",
    description="Refused (409) while there are categories below it, or products filed under it.",
    status=204,
    query=(EVEN_USED,),
    headers=(IF_MATCH,),
    errors=(409, 412),
)
def delete_category(request: Request, deps: ApiDeps) -> Response:
    category_id, market = _named(request)
    found = node(deps.taxonomy.tree(request.client_id, market), category_id)
    prefix = category_prefix(found.names)
    if not request.query["even_if_used"] and any(
        True for _ in deps.products.places(request.client_id, "category", prefix, None)
    ):
        fault = Problem("category_id", "has products", "file them elsewhere, or pass `even_if_used=true`")
        raise Conflict("products are filed under the category", problems=[fault])
    change = partial(without_category, category_id=category_id, version=asked_version(request))
    change_tree(deps.taxonomy, request.client_id, market, change, pause=deps.pause)
    return Response(status=204)


def _behind(every: tuple[Node, ...], last: str) -> int:
    """Where the page behind the category `last` begins. Raises Conflict if somebody removed it meanwhile."""
    for index, one in enumerate(every):
        if one.category.category_id == last:
            return index + 1
    raise Conflict("the categories have changed; list them from the beginning")


def _named(request: Request) -> tuple[str, str]:
    """The category's id and its market, which the id tells. Raises NotFound."""
    category_id = request.path["category_id"]
    found = _ID.fullmatch(category_id)
    if found is None:
        raise NotFound("there is no such category")
    return category_id, found[1].upper()


def _answer(tree: Tree, category_id: str, status: int = 200) -> Response:
    found = node(tree, category_id)
    return Response(_view(tree.market, found), status, etag(found.category.version))


def _view(market: str, found: Node) -> dict[str, Any]:
    category = found.category
    return {
        "category_id": category.category_id,
        "market": market,
        "name": category.name,
        "slug": category.slug,
        "parent_id": category.parent_id,
        "depth": found.depth,
        "position": found.position,
        "path": list(found.names),
        "created_at": category.created_at,
        "updated_at": category.updated_at,
        "version": category.version,
    }
