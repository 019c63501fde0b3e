"""`Idempotency-Key`: the same key and body give the same answer once, however often and however concurrently it is sent.

Kept for 24 hours, per client and route. The same key with another body is refused (422), a twin still at work is a conflict
(409), a failed attempt may be repeated, and one that died with its function may be as soon as that function's time is over.
Loaded only by requests that carry the header.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyInconsistentStateError,
    IdempotencyPersistenceLayerError,
    IdempotencyValidationError,
)

from skuflow.kernel.errors import Conflict, Invalid, Malformed, Problem, TransientError
from skuflow.kernel.tenancy import partition
from skuflow.platform.aws import client, on_forget
from skuflow.platform.http_api import Request, Response, Route

if TYPE_CHECKING:
    from skuflow.platform.invocation import LambdaContext

KEPT_SECONDS = 24 * 3600
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def once(route: Route, request: Request, key: str, body: str, *, deps: Any, context: LambdaContext) -> Response:
    """`route.handler`'s response, from the first call with this key. `deps.idempotency_table` names the table.

    Fields that `Response.shown_once` names are None when the answer is repeated: a secret is not kept for a day.
    """
    if not _KEY.fullmatch(key):
        raise Malformed("Idempotency-Key is 1 to 255 visible ASCII characters, e.g. a UUID")
    call = {
        "key": [route.method, route.path, sorted(request.path.items()), key],
        "body": hashlib.sha256(body.encode(errors="replace")).hexdigest(),
    }
    fresh: list[Response] = []

    @idempotent_function(  # type: ignore[untyped-decorator]
        data_keyword_argument="call",
        persistence_store=_store(deps.idempotency_table),
        config=_config(context),
        key_prefix=partition(request.client_id, "HTTP"),
    )
    def first(*, call: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - Powertools reads the argument, not we
        response = route.handler(request, deps)
        fresh.append(response)
        return {"body": _without(response), "status": response.status, "headers": dict(response.headers)}

    try:
        kept = first(call=call)
    except IdempotencyValidationError:
        fault = Problem("Idempotency-Key", "was used before with another body", "use a new key for a new request")
        raise Invalid("this Idempotency-Key belongs to another request", problems=[fault]) from None
    except (IdempotencyAlreadyInProgressError, IdempotencyInconsistentStateError):
        raise Conflict("a request with this Idempotency-Key is still at work; ask again in a moment") from None
    except IdempotencyPersistenceLayerError as error:
        raise TransientError(
            "the idempotency store did not answer; send the request again with the same key"
        ) from error
    return fresh[0] if fresh else Response(kept["body"], kept["status"], kept["headers"])


def _without(response: Response) -> Any:
    if not response.shown_once:
        return response.body
    return {name: None if name in response.shown_once else value for name, value in response.body.items()}


def _config(context: LambdaContext) -> IdempotencyConfig:
    """The context tells until when a call can be at work: without it, one that died would block its key for a day."""
    return IdempotencyConfig(
        event_key_jmespath="key",
        payload_validation_jmespath="body",
        expires_after_seconds=KEPT_SECONDS,
        raise_on_no_idempotency_key=True,
        hash_function="sha256",
        lambda_context=context,  # type: ignore[arg-type]  # asks only for the remaining time
    )


@cache
def _store(table: str) -> DynamoDBPersistenceLayer:
    return DynamoDBPersistenceLayer(
        table_name=table, key_attr="id", expiry_attr="expiration", boto3_client=client("dynamodb")
    )


on_forget(_store.cache_clear)
