"""Answering an API Gateway request (HTTP API, payload format 2.0) from a declared set of routes.

Our own twenty lines of routing rather than Powertools' resolver: that one keeps the current event in class attributes, so
two calls in one process cannot overlap, and its import costs a cold start five times bare Python.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from skuflow.kernel.errors import Malformed, NotFound, SkuflowError, TooLarge
from skuflow.kernel.events import Cause
from skuflow.platform.http_api import MAX_BODY_BYTES, OpenRequest, Request, Response, Route, Routes
from skuflow.platform.http_caller import caller_of
from skuflow.platform.http_input import parse_body, parse_query
from skuflow.platform.observability import count, logger, tell_apart
from skuflow.platform.problem import PROBLEM_JSON, problem

if TYPE_CHECKING:
    from skuflow.platform.invocation import LambdaContext

_CORRELATION = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_SEGMENT = re.compile(r"[^/\x00-\x1f\x7f]{1,512}")


def serve(routes: Routes, event: Any, context: LambdaContext, deps: Any) -> dict[str, Any]:
    """The API Gateway answer to `event`. Never raises: a fault of the caller's is explained, one of ours is a 500 without
    detail, whose correlation id finds it in the log."""
    cause = _cause(event)
    tell_apart(cause=cause)
    path = _path(event)
    route: Route | None = None
    try:
        route, values = _found(routes, event, path)
        answer = _gateway(_answer(route, values, event, context, deps=deps, cause=cause), cause)
    except SkuflowError as error:
        answer = _gateway(_refusal(error, route, path, cause), cause)
    except Exception:
        logger().exception("request failed")
        answer = _gateway(_refusal(SkuflowError("something went wrong on our side"), route, path, cause), cause)
    if answer["statusCode"] >= 500:
        count("RequestsFailed")
    logger().info("answered", extra={"method": _method(event), "path": path, "status": answer["statusCode"]})
    return answer


def _found(routes: Routes, event: Any, path: str) -> tuple[Route, Mapping[str, str]]:
    found = routes.match(_method(event), path)
    if found is None:
        raise NotFound("there is no such route; see /docs")
    return found


def _answer(
    route: Route, values: Mapping[str, str], event: Any, context: LambdaContext, *, deps: Any, cause: Cause
) -> Response:
    request = _request(route, event, values, cause)
    key = request.headers.get("idempotency-key")
    if route.idempotent and key is not None and isinstance(request, Request):
        from skuflow.platform.http_idempotency import once

        return once(route, request, key, _body_text(event), deps=deps, context=context)
    return route.handler(request, deps)


def _request(route: Route, event: Any, path: Mapping[str, str], cause: Cause) -> OpenRequest:
    """The request, once it is known that its sender may make it: nothing of it is looked at before."""
    headers = _headers(event)
    asked = event.get("requestContext", {})
    caller = caller_of(route, (asked.get("authorizer") or {}).get("lambda") or {}, headers)
    tell_apart(client_id=caller.client_id if caller else "")
    raw_query = str(event.get("rawQueryString") or "")
    call: dict[str, Any] = {
        "cause": cause,
        "path": _path_values(path),
        "query": parse_query(route, raw_query),
        "headers": headers,
        "body": _body(route, event),
        "cookies": _cookies(event, headers) if route.scope is None else {},
        "raw_query": raw_query,
    }
    if caller is None:
        return OpenRequest(**call)
    return Request(
        client_id=caller.client_id,
        principal=caller.principal,
        key_kind=caller.key_kind,
        scopes=caller.scopes,
        home_currency=caller.home_currency,
        role=caller.role,
        source_ip=str(asked.get("http", {}).get("sourceIp", "")),
        **call,
    )


def _path(event: Any) -> str:
    """The path without the stage's name, which the gateway puts in front of it unless the stage is `$default`."""
    path = str(event.get("rawPath") or "/")
    prefix = f"/{event.get('requestContext', {}).get('stage', '$default')}"
    return path.removeprefix(prefix) or "/" if path == prefix or path.startswith(f"{prefix}/") else path


def _path_values(values: Mapping[str, str]) -> dict[str, str]:
    """Path parameters, decoded. What could not be anybody's id is not found, like an id that nobody has."""
    decoded = {name: unquote(value) for name, value in values.items()}
    if not all(_SEGMENT.fullmatch(value) for value in decoded.values()):
        raise NotFound("there is no such thing")
    return decoded


def _method(event: Any) -> str:
    return str(event.get("requestContext", {}).get("http", {}).get("method", ""))


def _headers(event: Any) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in (event.get("headers") or {}).items()}


def _cookies(event: Any, headers: Mapping[str, str]) -> dict[str, str]:
    """What the browser kept, by name; of two with one name the first, which is the one for the longer path (RFC 6265, 5.4). The
    gateway takes them out of the headers; an imitation of it may leave them there."""
    given = event.get("cookies") or headers.get("cookie", "").split(";")
    pairs = [text.strip().partition("=") for text in given]
    return {name: value for name, _, value in reversed(pairs) if name}


def _body(route: Route, event: Any) -> Any:
    if route.raw_body:
        return _body_bytes(event, route.max_body_bytes)
    return parse_body(route, _body_text(event)) if route.body else None


def _body_text(event: Any) -> str:
    content = _body_bytes(event, MAX_BODY_BYTES)
    if not event.get("isBase64Encoded"):
        return str(event.get("body") or "")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Malformed("the body is not UTF-8 text") from None


def _body_bytes(event: Any, limit: int) -> bytes:
    """The body as it was sent. Raises TooLarge, before much is done with it, and Malformed."""
    too_large = TooLarge(f"a request body holds at most {limit} bytes")
    body = str(event.get("body") or "")
    if len(body) > limit * 4 // 3 + 4:
        raise too_large
    if event.get("isBase64Encoded"):
        try:
            content = base64.b64decode(body, validate=True)
        except binascii.Error:
            raise Malformed("the body is not base64, as its envelope says") from None
    else:
        content = body.encode(errors="replace")
    if len(content) > limit:
        raise too_large
    return content


def _cause(event: Any) -> Cause:
    request_id = str(event.get("requestContext", {}).get("requestId", ""))
    asked = _headers(event).get("x-correlation-id", "")
    return Cause(asked if _CORRELATION.fullmatch(asked) else request_id, request_id)


def _gateway(response: Response, cause: Cause) -> dict[str, Any]:
    headers = {"Cache-Control": "no-store", "X-Correlation-Id": cause.correlation_id, **response.headers}
    answer: dict[str, Any] = {"statusCode": response.status, "headers": headers, "isBase64Encoded": False}
    if response.cookies:
        answer["cookies"] = list(response.cookies)
    if response.body is None:
        return answer
    headers.setdefault("Content-Type", "application/json")
    if isinstance(response.body, bytes):
        return {**answer, "body": base64.b64encode(response.body).decode(), "isBase64Encoded": True}
    if isinstance(response.body, str) and "json" not in headers["Content-Type"]:
        return {**answer, "body": response.body}
    return {**answer, "body": json.dumps(response.body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)}


def _refusal(error: SkuflowError, route: Route | None, instance: str, cause: Cause) -> Response:
    status, body, headers = problem(error, instance, cause.correlation_id)
    if status >= 500:
        logger().error("request refused", extra={"reason": f"{error.code}: {error.detail}"})
    if route is not None and route.refusal is not None:
        page = route.refusal(error, status, cause)
        return replace(page, status=status, headers={**headers, **page.headers})
    return Response(body, status, {"Content-Type": PROBLEM_JSON, **headers})
