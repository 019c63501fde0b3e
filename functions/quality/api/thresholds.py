"""Thresholds on what is measured, and the alerts that crossing them raised."""

from __future__ import annotations

from functools import partial

from functions.quality.api.rendering import alert_view, threshold_view
from skuflow.kernel.ids import derived_id
from skuflow.platform.http_api import PAGE, Request, Response, Routes
from skuflow.platform.http_paging import page_of
from skuflow.quality.deps import ApiDeps
from skuflow.quality.threshold_store import set_threshold
from skuflow.quality.thresholds import Threshold, checked_limits

ROUTES = Routes("quality")
_VIEWS = "functions.quality.api.views"
_BODIES = "functions.quality.api.bodies"
_ALERTS = "quality-alerts"


@ROUTES.add(
    "GET",
    "/v1/quality/thresholds",
    scope="quality:read",
    summary="List thresholds",
    response=f"{_VIEWS}:ThresholdList",
)
def list_quality_thresholds(request: Request, deps: ApiDeps) -> Response:
    return Response({"items": [threshold_view(one) for one in deps.thresholds.all(request.client_id)]})


@ROUTES.add(
    "PUT",
    "/v1/quality/thresholds",
    scope="quality:write",
    summary="Set a threshold on what jobs measure",
    description="There is one for each field, metric and direction; setting it again changes its limit. Jobs that look "
    "at the whole collection are held against it. Crossing it raises one alert, and the next only after the value has "
    "come back by `margin`.",
    body=f"{_BODIES}:SetThreshold",
    response=f"{_VIEWS}:ThresholdView",
    errors=(409,),
)
def put_quality_threshold(request: Request, deps: ApiDeps) -> Response:
    from skuflow.quality.rules.fields import measured_name

    body = request.body
    checked_limits(body.limit, body.margin)
    field = measured_name(body.field)
    wanted = Threshold(
        threshold_id=derived_id("qth", request.client_id, body.collection, field, body.metric, body.direction),
        collection=body.collection,
        field=field,
        metric=body.metric,
        direction=body.direction,
        limit=body.limit,
        margin=body.margin,
        created_at=deps.clock(),
    )
    return Response(threshold_view(set_threshold(request.client_id, wanted, deps.thresholds)))


@ROUTES.add(
    "DELETE",
    "/v1/quality/thresholds/{threshold_id}",
    scope="quality:write",
    summary="Remove a threshold",
    description="Its alerts stay.",
    status=204,
)
def remove_quality_threshold(request: Request, deps: ApiDeps) -> Response:
    deps.thresholds.remove(request.client_id, request.path["threshold_id"])
    return Response(None, 204)


@ROUTES.add(
    "GET",
    "/v1/quality/alerts",
    scope="quality:read",
    summary="List alerts, newest first",
    query=PAGE,
    response=f"{_VIEWS}:AlertPage",
)
def list_quality_alerts(request: Request, deps: ApiDeps) -> Response:
    return page_of(request, _ALERTS, partial(deps.thresholds.alerts, request.client_id), alert_view, at=str)
