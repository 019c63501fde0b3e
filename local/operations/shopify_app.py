"""Which Shopify app a stage acts as: two secrets, and nothing else."""

from __future__ import annotations

from botocore.exceptions import ClientError

from local.aws import Aws
from local.problems import LocalProblem

SANDBOX_ID = "sandbox-skuflow"
"""The sandbox's own app. Credentials that begin like this lead to the sandbox, all others to Shopify."""

_UNSET = frozenset({"ResourceNotFoundException", "InvalidRequestException"})


def client_id(aws: Aws) -> str:
    """The id of the app that the stage acts as; "" if none was ever set."""
    return _read(aws, _name(aws, "client-id"))


def adopt(aws: Aws, app_id: str, secret: str) -> bool:
    """Act as the app `app_id` from now on; False if that was so already. Functions notice within five minutes, and at once when
    Shopify refuses what they have. The secret before this one is accepted in signatures until the next time."""
    changed = [_write(aws, _name(aws, part), text) for part, text in (("client-secret", secret), ("client-id", app_id))]
    return any(changed)


def adopt_sandbox(aws: Aws, secret: str) -> bool:
    """Act as the sandbox's app, unless somebody has set another; returns whether the sandbox is what is used."""
    now = client_id(aws)
    if now and not now.startswith("sandbox-"):
        return False
    adopt(aws, SANDBOX_ID, secret)
    return True


def _name(aws: Aws, part: str) -> str:
    return f"skuflow/{aws.stage}/shopify/{part}"


def _read(aws: Aws, name: str) -> str:
    try:
        return aws.secrets.get_secret_value(SecretId=name).get("SecretString", "")
    except ClientError as error:
        if error.response["Error"].get("Code") in _UNSET:
            return ""
        raise


def _write(aws: Aws, name: str, text: str) -> bool:
    """Writing what is there already would push the version before it out."""
    if _read(aws, name) == text:
        return False
    try:
        aws.secrets.put_secret_value(SecretId=name, SecretString=text)
    except ClientError as error:
        if error.response["Error"].get("Code") in _UNSET:
            raise LocalProblem(f"there is no secret {name}", "deploy the stage first") from None
        raise
    return True
