"""The catalogue's answers to fixes that were decided, told over the bus."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.contracts.catalog import ProductFixesApplied
from skuflow.platform.consumer import Message, bus_event, consume, payload
from skuflow.quality.deps import RecordFixOutcomeDeps
from skuflow.quality.jobs.record_fix_outcome import record_fix_outcome
from skuflow.quality.wiring import build_record_fix_outcome


def handle(event: Any, context: LambdaContext, deps: RecordFixOutcomeDeps) -> Any:  # noqa: ARG001 - Lambda's signature
    def process(message: Message) -> None:
        told = bus_event(message)
        record_fix_outcome(told.client_id, payload(told, ProductFixesApplied), using=deps)

    return consume(event, process, deps.dead_letters)


lambda_handler = entrypoint(handle, build_record_fix_outcome)
