"""Metrics: what a client's usage is counted by."""

from __future__ import annotations

from skuflow.billing.deps import ApiDeps
from skuflow.billing.metering.model import BUILT_IN, Metric
from skuflow.kernel.clock import iso
from skuflow.platform.http_api import Request, Response, Routes

ROUTES = Routes("usage")
_VIEWS = "functions.billing.api.views_metrics"


def _view(metric: Metric) -> dict[str, object]:
    return {
        "code": metric.code,
        "name": metric.name,
        "aggregation": metric.aggregation,
        "unit": metric.unit,
        "whole": metric.whole,
        "property": metric.property,
        "carries_over": metric.carries_over,
        "built_in": metric.code in BUILT_IN,
        "created_at": metric.created_at or None,
    }


@ROUTES.add(
    "POST",
    "/v1/metrics",
    scope="usage:write",
    summary="Define a metric",
    description="A definition never changes; sent again unchanged, it is answered as it is.",
    status=201,
    body="functions.billing.api.bodies_metrics:DefineMetric",
    response=f"{_VIEWS}:MetricView",
    errors=(409,),
)
def define_metric(request: Request, deps: ApiDeps) -> Response:
    body = request.body
    wanted = Metric(
        code=body.code,
        aggregation=body.aggregation,
        unit=body.unit,
        name=body.name,
        whole=body.whole,
        property=body.property,
        carries_over=body.carries_over,
        created_at=iso(deps.clock()),
    )
    made = deps.metering.metrics.define(request.client_id, wanted)
    return Response(_view(made), 201, {"Location": f"/v1/metrics/{made.code}"})


@ROUTES.add("GET", "/v1/metrics", scope="usage:read", summary="List the metrics", response=f"{_VIEWS}:MetricList")
def list_metrics(request: Request, deps: ApiDeps) -> Response:
    return Response({"items": [_view(one) for one in deps.metering.metrics.all(request.client_id)]})


@ROUTES.add(
    "GET",
    "/v1/metrics/{metric_code}",
    scope="usage:read",
    summary="Read a metric",
    response=f"{_VIEWS}:MetricView",
)
def get_metric(request: Request, deps: ApiDeps) -> Response:
    return Response(_view(deps.metering.metrics.get(request.client_id, request.path["metric_code"])))
