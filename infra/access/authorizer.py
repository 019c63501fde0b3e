"""functions/access/authorizer: every call's key, looked up by its hash."""

from __future__ import annotations

from infra.constructs.authorizer import Authorizer
from infra.constructs.context_stack import ContextStack
from infra.constructs.context_table import ContextTable
from infra.constructs.http_api import HttpApi
from infra.constructs.python_function import PythonFunction


def add(stack: ContextStack, *, api: HttpApi, table: ContextTable) -> str:
    """Returns the id of the authorizer."""
    function = PythonFunction(
        stack,
        "authorizer",
        purpose="Says which client a key belongs to and what it may do",
        environment={"ACCESS_TABLE": table.name},
        memory_mb=1024,
        timeout_seconds=5,
    )
    table.allow(function, "BatchGetItem", "GetItem", "UpdateItem")
    return Authorizer(function, api).authorizer_id
