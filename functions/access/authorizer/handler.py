"""The HTTP API's authorizer (payload format 2.0, simple response): says whom a request belongs to, or no.

A trouble of ours is raised, not answered: the gateway then says 500 and remembers nothing, where a `no` would be kept.
"""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.access.authorize import authorize, credential
from skuflow.access.deps import AuthorizerDeps
from skuflow.access.wiring import build_authorizer
from skuflow.kernel.errors import SkuflowError, Unauthenticated
from skuflow.platform.observability import count, logger, tell_apart

_REFUSED: dict[str, Any] = {"isAuthorized": False, "context": {}}


def handle(event: Any, _context: LambdaContext, deps: AuthorizerDeps) -> dict[str, Any]:
    try:
        text = credential(_header(event))
        grant = authorize(text, store=deps.store, stage=deps.stage, now=deps.clock(), notice=_notice)
    except Unauthenticated as refusal:
        count("AuthorizationsRefused")
        logger().info("refused", extra={"reason": refusal.detail})
        return _REFUSED
    tell_apart(client_id=grant.client_id)
    logger().info("allowed", extra={"principal": grant.principal})
    return {"isAuthorized": True, "context": grant.context()}


def _header(event: Any) -> str | None:
    """The Authorization header. The gateway's cache is keyed by the identity source, so that is what is judged."""
    source = event.get("identitySource") or []
    return str(source[0]) if source else None


def _notice(attempt: str, error: SkuflowError) -> None:
    count("AuthorizerTroubles")
    logger().warning(f"could not {attempt}", extra={"reason": f"{error.code}: {error.detail}"})


lambda_handler = entrypoint(handle, build_authorizer)
