"""functions/quality/run_quality_job: checks a collection chunk by chunk, and sends itself a message when its time is nearly up;
once a night, starts jobs."""

from __future__ import annotations

from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.python_function import PythonFunction
from infra.quality.data import QualityData
from infra.shared.stack import SharedStack

TIMEOUT_SECONDS = 180


def add(stack: ContextStack, *, shared: SharedStack, data: QualityData, work: Inbox) -> None:
    function = PythonFunction(
        stack,
        "run_quality_job",
        purpose="Checks products, decides on fixes, takes scores",
        environment={
            "QUALITY_TABLE": data.table.name,
            "JOB_QUEUE_URL": work.url,
            "OUTBOUND_TABLE": shared.outbound.name,
            **work.environment,
        },
        memory_mb=1769,
        timeout_seconds=TIMEOUT_SECONDS,
        calls_itself=True,
        layers=["layer-quality", "layer-text", "layer-outbound"],
    )
    verbs = ("BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "GetItem", "PutItem", "Query")
    data.table.allow(function, *verbs, indexes=["listing"])
    shared.outbound.allow(function, "GetItem", "UpdateItem")
    work.accept_from(function)
    work.feed(function, batch_size=1, max_concurrency=10)
