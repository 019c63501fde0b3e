"""The authorizer of the HTTP API (payload format 2.0, simple response) and of WebSocket APIs (`$connect`, a policy): says whom a
request belongs to, or no.

A trouble of ours is raised, not answered: the gateway then says 500 and remembers nothing, where a `no` would be kept.
"""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from functions.access.authorizer import websocket
from skuflow.access.authorize import Asked, Grant, UserGrant, authorize, credential
from skuflow.access.deps import AuthorizerDeps
from skuflow.access.wiring import build_authorizer
from skuflow.kernel.errors import SkuflowError, Unauthenticated
from skuflow.platform.observability import count, logger, tell_apart

_REFUSED: dict[str, Any] = {"isAuthorized": False, "context": {}}


def handle(event: Any, _context: LambdaContext, deps: AuthorizerDeps) -> dict[str, Any]:
    connecting = websocket.is_connecting(event)
    try:
        asked = websocket.asked(event) if connecting else _asked(event)
        grant = authorize(asked, deps, _notice)
        if connecting:
            grant = grant.settled(asked.client)
    except Unauthenticated as refusal:
        count("AuthorizationsRefused")
        logger().info("refused", extra={"reason": refusal.detail})
        return websocket.refusal(event) if connecting else _REFUSED
    return _allowed(event, grant, connecting=connecting)


def _allowed(event: Any, grant: Grant | UserGrant, *, connecting: bool) -> dict[str, Any]:
    context = grant.context()
    tell_apart(client_id=context.get("client_id", ""))
    logger().info("allowed", extra={"principal": context["principal"]})
    return websocket.allowance(event, context) if connecting else {"isAuthorized": True, "context": context}


def _asked(event: Any) -> Asked:
    """The gateway's cache is keyed by the identity source, so that is what is judged. The client that is named matters for staff
    alone, and an answer that holds one is good for that one only."""
    source = event.get("identitySource") or []
    named = {name.lower(): value for name, value in (event.get("headers") or {}).items()}.get("x-client-id", "")
    address = event.get("requestContext", {}).get("http", {}).get("sourceIp", "")
    return Asked(credential(str(source[0]) if source else None), str(named).strip(), str(address))


def _notice(attempt: str, error: SkuflowError) -> None:
    count("AuthorizerTroubles")
    logger().warning(f"could not {attempt}", extra={"reason": f"{error.code}: {error.detail}"})


lambda_handler = entrypoint(handle, build_authorizer)
