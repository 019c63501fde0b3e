"""Every minute: shops whose next step is due become work."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.platform.observability import count, logger
from skuflow.sync.deps import RunDueShopsDeps
from skuflow.sync.runs.run_due_shops import run_due_shops
from skuflow.sync.wiring import build_run_due_shops

RESERVE_MS = 5_000
"""Time left for what was begun when the round stops, in milliseconds."""


def handle(event: Any, context: LambdaContext, deps: RunDueShopsDeps) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    asked = run_due_shops(
        shops=deps.shops,
        work=deps.work,
        clock=deps.clock,
        has_time=lambda: context.get_remaining_time_in_millis() > RESERVE_MS,
    )
    count("ShopsDue", asked)
    logger().info("shops due", extra={"asked": asked})
    return {"asked": asked}


lambda_handler = entrypoint(handle, build_run_due_shops)
