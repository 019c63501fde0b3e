"""functions/access/administer: what operators do, called directly with their own AWS identity. Nothing else calls it."""

from __future__ import annotations

from infra.constructs.context_stack import ContextStack
from infra.constructs.context_table import ContextTable
from infra.constructs.python_function import PythonFunction


def add(stack: ContextStack, *, table: ContextTable) -> None:
    function = PythonFunction(
        stack,
        "administer",
        purpose="Creates clients and issues keys, for operators",
        environment={"ACCESS_TABLE": table.name},
        memory_mb=512,
        timeout_seconds=15,
    )
    table.allow(function, "BatchGetItem", "GetItem", "PutItem", "Query", "UpdateItem")
