"""The catalogue's answers to batches, told over the bus."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.contracts.catalog import ProductBatchApplied
from skuflow.platform.consumer import Message, bus_event, consume, payload
from skuflow.sync.deps import RecordBatchOutcomeDeps
from skuflow.sync.record_batch_outcome import record_batch_outcome
from skuflow.sync.wiring import build_record_batch_outcome


def handle(event: Any, context: LambdaContext, deps: RecordBatchOutcomeDeps) -> Any:  # noqa: ARG001 - Lambda's signature
    def process(message: Message) -> None:
        told = bus_event(message)
        record_batch_outcome(
            told.client_id,
            payload(told, ProductBatchApplied),
            imports=deps.imports,
            progress=deps.progress,
            reports=deps.reports,
            clock=deps.clock,
        )

    return consume(event, process, deps.dead_letters)


lambda_handler = entrypoint(handle, build_record_batch_outcome)
