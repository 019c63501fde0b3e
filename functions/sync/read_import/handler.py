"""Reading an import for as long as the function may run."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.platform.consumer import Message, consume
from skuflow.sync.deps import ReadImportDeps
from skuflow.sync.read_import import read_import
from skuflow.sync.wiring import build_read_import
from skuflow.sync.work import named_import


def handle(event: Any, context: LambdaContext, deps: ReadImportDeps) -> Any:
    def process(message: Message) -> None:
        client_id, import_id = named_import(message.json())
        read_import(client_id, import_id, remaining_ms=context.get_remaining_time_in_millis, using=deps)

    return consume(event, process, deps.dead_letters)


lambda_handler = entrypoint(handle, build_read_import)
