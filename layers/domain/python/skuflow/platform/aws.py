"""AWS clients: one botocore session per process, one client per service, made once and shared.

botocore rather than boto3: the resource layer that boto3 adds is not used here and costs 25 ms of every cold start.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, overload

from botocore.config import Config
from botocore.session import Session, get_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_appconfigdata import AppConfigDataClient
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

_CONFIG = Config(
    connect_timeout=2,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 4},
    parameter_validation=False,
)


@cache
def session() -> Session:
    return get_session()


@overload
def client(service: Literal["dynamodb"]) -> DynamoDBClient: ...
@overload
def client(service: Literal["s3"]) -> S3Client: ...
@overload
def client(service: Literal["sqs"]) -> SQSClient: ...
@overload
def client(service: Literal["events"]) -> EventBridgeClient: ...
@overload
def client(service: Literal["secretsmanager"]) -> SecretsManagerClient: ...
@overload
def client(service: Literal["kms"]) -> KMSClient: ...
@overload
def client(service: Literal["cognito-idp"]) -> CognitoIdentityProviderClient: ...
@overload
def client(service: Literal["appconfigdata"]) -> AppConfigDataClient: ...


def client(service: str) -> Any:
    """The process's client for `service`. S3 signs with SigV4: older signatures do not bind a form's conditions. Its addresses
    name the bucket's region: a presigned URL without it would lead through another one."""
    return _client(service)


def sqs_client() -> SQSClient:
    """The SQS client, for whoever rarely needs one: making it is left to the first use."""
    return client("sqs")


@cache
def _client(service: str) -> Any:
    s3 = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
    config = _CONFIG.merge(s3) if service == "s3" else _CONFIG
    return session().create_client(service, config=config)


_forgetters: list[Callable[[], None]] = []


def on_forget(clear: Callable[[], None]) -> None:
    """Have `clear` called by `forget_clients`: for whoever keeps something that holds a client."""
    _forgetters.append(clear)


def forget_clients() -> None:
    """Drop the cached session and clients; for tests, whose AWS is another one each time."""
    for clear in (_client.cache_clear, session.cache_clear, *_forgetters):
        clear()
