"""The HTTP API, and how a function's routes get onto it: they are read from the code that serves them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.constructs.alarms import Limit, Metrics, sound
from infra.constructs.context_stack import ContextStack
from infra.constructs.nag import acknowledge
from infra.constructs.python_function import PythonFunction

if TYPE_CHECKING:
    from skuflow.platform.http_api import Route

REQUESTS_PER_SECOND, BURST = 500, 1000
"""What the API lets through before it answers 429; protects the tables and the account's concurrency."""

_ACCESS_LOG = {
    "request_id": "$context.requestId",
    "at": "$context.requestTimeEpoch",
    "route": "$context.routeKey",
    "status": "$context.status",
    "latency_ms": "$context.responseLatency",
    "bytes": "$context.responseLength",
    "client_id": "$context.authorizer.client_id",
    "authorizer_error": "$context.authorizer.error",
    "integration_error": "$context.integrationErrorMessage",
}
_OPEN_REASON = "Public on purpose: the API's own description, its health, and the answer to unknown paths."


class HttpApi(Construct):
    """The API `skuflow-<stage>`. Browsers of any origin may call it: keys travel in a header, never in a cookie."""

    def __init__(self, stack: ContextStack) -> None:
        super().__init__(stack, "http-api")
        stage = stack.stage
        self.stage = stage
        self._api = gateway.CfnApi(
            self,
            "Api",
            name=stage.named(),
            protocol_type="HTTP",
            description=f"Skuflow, stage {stage.name}",
            cors_configuration=_cors(),
            tags={"ms-custom-id": f"skuflow{stage.name}"},
        )
        access_log = logs.LogGroup(
            self,
            "AccessLog",
            log_group_name=f"/skuflow/{stage.name}/http-api",
            retention=stage.log_retention,
            removal_policy=stage.removal_policy,
        )
        gateway.CfnStage(
            self,
            "Stage",
            api_id=self.api_id,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=gateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=access_log.log_group_arn, format=json.dumps(_ACCESS_LOG)
            ),
            default_route_settings=gateway.CfnStage.RouteSettingsProperty(
                detailed_metrics_enabled=True,
                throttling_rate_limit=REQUESTS_PER_SECOND,
                throttling_burst_limit=BURST,
            ),
        )
        self._watch()

    @property
    def api_id(self) -> str:
        return self._api.ref

    @property
    def url(self) -> str:
        return f"https://{self.api_id}.execute-api.{self.stage.region}.amazonaws.com"

    def source_arn(self, tail: str) -> str:
        return self.stage.arn("execute-api", f"{self.api_id}/{tail}")

    def serve(
        self,
        function: PythonFunction,
        routes: Iterable[Route],
        *,
        authorizer_id: str | None = None,
        open_keys: Iterable[str] = (),
        open_because: str = _OPEN_REASON,
    ) -> None:
        """Send `routes` to `function`: those with a scope through the authorizer, the others open to everybody (the reason is
        `open_because`), as are `open_keys`, which are route keys of the gateway itself (`$default`)."""
        served = Served(function, self, open_because)
        for key, route in _by_key(routes).items():
            served.route(key, authorizer_id=_authorizer(key, authorizer_id) if route.scope is not None else None)
            function.parts.routes.append((route.method, route.gateway_path))
        for key in open_keys:
            served.route(key, authorizer_id=None)

    def _watch(self) -> None:
        sound(
            self,
            self.stage,
            "http-api-5xx",
            Metrics("AWS/ApiGateway", {"ApiId": self.api_id}).rate("5xx", "Count"),
            Limit(above=1, times=2, of=3),
            says="More than 1 % of the API's answers are 5xx. The access log names the route, the function's log the reason.",
            runbook="api-5xx",
        )


class Served(Construct):
    """One function behind the API."""

    def __init__(self, function: PythonFunction, api: HttpApi, open_because: str) -> None:
        super().__init__(function, "Http")
        self._api = api
        self._open_because = open_because
        integration = gateway.CfnIntegration(
            self,
            "Integration",
            api_id=api.api_id,
            integration_type="AWS_PROXY",
            integration_uri=function.arn,
            payload_format_version="2.0",
        )
        self._target = f"integrations/{integration.ref}"
        lambda_.CfnPermission(
            self,
            "Permission",
            action="lambda:InvokeFunction",
            function_name=function.arn,
            principal="apigateway.amazonaws.com",
            source_arn=api.source_arn("*/*"),
        )

    def route(self, key: str, *, authorizer_id: str | None) -> None:
        """Serve the route `key` (`GET /v1/products`, or `$default`)."""
        route = gateway.CfnRoute(
            self,
            key.replace("/", "|"),
            api_id=self._api.api_id,
            route_key=key,
            target=self._target,
            authorization_type="CUSTOM" if authorizer_id else "NONE",
            authorizer_id=authorizer_id,
        )
        if authorizer_id is None:
            acknowledge(route, "APIG4", self._open_because)


def routes_of(context: str, trigger: str) -> Iterable[Route]:
    """What functions/<context>/<trigger> says it serves. Raises ValueError if it has no ROUTES."""
    handler = import_module(f"functions.{context}.{trigger}.handler")
    routes: Iterable[Route] | None = getattr(handler, "ROUTES", None)
    if routes is None:
        raise ValueError(f"functions/{context}/{trigger}/handler.py has no ROUTES: the API's routes are read from it")
    return routes


def _by_key(routes: Iterable[Route]) -> dict[str, Route]:
    """Key of the gateway -> a route behind it. Raises ValueError if one of two behind a key is open and the other is not."""
    found: dict[str, Route] = {}
    for route in routes:
        key = f"{route.method} {route.gateway_path}"
        if (found.setdefault(key, route).scope is None) != (route.scope is None):
            raise ValueError(f"{key} leads to an open route and to one with a scope")
    return found


def _authorizer(key: str, authorizer_id: str | None) -> str:
    if authorizer_id is None:
        raise ValueError(f"route {key} has a scope but no authorizer")
    return authorizer_id


def _cors() -> gateway.CfnApi.CorsProperty:
    return gateway.CfnApi.CorsProperty(
        allow_origins=["*"],
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
        allow_headers=[
            "authorization",
            "content-type",
            "idempotency-key",
            "if-match",
            "x-client-id",
            "x-correlation-id",
        ],
        expose_headers=["etag", "location", "retry-after", "x-correlation-id"],
        max_age=3600,
    )
