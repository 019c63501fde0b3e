"""functions/sync/read_import: reads a file slice by slice, and sends itself a message when its time is nearly up.

After a corrected mapping it first looks through the whole file again, which a run must have the time for.
"""

from __future__ import annotations

from infra.constructs import bucket_objects
from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction
from infra.sync.data import SyncData

TIMEOUT_SECONDS = 180


def add(stack: ContextStack, *, data: SyncData, work: Inbox, reports: Inbox) -> None:
    function = PythonFunction(
        stack,
        "read_import",
        purpose="Reads a file in slices and writes batches of products",
        environment={
            "SYNC_TABLE": data.table.name,
            "UPLOAD_BUCKET": stack.stage.upload_bucket,
            "WORK_QUEUE_URL": work.url,
            "REPORT_QUEUE_URL": reports.url,
            **work.environment,
        },
        memory_mb=1769,
        timeout_seconds=TIMEOUT_SECONDS,
        calls_itself=True,
    )
    data.table.allow(function, "GetItem", "PutItem", "Query")
    bucket_objects.allow(stack, function, "GetObject", "uploads/", "results/")
    bucket_objects.allow(stack, function, "PutObject", "batches/", "rejects/", "results/")
    work.accept_from(function)
    reports.accept_from(function)
    work.feed(function, batch_size=1, max_concurrency=10)
