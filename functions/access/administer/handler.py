"""Operators call this directly, with their own AWS identity: `{"action": "create_client", …}`.

A fault of the operator's is answered as `{"error": {code, detail, errors}}`; a fault of ours is raised.
"""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.access.administer import administer
from skuflow.access.deps import AdministerDeps
from skuflow.access.wiring import build_administer
from skuflow.kernel.errors import PermanentError
from skuflow.platform.observability import logger


def handle(event: Any, _context: LambdaContext, deps: AdministerDeps) -> dict[str, Any]:
    try:
        answer = administer(event, deps)
    except PermanentError as error:
        logger().warning("refused", extra={"reason": f"{error.code}: {error.detail}"})
        faults = [{"field": p.field, "message": p.message, "remedy": p.remedy} for p in error.problems]
        return {"error": {"code": error.code, "detail": error.detail, "errors": faults}}
    logger().info("administered", extra={"action": event["action"]})
    return answer


lambda_handler = entrypoint(handle, build_administer)
