"""functions/access/administer: what operators do, called directly with their own AWS identity. Nothing else calls it."""

from __future__ import annotations

from infra.constructs.context_stack import ContextStack
from infra.constructs.context_table import ContextTable
from infra.constructs.python_function import PythonFunction
from infra.shared.stack import SharedStack


def add(stack: ContextStack, *, shared: SharedStack, table: ContextTable) -> None:
    function = PythonFunction(
        stack,
        "administer",
        purpose="Creates clients, issues keys and invites first owners, for operators",
        environment={"ACCESS_TABLE": table.name, "USER_POOL_ID": shared.users.pool_id},
        memory_mb=512,
        timeout_seconds=15,
    )
    table.allow(function, "BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem")
    shared.users.let_invite(function)
