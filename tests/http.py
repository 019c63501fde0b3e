"""Calls an HTTP function as API Gateway does, and holds every answer against what its route declares."""

from __future__ import annotations

import base64
import gzip
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from skuflow.platform.http_api import Route, Routes
from tests.documented import check_answer
from tests.doubles import START, FakeLambdaContext

CLIENT = "cli_0000000000000001"
OTHER_CLIENT = "cli_0000000000000002"
ALL_SCOPES = (
    "catalog:read catalog:write inventory:write imports:read imports:write keys:read keys:write client:read "
    "shops:read shops:write users:read users:write audit:read quality:read quality:write usage:read usage:write "
    "billing:read billing:write"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` have lower-case names; `body` is parsed where it is JSON, None where it is empty; `cookies` as in Set-Cookie."""

    status: int
    headers: Mapping[str, str]
    body: Any
    cookies: tuple[str, ...] = ()


def http_event(
    method: str,
    path: str,
    *,
    client_id: str | None = CLIENT,
    scopes: str | Iterable[str] = ALL_SCOPES,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, Any] | Iterable[tuple[str, Any]] | str = (),
    home_currency: str = "CAD",
    principal: str = "key_00000000000000000000000000000001",
    key_kind: str = "secret",
    cookies: Iterable[str] = (),
    granted: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """An HTTP API event, payload format 2.0. `client_id` None: no authorizer ran. A body of `str` or `bytes` is sent as it is,
    bytes in base64. A `str` query too, encoded already. `cookies`: `name=value` each. `granted`: the authorizer's
    context as it is, in place of the one made from the arguments above."""
    text = base64.b64encode(body).decode() if isinstance(body, bytes) else body
    text = text if isinstance(text, str) or text is None else json.dumps(text)
    sent = {"content-type": "application/json"} if text is not None else {}
    sent.update({name.lower(): value for name, value in (headers or {}).items()})
    at = {"time": START.strftime("%d/%b/%Y:%H:%M:%S +0000"), "timeEpoch": int(START.timestamp() * 1000)}
    context: dict[str, Any] = {
        "accountId": "123456789012",
        "apiId": "skuflowtest",
        "domainName": "skuflowtest.execute-api.ca-central-1.amazonaws.com",
        "http": {
            "method": method,
            "path": unquote(path),
            "protocol": "HTTP/1.1",
            "sourceIp": "192.0.2.7",
            "userAgent": "test",
        },
        "requestId": "JKJaXmPLvHcESHA=",
        "routeKey": "$default",
        "stage": "$default",
        **at,
    }
    if granted is not None:
        context["authorizer"] = {"lambda": dict(granted)}
    elif client_id is not None:
        held = scopes if isinstance(scopes, str) else " ".join(scopes)
        context["authorizer"] = {
            "lambda": {
                "client_id": client_id,
                "principal": principal,
                "key_kind": key_kind,
                "scopes": held,
                "home_currency": home_currency,
            }
        }
    listed = parse_qsl(query) if isinstance(query, str) else query.items() if isinstance(query, Mapping) else query
    pairs = [(name, str(value)) for name, value in listed]
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": unquote(path),
        "rawQueryString": query if isinstance(query, str) else urlencode(pairs),
        "headers": sent,
        "requestContext": context,
        "isBase64Encoded": isinstance(body, bytes),
    }
    if given := list(cookies):
        event["cookies"] = given
    if pairs:
        event["queryStringParameters"] = dict(pairs)
    if text is not None:
        event["body"] = text
    return event


@dataclass(slots=True)
class Api:
    """`Api(handle, deps).call("GET", "/v1/products")`. `routes` defaults to ROUTES of the module that holds `handle`."""

    handle: Callable[[Any, Any, Any], Any]
    deps: Any
    routes: Routes | None = None

    def call(self, method: str, path: str, **how: Any) -> Answer:
        """The answer; fails if its status or body is not what the route's documentation says. `how`: see `http_event`."""
        raw = self.handle(http_event(method, path, **how), FakeLambdaContext(), self.deps)
        answer = _answer(raw)
        check_answer(self._route(method, path), answer.status, answer.headers, answer.body)
        return answer

    def _route(self, method: str, path: str) -> Route | None:
        routes = self.routes if self.routes is not None else sys.modules[self.handle.__module__].ROUTES
        found = routes.match(method, path)
        return found[0] if found else None


def _body(raw: Mapping[str, Any], headers: Mapping[str, str]) -> str | None:
    if not raw.get("isBase64Encoded"):
        text: str | None = raw.get("body")
        return text
    content = base64.b64decode(raw["body"])
    return (gzip.decompress(content) if headers.get("content-encoding") == "gzip" else content).decode()


def _answer(raw: Mapping[str, Any]) -> Answer:
    headers = {name.lower(): value for name, value in (raw.get("headers") or {}).items()}
    for name, values in (raw.get("multiValueHeaders") or {}).items():
        headers[name.lower()] = values[0] if isinstance(values, list) else values
    text = _body(raw, headers)
    is_json = "json" in headers.get("content-type", "")
    content = json.loads(text) if text and is_json else text or None
    return Answer(int(raw["statusCode"]), headers, content, tuple(raw.get("cookies") or ()))
