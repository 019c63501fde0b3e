"""Every night: each client that has products is to have them looked through."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.platform.observability import logger
from skuflow.quality.deps import StartNightlyJobsDeps
from skuflow.quality.jobs.nightly import ask_for_night
from skuflow.quality.wiring import build_start_nightly_jobs


def handle(event: Any, context: LambdaContext, deps: StartNightlyJobsDeps) -> dict[str, Any]:  # noqa: ARG001 - Lambda's signature
    night = ask_for_night(deps.work, deps.clock).isoformat()
    logger().info("a night's jobs are to be started", extra={"night": night})
    return {"night": night}


lambda_handler = entrypoint(handle, build_start_nightly_jobs)
