"""A WebSocket API's authorizer event and answer (API Gateway developer guide, "Control access to WebSocket APIs with Lambda
authorizers"). It is asked once, when somebody connects. Browsers can set no headers there, so the credential stands in the query:
`token`, and `client_id` for who acts for several clients.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skuflow.access.authorize import Asked
from skuflow.kernel.errors import Unauthenticated


def is_connecting(event: Any) -> bool:
    return event.get("type") == "REQUEST" and "methodArn" in event


def asked(event: Any) -> Asked:
    """Raises Unauthenticated without a token."""
    query = event.get("queryStringParameters") or {}
    token = str(query.get("token") or "")
    if not token:
        raise Unauthenticated("connect with `?token=<API key or access token>`")
    address = event.get("requestContext", {}).get("identity", {}).get("sourceIp", "")
    return Asked(token, str(query.get("client_id") or ""), str(address))


def allowance(event: Any, context: Mapping[str, str]) -> dict[str, Any]:
    """Leave to connect, and to say afterwards whatever the routes take."""
    return _policy(event, "Allow", context["principal"], context)


def refusal(event: Any) -> dict[str, Any]:
    return _policy(event, "Deny", "nobody", {})


def _policy(event: Any, effect: str, principal: str, context: Mapping[str, str]) -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": str(event["methodArn"])}
    return {
        "principalId": principal,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": dict(context),
    }
