"""The answers of the OpenAPI document that are not successes: what they look like, with an example of each."""

from __future__ import annotations

from typing import Any

from skuflow.kernel import errors
from skuflow.kernel.errors import Problem, SkuflowError
from skuflow.platform.problem import PROBLEM_JSON, TITLES, problem

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "What went wrong (RFC 9457) and what to do about it.",
    "required": ["type", "title", "status", "detail", "instance", "code", "correlation_id"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "Where the code is explained."},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What happened, for the person who must act."},
        "instance": {"type": "string", "description": "The path that was asked for."},
        "code": {"type": "string", "description": "Stable; made for programs."},
        "correlation_id": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "Every fault of the input, one by one.",
            "items": {
                "type": "object",
                "required": ["field", "message", "remedy"],
                "additionalProperties": False,
                "properties": {name: {"type": "string"} for name in ("field", "message", "remedy")},
            },
        },
    },
}
GATEWAY_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "What the gateway says itself, before any function of ours is asked.",
    "required": ["message"],
    "properties": {"message": {"type": "string"}},
}

_PATH = "/v1/products/prd_5d0c9a4f0b6e4b3f9f1f6d1c2a7e8b90"
_CORRELATION_ID = "0e6c8f3a-5b1d-4a77-9c2e-7f4d1b9a6e30"
_FAULT = Problem("variants.0.price.currency", "'CAN' is not a currency we know", "use an ISO 4217 code such as CAD")
_EXAMPLES: dict[int, SkuflowError] = {
    400: errors.Malformed("the body is not JSON: Expecting value: line 1 column 14 (char 13)"),
    401: errors.Unauthenticated("this call needs an API key or a sign-in: send `Authorization: Bearer …`"),
    403: errors.Forbidden("this key lacks the scope `catalog:write`"),
    404: errors.NotFound("there is no such product"),
    409: errors.Conflict("a request with this Idempotency-Key is still at work; ask again in a moment"),
    412: errors.VersionConflict("somebody else changed it first; read it again"),
    413: errors.TooLarge("a request body holds at most 1000000 bytes"),
    422: errors.Invalid("the body is not valid", problems=[_FAULT]),
    429: errors.Throttled("the table is busy (ThrottlingException)"),
    500: SkuflowError("something went wrong on our side"),
    503: errors.TransientError("the table did not answer (InternalServerError)"),
}
_BY_THE_GATEWAY = {
    401: "Unauthorized",
    403: "Forbidden",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def problem_response(status: int) -> dict[str, Any]:
    """The response object for `status`: ours and, where the gateway may answer before us, its own."""
    example = problem(_EXAMPLES[status], _PATH, _CORRELATION_ID)[1]
    content: dict[str, Any] = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}
    if status in _BY_THE_GATEWAY:
        content["application/json"] = {
            "schema": {"$ref": "#/components/schemas/GatewayMessage"},
            "example": {"message": _BY_THE_GATEWAY[status]},
        }
    response: dict[str, Any] = {"description": TITLES[status], "content": content}
    if status == 429:
        response["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return response


def page_response(status: int) -> dict[str, Any]:
    """The response object for `status` of a route whose refusals are pages for people."""
    content: dict[str, Any] = {"text/html": {"schema": {"type": "string"}}}
    if status in _BY_THE_GATEWAY:
        content["application/json"] = {"schema": {"$ref": "#/components/schemas/GatewayMessage"}}
    return {"description": TITLES[status], "content": content}
