"""Every night: the days to which usage may still have come are to be reconciled."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.billing.deps import StartReconciliationDeps
from skuflow.billing.metering.reconcile_usage import start_reconciliation
from skuflow.billing.wiring import build_start_reconciliation
from skuflow.platform.observability import logger


def handle(event: Any, context: LambdaContext, deps: StartReconciliationDeps) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    asked = start_reconciliation(queue=deps.queue, clock=deps.clock)
    logger().info("days to be reconciled", extra={"asked": asked})
    return {"asked": asked}


lambda_handler = entrypoint(handle, build_start_reconciliation)
