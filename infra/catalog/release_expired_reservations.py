"""functions/catalog/release_expired_reservations: every minute, stock that nobody came for goes back on sale."""

from __future__ import annotations

from aws_cdk import Duration

from infra.constructs.context_stack import ContextStack
from infra.constructs.context_table import ContextTable
from infra.constructs.python_function import PythonFunction
from infra.constructs.schedule import Schedule


def add(stack: ContextStack, *, table: ContextTable) -> None:
    function = PythonFunction(
        stack,
        "release_expired_reservations",
        purpose="Gives back the stock of reservations that ran out",
        environment={"CATALOG_TABLE": table.name},
        memory_mb=512,
        timeout_seconds=50,
        reserved_concurrency=1,
    )
    table.allow(function, "BatchGetItem", "DeleteItem", "PutItem", "Query", "UpdateItem", indexes=["due"])
    Schedule(stack, "release_expired_reservations", function, rate="rate(1 minute)", period=Duration.seconds(60))
