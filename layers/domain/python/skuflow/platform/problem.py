"""RFC 9457 problem documents from our error tree."""

from __future__ import annotations

from typing import Any

from skuflow.kernel import errors

PROBLEM_JSON = "application/problem+json"

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    412: "Precondition Failed",
    413: "Content Too Large",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
"""Spelt out as in RFC 9110: `http.HTTPStatus` words some of them differently from one Python to the next."""

_STATUS: tuple[tuple[type[errors.SkuflowError], int], ...] = (
    (errors.Invalid, 422),
    (errors.Malformed, 400),
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.VersionConflict, 412),
    (errors.Conflict, 409),
    (errors.TooLarge, 413),
    (errors.Throttled, 429),
    (errors.TransientError, 503),
)


def status_of(error: errors.SkuflowError) -> int:
    """The HTTP status that `error` means; 500 for what is our own fault."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def problem(
    error: errors.SkuflowError, instance: str, correlation_id: str
) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Status, document and extra headers for `error`. `type` is a relative reference into our documentation."""
    status = status_of(error)
    code = error.code if status < 500 or status == 503 else "internal"
    detail = (
        error.detail if status != 500 or type(error) is errors.SkuflowError else "the service is not set up correctly"
    )
    document: dict[str, Any] = {
        "type": f"/docs/problems#{code}",
        "title": TITLES[status],
        "status": status,
        "detail": detail,
        "instance": instance,
        "code": code,
        "correlation_id": correlation_id,
    }
    if error.problems and status != 500:
        document["errors"] = [{"field": p.field, "message": p.message, "remedy": p.remedy} for p in error.problems]
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, errors.Throttled) else {}
    return status, document, headers
