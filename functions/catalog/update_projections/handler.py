"""The catalogue table's stream, turned into price points and look-ups by code in the same table."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.catalog.deps import UpdateProjectionsDeps
from skuflow.catalog.projections import projection
from skuflow.catalog.wiring import build_update_projections
from skuflow.platform.event_bus import translated
from skuflow.platform.observability import logger


def handle(event: Any, context: LambdaContext, deps: UpdateProjectionsDeps) -> None:  # noqa: ARG001 - Lambda's signature
    made = [one for one in translated(event, projection, deps.rejects) if one is not None]
    if made:
        deps.projections.write(made)
    logger().info("projections written", extra={"changes": len(event["Records"]), "projections": len(made)})


lambda_handler = entrypoint(handle, build_update_projections)
