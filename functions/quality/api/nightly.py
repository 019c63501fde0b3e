"""What is done every night without being asked for."""

from __future__ import annotations

from dataclasses import asdict

from skuflow.platform.http_api import Request, Response, Routes
from skuflow.quality.deps import ApiDeps
from skuflow.quality.nightly_store import Nightly

ROUTES = Routes("quality")
_VIEW = "functions.quality.api.views:NightlyView"


@ROUTES.add(
    "GET",
    "/v1/quality/nightly",
    scope="quality:read",
    summary="Read what is done every night",
    response=_VIEW,
)
def get_quality_nightly(request: Request, deps: ApiDeps) -> Response:
    return Response(asdict(deps.nightly.get(request.client_id)))


@ROUTES.add(
    "PUT",
    "/v1/quality/nightly",
    scope="quality:write",
    summary="Say what is to be done every night",
    description="One job a day (UTC) looks through all products, in the hours after 01:40. Without a word it scores them, which is "
    "not billed. What is left out of the body is as it is without a word.",
    body="functions.quality.api.bodies:NightlyBody",
    response=_VIEW,
)
def put_quality_nightly(request: Request, deps: ApiDeps) -> Response:
    body = request.body
    nightly = Nightly(body.enabled, body.mode, body.check_images)
    deps.nightly.put(request.client_id, nightly)
    return Response(asdict(nightly))
