"""functions/catalog/update_projections: price points and code look-ups, derived from every change of the table."""

from __future__ import annotations

from infra.constructs.context_stack import ContextStack
from infra.constructs.context_table import ContextTable
from infra.constructs.python_function import PythonFunction
from infra.constructs.stream_consumer import StreamReader

PROJECTED = ({"dynamodb": {"NewImage": {"entity": {"S": ["PRODUCT", "INVENTORY", "OFFER"]}}}},)
"""What has a history or codes. The projections themselves lie in the same table, and must not wake their own maker."""


def add(stack: ContextStack, *, table: ContextTable) -> None:
    reader = StreamReader(stack, "update_projections")
    function = PythonFunction(
        stack,
        "update_projections",
        purpose="Keeps price history and code look-ups in step with the products",
        environment={"CATALOG_TABLE": table.name, **reader.environment},
        memory_mb=512,
        timeout_seconds=60,
    )
    table.allow(function, "BatchWriteItem")
    reader.feed(function, table, only=PROJECTED)
