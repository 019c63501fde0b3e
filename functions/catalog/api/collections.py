"""HTTP: collections of products that are shown for a while."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from functions.catalog.api.cursors import after_of, cursor_after
from functions.catalog.api.versions import asked_version, etag, path_id
from skuflow.catalog import change_taxonomy
from skuflow.catalog.deps import ApiDeps
from skuflow.catalog.model import visible
from skuflow.catalog.taxonomy import Collection, check_version
from skuflow.kernel.clock import iso
from skuflow.kernel.errors import Invalid, NotFound, Problem
from skuflow.kernel.ids import derived_id
from skuflow.platform.http_api import IF_MATCH, PAGE, Param, Request, Response, Routes

ROUTES = Routes("collections")
_VIEWS = "functions.catalog.api.views_taxonomy"
_BODIES = "functions.catalog.api.bodies_taxonomy"

ACTIVE = Param("active", "Only collections that are active now (`true`), or only those that are not.", "boolean")


@ROUTES.add(
    "GET",
    "/v1/collections",
    scope="catalog:read",
    summary="Collections, in order of their ids",
    response=f"{_VIEWS}:CollectionPage",
    query=(ACTIVE, *PAGE),
)
def list_collections(request: Request, deps: ApiDeps) -> Response:
    active, limit, now = request.query["active"], int(request.query["limit"]), deps.clock()
    query = f"collections {request.client_id} {active}"
    every = deps.taxonomy.collections(request.client_id, after_of(request, query))
    wanted = (collection for collection in every if active in (None, collection.is_active(now)))
    found = list(islice(wanted, limit + 1))
    more = found[limit - 1].collection_id if len(found) > limit else None
    items = [_summary(collection, deps) for collection in found[:limit]]
    return Response({"items": items, "next_cursor": cursor_after(query, more)})


@ROUTES.add(
    "POST",
    "/v1/collections",
    scope="catalog:write",
    summary="Make a collection",
    status=201,
    body=f"{_BODIES}:CreateCollection",
    response=f"{_VIEWS}:CollectionView",
    idempotent=True,
)
def create_collection(request: Request, deps: ApiDeps) -> Response:
    key = request.headers.get("idempotency-key")
    name = derived_id("col", key, request.body.model_dump_json()) if key else deps.new_id("col")
    fields = _fields(request.body.model_dump())
    _check_known(fields["product_ids"], request, deps)
    return _answer(
        change_taxonomy.create_collection(deps.taxonomy, request.client_id, name, fields, deps.clock()), deps, 201
    )


@ROUTES.add(
    "GET",
    "/v1/collections/{collection_id}",
    scope="catalog:read",
    summary="A collection with its products",
    response=f"{_VIEWS}:CollectionView",
)
def get_collection(request: Request, deps: ApiDeps) -> Response:
    return _answer(_collection_of(request, deps), deps)


@ROUTES.add(
    "PATCH",
    "/v1/collections/{collection_id}",
    scope="catalog:write",
    summary="Change a collection",
    body=f"{_BODIES}:ChangeCollection",
    response=f"{_VIEWS}:CollectionView",
    headers=(IF_MATCH,),
    errors=(412,),
)
def change_collection(request: Request, deps: ApiDeps) -> Response:
    fields = _fields(request.body.model_dump(exclude_unset=True, exclude={"version"}))
    old = _collection_of(request, deps)
    _check_known([name for name in fields.get("product_ids", ()) if name not in old.product_ids], request, deps)
    changed = change_taxonomy.change_collection(
        deps.taxonomy,
        request.client_id,
        old.collection_id,
        fields,
        version=asked_version(request),
        now=deps.clock(),
        pause=deps.pause,
    )
    return _answer(changed, deps)


@ROUTES.add(
    "DELETE",
    "/v1/collections/{collection_id}",
    scope="catalog:write",
    summary="Delete a collection",
    description="Its products stay.",
    status=204,
    headers=(IF_MATCH,),
    errors=(412, 422),
)
def delete_collection(request: Request, deps: ApiDeps) -> Response:
    collection = _collection_of(request, deps)
    check_version(asked_version(request), collection.version)
    deps.taxonomy.delete_collection(request.client_id, collection.collection_id, collection.version)
    return Response(status=204)


def _collection_of(request: Request, deps: ApiDeps) -> Collection:
    collection = deps.taxonomy.collection(request.client_id, path_id(request, "collection_id"))
    if collection is None:
        raise NotFound("there is no such collection")
    return collection


def _fields(said: dict[str, Any]) -> dict[str, Any]:
    """The body's fields as a Collection has them."""
    fields = dict(said)
    if "product_ids" in fields:
        fields["product_ids"] = tuple(fields["product_ids"])
    for name in ("starts_at", "ends_at"):
        if fields.get(name) is not None:
            fields[name] = iso(fields[name])
    return fields


def _check_known(product_ids: Sequence[str], request: Request, deps: ApiDeps) -> None:
    """Raises Invalid that names products that there are not."""
    known = deps.products.get_many(request.client_id, product_ids)
    missing = [name for name in product_ids if visible(known.get(name)) is None]
    if missing:
        problems = [Problem("product_ids", f"there is no product {name}", "leave it out") for name in missing[:20]]
        raise Invalid("some products are not in the catalogue", problems=problems)


def _answer(collection: Collection, deps: ApiDeps, status: int = 200) -> Response:
    body = {**_summary(collection, deps), "product_ids": list(collection.product_ids)}
    return Response(body, status, etag(collection.version))


def _summary(collection: Collection, deps: ApiDeps) -> dict[str, Any]:
    return {
        "collection_id": collection.collection_id,
        "title": collection.title,
        "slug": collection.slug,
        "description": collection.description,
        "products": len(collection.product_ids),
        "is_active": collection.is_active(deps.clock()),
        "starts_at": collection.starts_at,
        "ends_at": collection.ends_at,
        "created_at": collection.created_at,
        "updated_at": collection.updated_at,
        "version": collection.version,
    }
