"""The catalogue's answers to what was handed over, told over the bus."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.platform.consumer import Message, bus_event, consume
from skuflow.sync.deps import RecordBatchOutcomeDeps
from skuflow.sync.record_answer import record_answer
from skuflow.sync.wiring import build_record_batch_outcome


def handle(event: Any, context: LambdaContext, deps: RecordBatchOutcomeDeps) -> Any:  # noqa: ARG001 - Lambda's signature
    def process(message: Message) -> None:
        record_answer(bus_event(message), using=deps)

    return consume(event, process, deps.dead_letters)


lambda_handler = entrypoint(handle, build_record_batch_outcome)
