"""API keys: list, issue, rotate, revoke."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from functions.access.api.acting import act_of
from skuflow.access.deps import ApiDeps
from skuflow.access.issue_key import issue_key
from skuflow.access.keys import NewKey
from skuflow.access.revoke_key import revoke_key
from skuflow.access.rotate_key import rotate_key
from skuflow.access.views import key_view
from skuflow.platform.http_api import PAGE, Request, Response, Routes
from skuflow.platform.http_paging import page_of

ROUTES = Routes("keys")
_VIEWS = "functions.access.api.views"
_BODIES = "functions.access.api.bodies"


@ROUTES.add(
    "GET",
    "/v1/api-keys",
    scope="keys:read",
    summary="The client's keys, in order of their ids",
    description="Keys themselves are never shown again; `hint` is the last four characters.",
    response=f"{_VIEWS}:KeyPage",
    query=PAGE,
)
def list_api_keys(request: Request, deps: ApiDeps) -> Response:
    listing = f"api-keys {request.client_id}"
    keys, now = partial(deps.store.list_keys, request.client_id), deps.clock()
    return page_of(request, listing, keys, lambda key: key_view(key, now), pk=str, sk=str)


@ROUTES.add(
    "POST",
    "/v1/api-keys",
    scope="keys:write",
    summary="Issue a key",
    description="The key is shown once. It can hold only scopes that the asking key or role holds too. Publishable keys (`pk_…`), "
    "which may stand in a web page, hold `catalog:read` and `analytics:write` at most.",
    status=201,
    body=f"{_BODIES}:IssueKeyBody",
    response=f"{_VIEWS}:IssuedKeyView",
    idempotent=True,
)
def issue_api_key(request: Request, deps: ApiDeps) -> Response:
    body = request.body
    making = deps.making(request.principal)
    wanted = NewKey(body.kind, body.label, tuple(body.scopes), body.expires_at)
    key, text = issue_key(
        wanted,
        client_id=request.client_id,
        held=request.scopes,
        store=deps.store,
        making=making,
        act=act_of(request, deps),
    )
    return Response({**key_view(key, making.now), "key": text}, 201, shown_once=("key",))


@ROUTES.add(
    "POST",
    "/v1/api-keys/{key_id}/rotate",
    scope="keys:write",
    summary="Replace a key, while the old one goes on for a while",
    description="The new key is shown once; it has the old one's kind, label and scopes. Put it in place before the overlap ends.",
    status=201,
    body=f"{_BODIES}:RotateKeyBody",
    response=f"{_VIEWS}:RotatedKeyView",
    idempotent=True,
    errors=(409, 412),
)
def rotate_api_key(request: Request, deps: ApiDeps) -> Response:
    making = deps.making(request.principal)
    ending, successor, text = rotate_key(
        request.path["key_id"],
        overlap=timedelta(seconds=request.body.overlap_seconds),
        client_id=request.client_id,
        held=request.scopes,
        store=deps.store,
        making=making,
        act=act_of(request, deps),
    )
    shown = {**key_view(successor, making.now), "key": text, "replaces": key_view(ending, making.now)}
    return Response(shown, 201, shown_once=("key",))


@ROUTES.add(
    "DELETE",
    "/v1/api-keys/{key_id}",
    scope="keys:write",
    summary="Revoke a key",
    description="It stops working within a minute. Revoking it again changes nothing.",
    status=204,
    errors=(412,),
)
def revoke_api_key(request: Request, deps: ApiDeps) -> Response:
    revoke_key(request.path["key_id"], client_id=request.client_id, store=deps.store, act=act_of(request, deps))
    return Response(status=204)
