"""The gateway serves exactly the routes that the code declares; whatever has a scope goes through the authorizer."""

from __future__ import annotations

import json
from importlib import import_module

import pytest

from infra.constructs.authorizer import CACHED_SECONDS
from infra.constructs.http_api import routes_of
from tests.architecture.repository import doors
from tests.infra.templates import Assembly, Resource

SERVING = [
    (context, trigger)
    for context, trigger in doors()
    if hasattr(import_module(f"functions.{context}.{trigger}.handler"), "ROUTES")
]
OPEN = {"GET /v1/shopify/authorize", "GET /v1/shopify/callback", "POST /v1/shopify/webhooks"}
"""Routes of the contexts that need no key, because something else in the request says who sends it."""


def declared() -> dict[str, str | None]:
    """Route key -> scope, from the code."""
    return {
        f"{r.method} {r.gateway_path}": r.scope for context, trigger in SERVING for r in routes_of(context, trigger)
    }


def routes(assembly: Assembly) -> dict[str, Resource]:
    return {route.properties["RouteKey"]: route for route in assembly.all("AWS::ApiGatewayV2::Route")}


def function_behind(assembly: Assembly, route: Resource) -> Resource:
    _, (_, integration_id) = route.properties["Target"]["Fn::Join"]
    integration = assembly.target(route.stack, integration_id)
    assert integration is not None
    assert integration.properties["PayloadFormatVersion"] == "2.0"
    function = assembly.target(integration.stack, integration.properties["IntegrationUri"])
    assert function is not None
    return function


def test_the_gateway_has_the_routes_of_the_code_and_a_last_resort(staging: Assembly) -> None:
    assert set(routes(staging)) == {*declared(), "$default"}


@pytest.mark.parametrize(("context", "trigger"), SERVING)
def test_every_route_leads_to_the_function_that_declares_it(staging: Assembly, context: str, trigger: str) -> None:
    found = routes(staging)
    for route in routes_of(context, trigger):
        behind = function_behind(staging, found[f"{route.method} {route.gateway_path}"])
        assert behind == staging.functions[f"{context}/{trigger}"]


def test_unknown_paths_are_answered_by_the_reference_function(staging: Assembly) -> None:
    behind = function_behind(staging, routes(staging)["$default"])
    assert behind == staging.functions["platform/api_reference"]


def test_a_route_with_a_scope_asks_the_authorizer_and_only_those_do(staging: Assembly) -> None:
    scopes = declared()
    for key, route in routes(staging).items():
        if scopes.get(key) is None:
            assert route.properties["AuthorizationType"] == "NONE", key
            continue
        assert route.properties["AuthorizationType"] == "CUSTOM", key
        authorizer = staging.target(route.stack, route.properties["AuthorizerId"])
        assert authorizer is not None, key
        assert authorizer.type == "AWS::ApiGatewayV2::Authorizer"


def test_no_route_is_open_but_those_that_were_thought_about(staging: Assembly) -> None:
    opened = {key for key, route in routes(staging).items() if route.properties["AuthorizationType"] == "NONE"}
    assert {key for key in opened if "/v1/" in key} == OPEN


def test_the_authorizer_reads_the_header_and_forgets_within_a_minute(staging: Assembly) -> None:
    (authorizer,) = staging.all("AWS::ApiGatewayV2::Authorizer")
    properties = authorizer.properties
    assert properties["IdentitySource"] == ["$request.header.Authorization"]
    assert properties["AuthorizerResultTtlInSeconds"] == CACHED_SECONDS <= 300
    assert properties["EnableSimpleResponses"] is True
    assert properties["AuthorizerPayloadFormatVersion"] == "2.0"
    function = staging.functions["access/authorizer"]
    assert f"<{function.logical_id}>" in staging.text(authorizer.stack, properties["AuthorizerUri"])


def test_the_gateway_may_call_the_functions_behind_it_and_no_others(staging: Assembly) -> None:
    allowed = {
        function.properties["FunctionName"]
        for permission in staging.all("AWS::Lambda::Permission")
        if permission.properties["Principal"] == "apigateway.amazonaws.com"
        and (function := staging.target(permission.stack, permission.properties["FunctionName"]))
    }
    behind = {function_behind(staging, route).properties["FunctionName"] for route in routes(staging).values()}
    assert allowed == behind | {"skuflow-test-access-authorizer"}


def test_every_call_is_logged_counted_and_limited(staging: Assembly) -> None:
    (stage,) = staging.all("AWS::ApiGatewayV2::Stage")
    log = json.loads(stage.properties["AccessLogSettings"]["Format"])
    assert {"request_id", "route", "status", "latency_ms", "client_id"} <= set(log)
    settings = stage.properties["DefaultRouteSettings"]
    assert settings["DetailedMetricsEnabled"] is True
    assert 0 < settings["ThrottlingRateLimit"] <= settings["ThrottlingBurstLimit"]


def test_the_access_log_holds_no_secret(staging: Assembly) -> None:
    (stage,) = staging.all("AWS::ApiGatewayV2::Stage")
    assert "header" not in stage.properties["AccessLogSettings"]["Format"].lower()


def test_browsers_may_call_with_the_headers_that_the_api_reads(staging: Assembly) -> None:
    (api,) = staging.all("AWS::ApiGatewayV2::Api")
    cors = api.properties["CorsConfiguration"]
    assert {"authorization", "idempotency-key", "x-client-id", "x-correlation-id", "if-match"} <= set(
        cors["AllowHeaders"]
    )
    assert "AllowCredentials" not in cors
    assert api.properties["Tags"]["ms-custom-id"] == "skuflowtest"


def test_the_addresses_that_operators_need_are_outputs(staging: Assembly) -> None:
    outputs = {name: set(template.get("Outputs", {})) for name, template in staging.templates.items()}
    assert {"ApiUrl", "ApiId", "EventBusName", "AlarmTopicArn"} <= outputs["skuflow-test-shared"]
    assert "UploadBucketName" in outputs["skuflow-test-sync-data"]
    assert "UploadBucketName" in outputs["skuflow-test-sync"]
