"""How the API asks the authorizer function who is calling."""

from __future__ import annotations

from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.http_api import HttpApi
from infra.constructs.python_function import PythonFunction

CACHED_SECONDS = 60
"""How long an answer is kept for the same key or token: a revoked key, a person who was removed, a client that was suspended stop
within this time (5 minutes are promised). `skuflow.platform.http_caller` knows the figure too; a test holds them together."""


class Authorizer(Construct):
    """`function` decides over every call of `api` that carries an Authorization header; a call without one is refused (401)."""

    def __init__(self, function: PythonFunction, api: HttpApi) -> None:
        super().__init__(function, "Authorizer")
        stage = api.stage
        resource = gateway.CfnAuthorizer(
            self,
            "Authorizer",
            api_id=api.api_id,
            name=function.name,
            authorizer_type="REQUEST",
            authorizer_payload_format_version="2.0",
            authorizer_result_ttl_in_seconds=CACHED_SECONDS,
            authorizer_uri=(
                f"arn:aws:apigateway:{stage.region}:lambda:path/2015-03-31/functions/{function.arn}/invocations"
            ),
            enable_simple_responses=True,
            identity_source=["$request.header.Authorization"],
        )
        self.authorizer_id = resource.ref
        lambda_.CfnPermission(
            self,
            "Permission",
            action="lambda:InvokeFunction",
            function_name=function.arn,
            principal="apigateway.amazonaws.com",
            source_arn=api.source_arn(f"authorizers/{self.authorizer_id}"),
        )
