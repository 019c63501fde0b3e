"""functions/quality/api: rules, jobs, reports, series."""

from __future__ import annotations

from infra.constructs.context_stack import ContextStack
from infra.constructs.event_consumer import Inbox
from infra.constructs.http_api import routes_of
from infra.constructs.python_function import PythonFunction
from infra.quality.data import QualityData
from infra.shared.stack import SharedStack


def add(stack: ContextStack, *, shared: SharedStack, data: QualityData, work: Inbox, authorizer_id: str) -> None:
    function = PythonFunction(
        stack,
        "api",
        purpose="HTTP API of quality",
        environment={
            "QUALITY_TABLE": data.table.name,
            "IDEMPOTENCY_TABLE": shared.idempotency.name,
            "JOB_QUEUE_URL": work.url,
        },
        memory_mb=1024,
        timeout_seconds=15,
        layers=["layer-http", "layer-quality"],
    )
    data.table.allow(function, "BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", indexes=["listing"])
    work.accept_from(function)
    shared.idempotency.allow(function, "GetItem", "PutItem", "UpdateItem", "DeleteItem")
    shared.api.serve(function, routes_of("quality", "api"), authorizer_id=authorizer_id)
