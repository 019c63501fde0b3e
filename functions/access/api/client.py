"""A client's own record."""

from __future__ import annotations

from skuflow.access.deps import ApiDeps
from skuflow.access.views import client_view
from skuflow.platform.http_api import Request, Response, Routes

ROUTES = Routes("client")


@ROUTES.add(
    "GET",
    "/v1/client",
    scope="client:read",
    summary="The client that the key belongs to",
    response="functions.access.api.views:ClientView",
    errors=(404,),
)
def get_client(request: Request, deps: ApiDeps) -> Response:
    return Response(client_view(deps.store.get_client(request.client_id)))
