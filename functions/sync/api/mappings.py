"""Saved column mappings, and a guess at a new one."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

from functions.sync.api.rendering import mapping_view, suggestion_view
from skuflow.kernel.errors import Malformed, VersionConflict
from skuflow.platform.http_api import IF_MATCH, PAGE, Request, Response, Routes
from skuflow.platform.http_paging import page_of
from skuflow.sync.column_mapping import SavedMapping, checked_mapping
from skuflow.sync.deps import ApiDeps

ROUTES = Routes("imports")
_VIEWS = "functions.sync.api.views"
_BODIES = "functions.sync.api.bodies"
_LISTED = "import-mappings"
_ETAG = re.compile(r'(?:W/)?"?(\d{1,15})"?')


def _answer(item: SavedMapping, status: int = 200) -> Response:
    return Response(mapping_view(item), status, {"ETag": f'"{item.version}"'})


def _valid(mapping: dict[str, str]) -> dict[str, str]:
    from skuflow.sync.reading.columns import MAPPABLE_FIELDS

    return checked_mapping(mapping, MAPPABLE_FIELDS, None)


@ROUTES.add(
    "GET",
    "/v1/import-mappings",
    scope="imports:read",
    summary="List saved mappings",
    query=PAGE,
    response=f"{_VIEWS}:MappingPage",
)
def list_import_mappings(request: Request, deps: ApiDeps) -> Response:
    return page_of(request, _LISTED, partial(deps.mappings.page, request.client_id), mapping_view, id=str)


@ROUTES.add(
    "POST",
    "/v1/import-mappings",
    scope="imports:write",
    summary="Save a mapping",
    description="It is used by itself for the next file that has all its columns and no known format.",
    status=201,
    body=f"{_BODIES}:SaveMapping",
    response=f"{_VIEWS}:MappingView",
    idempotent=True,
)
def create_import_mapping(request: Request, deps: ApiDeps) -> Response:
    now = deps.clock()
    item = SavedMapping(deps.new_id("map"), request.body.name, _valid(request.body.mapping), now, now)
    return _answer(deps.mappings.save(request.client_id, item), 201)


@ROUTES.add(
    "POST",
    "/v1/import-mappings/suggest",
    scope="imports:read",
    summary="Guess which column is what",
    body=f"{_BODIES}:SuggestMapping",
    response=f"{_VIEWS}:SuggestionView",
)
def suggest_import_mapping(request: Request, deps: ApiDeps) -> Response:  # noqa: ARG001 - every route takes both
    from skuflow.sync.reading.suggestion import suggest_mapping

    return Response(suggestion_view(suggest_mapping(request.body.headers, request.body.sample)))


@ROUTES.add(
    "GET",
    "/v1/import-mappings/{mapping_id}",
    scope="imports:read",
    summary="Read a saved mapping",
    response=f"{_VIEWS}:MappingView",
)
def get_import_mapping(request: Request, deps: ApiDeps) -> Response:
    return _answer(deps.mappings.get(request.client_id, request.path["mapping_id"]))


@ROUTES.add(
    "PUT",
    "/v1/import-mappings/{mapping_id}",
    scope="imports:write",
    summary="Replace a saved mapping",
    headers=(IF_MATCH,),
    body=f"{_BODIES}:SaveMapping",
    response=f"{_VIEWS}:MappingView",
    errors=(412,),
)
def replace_import_mapping(request: Request, deps: ApiDeps) -> Response:
    item = deps.mappings.get(request.client_id, request.path["mapping_id"])
    asked = request.headers.get("if-match", "*")
    match = _ETAG.fullmatch(asked)
    if match is None and asked != "*":
        raise Malformed('If-Match is the ETag of a mapping, e.g. "3"')
    if match is not None and int(match[1]) != item.version:
        raise VersionConflict(f"the mapping is at version {item.version}; read it again")
    changed = replace(item, name=request.body.name, mapping=_valid(request.body.mapping), updated_at=deps.clock())
    return _answer(deps.mappings.save(request.client_id, changed))


@ROUTES.add(
    "DELETE",
    "/v1/import-mappings/{mapping_id}",
    scope="imports:write",
    summary="Forget a saved mapping",
    status=204,
)
def delete_import_mapping(request: Request, deps: ApiDeps) -> Response:
    deps.mappings.delete(request.client_id, request.path["mapping_id"])
    return Response(None, 204)
