"""functions/sync/write_report: the report and the repair file of a finished import, streamed to the bucket."""

from __future__ import annotations

from infra.constructs import bucket_objects
from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction
from infra.sync.data import SyncData

TIMEOUT_SECONDS = 180


def add(stack: ContextStack, *, data: SyncData, reports: Inbox) -> None:
    function = PythonFunction(
        stack,
        "write_report",
        purpose="Writes an import's report and repair file",
        environment={
            "SYNC_TABLE": data.table.name,
            "UPLOAD_BUCKET": stack.stage.upload_bucket,
            **reports.environment,
        },
        memory_mb=1769,
        timeout_seconds=TIMEOUT_SECONDS,
    )
    data.table.allow(function, "GetItem", "PutItem", "Query")
    bucket_objects.allow(stack, function, "GetObject", "uploads/", "rejects/", "results/")
    bucket_objects.allow(stack, function, "PutObject", "results/")
    bucket_objects.allow(stack, function, "AbortMultipartUpload", "results/")
    reports.feed(function, batch_size=1, max_concurrency=5)
