"""functions/sync/receive_upload: looks through a whole upload in one run, then refuses it or has it read.

The time and the processor are for the largest file that is let in: one pass over 200 MB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.constructs import bucket_objects
from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction
from infra.shared.feature_flags import FeatureFlags

if TYPE_CHECKING:
    from infra.sync.data import SyncData

TIMEOUT_SECONDS = 180


def add(stack: ContextStack, *, data: SyncData, flags: FeatureFlags, work: Inbox) -> None:
    function = PythonFunction(
        stack,
        "receive_upload",
        purpose="Inspects an uploaded file; refuses it or has it read",
        environment={
            "SYNC_TABLE": data.table.name,
            "UPLOAD_BUCKET": stack.stage.upload_bucket,
            "WORK_QUEUE_URL": work.url,
            **flags.environment,
            **data.arrivals.environment,
        },
        memory_mb=1769,
        timeout_seconds=TIMEOUT_SECONDS,
    )
    data.table.allow(function, "GetItem", "PutItem", "Query")
    bucket_objects.allow(stack, function, "GetObject", "uploads/")
    bucket_objects.allow(stack, function, "PutObject", "results/")
    flags.let_read(function)
    work.accept_from(function)
    data.arrivals.feed(function, batch_size=1, max_concurrency=10)
