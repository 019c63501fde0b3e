"""The billing table's stream, turned into events on the bus."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.billing.announcements import translate
from skuflow.billing.deps import OnTableChangeDeps
from skuflow.billing.wiring import build_on_table_change
from skuflow.platform.event_bus import announce
from skuflow.platform.observability import logger


def handle(event: Any, context: LambdaContext, deps: OnTableChangeDeps) -> None:  # noqa: ARG001 - Lambda's signature
    sent = announce(event, translate, deps.bus, deps.rejects)
    logger().info("events published", extra={"events": sent})


lambda_handler = entrypoint(handle, build_on_table_change)
