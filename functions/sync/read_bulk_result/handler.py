"""Reading the result of a bulk operation for as long as the function may run."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.platform.consumer import Message, consume
from skuflow.sync.deps import ReadBulkResultDeps
from skuflow.sync.runs.read_bulk_result import read_bulk_result
from skuflow.sync.runs.work import named_run
from skuflow.sync.wiring import build_read_bulk_result


def handle(event: Any, context: LambdaContext, deps: ReadBulkResultDeps) -> Any:
    def process(message: Message) -> None:
        client_id, run_id = named_run(message.json())
        read_bulk_result(client_id, run_id, remaining_ms=context.get_remaining_time_in_millis, using=deps)

    return consume(event, process, deps.dead_letters, put_back=deps.put_back)


lambda_handler = entrypoint(handle, build_read_bulk_result)
