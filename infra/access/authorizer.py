"""functions/access/authorizer: every call's key, looked up by its hash, or its sign-in token, checked by the user pool's keys."""

from __future__ import annotations

from infra.constructs.authorizer import Authorizer
from infra.constructs.circuit_alarm import watch_circuit
from infra.constructs.context_stack import ContextStack
from infra.constructs.context_table import ContextTable
from infra.constructs.python_function import PythonFunction
from infra.shared.stack import SharedStack


def add(stack: ContextStack, *, shared: SharedStack, table: ContextTable) -> str:
    """Returns the id of the authorizer."""
    function = PythonFunction(
        stack,
        "authorizer",
        purpose="Says for which client a key or a person acts and what they may do",
        environment={
            "ACCESS_TABLE": table.name,
            "OUTBOUND_TABLE": shared.outbound.name,
            "USER_POOL_ID": shared.users.pool_id,
            "TOKEN_ISSUER": shared.users.issuer,
            "TOKEN_APP": shared.users.app_id,
        },
        memory_mb=1024,
        timeout_seconds=5,
        layers=["layer-outbound", "layer-tokens"],
    )
    # An operator's hour is noted in the audit log, a key's day in its record.
    table.allow(function, "BatchGetItem", "GetItem", "PutItem", "Query", "UpdateItem")
    shared.outbound.allow(function, "GetItem", "UpdateItem")
    shared.users.let_look_up_staff(function)
    watch_circuit(function, stack, "user_pool")
    return Authorizer(function, shared.api).authorizer_id
