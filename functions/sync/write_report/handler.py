"""Imports whose report can be written."""

from __future__ import annotations

from typing import Any

from skuflow.platform.entrypoint import LambdaContext, entrypoint
from skuflow.platform.consumer import Message, consume
from skuflow.sync.deps import WriteReportDeps
from skuflow.sync.wiring import build_write_report
from skuflow.sync.work import named_import
from skuflow.sync.write_report import write_report


def handle(event: Any, context: LambdaContext, deps: WriteReportDeps) -> Any:  # noqa: ARG001 - Lambda's signature
    def process(message: Message) -> None:
        client_id, import_id = named_import(message.json())
        write_report(
            client_id,
            import_id,
            imports=deps.imports,
            progress=deps.progress,
            bucket=deps.bucket,
            clock=deps.clock,
        )

    return consume(event, process, deps.dead_letters)


lambda_handler = entrypoint(handle, build_write_report)
