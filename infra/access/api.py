"""functions/access/api: a client's own record, its API keys, users and audit log."""

from __future__ import annotations

from infra.constructs.context_stack import ContextStack
from infra.constructs.context_table import ContextTable
from infra.constructs.http_api import routes_of
from infra.constructs.python_function import PythonFunction
from infra.shared.stack import SharedStack


def add(stack: ContextStack, *, shared: SharedStack, table: ContextTable, authorizer_id: str) -> None:
    function = PythonFunction(
        stack,
        "api",
        purpose="HTTP API of clients, API keys, users and the audit log",
        environment={
            "ACCESS_TABLE": table.name,
            "IDEMPOTENCY_TABLE": shared.idempotency.name,
            "USER_POOL_ID": shared.users.pool_id,
        },
        memory_mb=1024,
        timeout_seconds=15,
        layers=["layer-http"],
    )
    table.allow(function, "BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem")
    shared.users.let_invite(function)
    shared.idempotency.allow(function, "GetItem", "PutItem", "UpdateItem", "DeleteItem")
    shared.api.serve(function, routes_of("access", "api"), authorizer_id=authorizer_id)
