"""Clients for the AWS that a command speaks to: the embedded one of an instance, or a real account."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.session import Session

from local.problems import LocalProblem, NothingRunning
from local.stage.instance import ACCOUNT, STAGE, Instance
from local.stage.process import is_ready

if TYPE_CHECKING:
    from mypy_boto3_apigatewayv2 import ApiGatewayV2Client
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient


@dataclass(frozen=True)
class Aws:
    """`stage` is the name in every resource; `endpoint` None means the real AWS, with the caller's own credentials, or those of
    the caller's `profile`."""

    stage: str
    region: str | None = None
    endpoint: str | None = None
    profile: str | None = None

    @property
    def prefix(self) -> str:
        return f"skuflow-{self.stage}-"

    @cached_property
    def _session(self) -> Session:
        if self.endpoint is None:
            return Session(profile=self.profile)
        # The user's profiles, credentials and proxies are for the real AWS; a missing one must not stop the embedded one.
        nothing = (None, None, None, None)
        no_file = (None, None, os.devnull, None)
        session = Session({"profile": nothing, "config_file": no_file, "credentials_file": no_file})
        session.set_credentials(ACCOUNT, ACCOUNT)
        return session

    def _client(self, service: str, *, read_timeout: float = 60, attempts: int = 4) -> Any:
        config = Config(
            signature_version="s3v4" if service == "s3" else None,
            read_timeout=read_timeout,
            retries={"mode": "standard", "total_max_attempts": attempts},
            proxies={} if self.endpoint else None,
        )
        return self._session.create_client(service, region_name=self.region, endpoint_url=self.endpoint, config=config)

    @cached_property
    def apigateway(self) -> ApiGatewayV2Client:
        client: ApiGatewayV2Client = self._client("apigatewayv2")
        return client

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        client: CloudFormationClient = self._client("cloudformation")
        return client

    @cached_property
    def cloudwatch(self) -> Any:
        return self._client("cloudwatch")

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        client: DynamoDBClient = self._client("dynamodb")
        return client

    @cached_property
    def events(self) -> EventBridgeClient:
        client: EventBridgeClient = self._client("events")
        return client

    @cached_property
    def functions(self) -> LambdaClient:
        # One attempt and a function's longest run: a second invocation while the first still works would do its job twice.
        client: LambdaClient = self._client("lambda", read_timeout=910, attempts=1)
        return client

    @cached_property
    def logs(self) -> CloudWatchLogsClient:
        client: CloudWatchLogsClient = self._client("logs")
        return client

    @cached_property
    def s3(self) -> S3Client:
        client: S3Client = self._client("s3")
        return client

    @cached_property
    def schedules(self) -> Any:
        """EventBridge Scheduler."""
        return self._client("scheduler")

    @cached_property
    def secrets(self) -> SecretsManagerClient:
        client: SecretsManagerClient = self._client("secretsmanager")
        return client

    @cached_property
    def sqs(self) -> SQSClient:
        client: SQSClient = self._client("sqs")
        return client

    @cached_property
    def ssm(self) -> SSMClient:
        client: SSMClient = self._client("ssm")
        return client

    @cached_property
    def users(self) -> CognitoIdentityProviderClient:
        """Cognito user pools."""
        client: CognitoIdentityProviderClient = self._client("cognito-idp")
        return client

    def outputs(self, stack: str) -> dict[str, str]:
        """The outputs of `skuflow-<stage>-<stack>`, by key."""
        name = f"{self.prefix}{stack}"
        try:
            described = self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        except self.cloudformation.exceptions.ClientError:
            raise LocalProblem(f"the stack {name} is not deployed", "run: skuflow deploy") from None
        return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}

    def api_url(self, tunnel: str = "") -> str:
        """The base URL of the HTTP API, without a trailing slash; of the embedded AWS, as seen through `tunnel` if there is one."""
        outputs = self.outputs("shared")
        if self.endpoint is None:
            return outputs["ApiUrl"].rstrip("/")
        return f"{tunnel or self.endpoint}/_aws/execute-api/{outputs['ApiId']}"

    def bus(self) -> str:
        return self.outputs("shared")["EventBusName"]

    def function_name(self, function: str) -> str:
        """The deployed name of `catalog/api`, or of a full name as it is."""
        if function.startswith("skuflow-"):
            return function
        return self.prefix + function.replace("/", "-").replace("_", "-")


def embedded(instance: Instance) -> Aws:
    """The embedded AWS of a running instance; NothingRunning if it does not answer."""
    if not is_ready(instance):
        raise NothingRunning(instance.name)
    return Aws(STAGE, instance.region, instance.endpoint)
