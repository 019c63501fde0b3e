"""PynamoDB models bound to a table at wiring time, not at import time.

One model per table: a model opens its own connection, and a connection costs a cold start 60 ms.
"""

from __future__ import annotations

from typing import Any, TypeVar

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException
from pynamodb.models import Model

from skuflow.kernel.errors import Invalid, PermanentError, Problem, SkuflowError, Throttled, TooLarge, TransientError
from skuflow.platform.invocation import on_lambda

M = TypeVar("M", bound=Model)

_made: list[Any] = []
"""The process's DynamoDB client, once there is one; on Lambda only."""

_THROTTLED = frozenset({"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"})
_LOST_RACE = frozenset({"ConditionalCheckFailedException", "TransactionConflictException"})


def bind(model: type[M], table_name: str) -> type[M]:
    """`model` for the table called `table_name`, in the region and with the credentials of the environment. On Lambda the client
    is made at once, with the first table; the others share it."""
    meta = type(
        "Meta",
        (),
        {
            "table_name": table_name,
            "max_retry_attempts": 4,
            "connect_timeout_seconds": 2,
            "read_timeout_seconds": 5,
        },
    )
    bound = type(model.__name__, (model,), {"Meta": meta, "__module__": model.__module__})
    if on_lambda():
        _speak_through_one_client(connection_of(bound))
    return bound


def _speak_through_one_client(connection: Connection) -> None:
    """PynamoDB would make a client per model, with the first call, when somebody waits. All of ours are configured alike."""
    if not _made:
        _made.append(connection.client)
    connection._client = _made[0]


def connection_of(model: type[Model]) -> Connection:
    """The connection that `model` already has, for transactions."""
    return model._get_connection().connection


def lost_race(error: PynamoDBException) -> bool:
    """Whether `error` says that a condition did not hold (also as the reason of a cancelled transaction)."""
    code = error.cause_response_code or ""
    if code in _LOST_RACE:
        return True
    reasons = getattr(error, "cancellation_reasons", None) or []
    return any(
        reason is not None and reason.code in {"ConditionalCheckFailed", "TransactionConflict"} for reason in reasons
    )


def as_ours(error: PynamoDBException) -> SkuflowError:
    """`error` in our tree. What the table calls invalid stays invalid; everything else but a lost race may work later."""
    code = error.cause_response_code or ""
    if code == "ValidationException":
        return _refused(error.cause_response_message or "")
    if code in _THROTTLED:
        return Throttled(f"the table is busy ({code})")
    return TransientError(f"the table did not answer ({code or type(error).__name__})")


def _refused(message: str) -> SkuflowError:
    lowered = message.lower()
    if "item size" in lowered:
        return TooLarge("this is too large to be stored (400 KB)")
    if "start key" in lowered or "starting key" in lowered or "exclusivestartkey" in lowered:
        fault = Problem("cursor", "does not belong to this query", "take `next_cursor` of the page before")
        return Invalid("the cursor is not valid", problems=[fault])
    return PermanentError(f"the table refused the request: {message}")
