"""Fixes that quality has decided on, applied to products that are still as it saw them."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.catalog.apply_fixes import apply_fixes
from skuflow.catalog.deps import ApplyProductFixesDeps
from skuflow.catalog.wiring import build_apply_product_fixes
from skuflow.contracts.quality import ProductFixesDecided
from skuflow.platform.consumer import Message, bus_event, consume, payload
from skuflow.platform.observability import count_many, logger


def handle(event: Any, context: LambdaContext, deps: ApplyProductFixesDeps) -> Any:  # noqa: ARG001 - Lambda's signature
    def process(message: Message) -> None:
        told = bus_event(message)
        decided = payload(told, ProductFixesDecided)
        outcome = apply_fixes(told.client_id, decided, told.cause, deps.fixing)
        if outcome is None:
            logger().info("fixes were applied before", extra={"job_id": decided.job_id, "batch": decided.batch})
            return
        counts = {"FixesApplied": outcome.applied, "FixesSkipped": len(outcome.skipped)}
        count_many(**counts)
        logger().info("fixes applied", extra={"job_id": decided.job_id, "batch": decided.batch, **counts})

    return consume(event, process, deps.dead_letters)


lambda_handler = entrypoint(handle, build_apply_product_fixes)
