"""HTTP: routes that state their scope, bodies that are checked, errors that explain themselves (RFC 9457).

A context declares its routes once; the API gateway, the OpenAPI document and the tests are made from that declaration.
Body models are named by string and imported when the first request with a body comes: pydantic would otherwise cost every
cold GET a hundred milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, overload

from skuflow.kernel.errors import SkuflowError
from skuflow.kernel.events import Cause
from skuflow.kernel.tenancy import ClientId

MAX_BODY_BYTES = 1_000_000

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Param:
    """A query parameter. `kind` is `string`, `integer`, `boolean` or `date-time`; bounds are inclusive."""

    name: str
    description: str
    kind: Literal["string", "integer", "boolean", "date-time"] = "string"
    default: Any = None
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[str, ...] = ()
    required: bool = False


LIMIT = Param("limit", "How many items at most.", "integer", default=50, minimum=1, maximum=200)
CURSOR = Param("cursor", "The `next_cursor` of the page before. Opaque; belongs to the same query.")
PAGE = (LIMIT, CURSOR)
IF_MATCH = Param("If-Match", "The `ETag` that was read; the call is refused (412) if the thing has changed since.")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRequest:
    """A call by anybody. `body` is the route's body model, already valid; `query` holds parsed values, defaults filled in;
    `headers` have lower-case names. `raw_query` is the query as it was sent, still encoded."""

    cause: Cause
    path: Mapping[str, str]
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    body: Any = None
    cookies: Mapping[str, str] = field(default_factory=dict)
    raw_query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(OpenRequest):
    """An authorised call. `client_id` comes from the authorizer, never from the caller's own words. `key_kind` is `secret` or
    `publishable`: which kind of key it was made with; or `user`: a person signed in, and acts in `role`. `source_ip` is the
    address that the gateway saw."""

    client_id: ClientId
    principal: str
    key_kind: str
    scopes: frozenset[str]
    home_currency: str
    role: str = ""
    source_ip: str = ""

    @property
    def is_public(self) -> bool:
        """Whether anybody may be asking: the key stands in a web page, or it is not known to be secret."""
        return self.key_kind not in {"secret", "user"}


@dataclass(frozen=True, slots=True)
class Response:
    """`body` is anything JSON can hold, text or bytes with a `Content-Type` of their own, or None for no body at all.
    `shown_once`: fields of the body that a repeated request (`Idempotency-Key`) does not get again. `cookies`: what goes into
    `Set-Cookie`, one text each."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    shown_once: tuple[str, ...] = ()
    cookies: tuple[str, ...] = ()


RouteHandler = Callable[[Request, Any], Response]
OpenRouteHandler = Callable[[OpenRequest, Any], Response]
Refusal = Callable[[SkuflowError, int, Cause], Response]
"""What to answer instead of a problem document, given what was raised and the HTTP status that it means."""
Register = Callable[[RouteHandler], RouteHandler]
RegisterOpen = Callable[[OpenRouteHandler], OpenRouteHandler]


@dataclass(frozen=True, slots=True)
class Route:
    """`body`, `response`: `module:Model` of a pydantic model. `scope` None: open to everybody, no authorizer, and the handler
    gets an OpenRequest. `idempotent`: the route creates something, so it honours the header `Idempotency-Key`. `errors`:
    statuses beyond the ones that the declaration implies (see `openapi.problem_statuses`). `headers`: request headers that
    the route reads, for its documentation. `raw_body`: the handler gets the body as the bytes that were sent, at most
    `max_body_bytes`. `free_query`: parameters that are not declared are let through, for the handler to read in `raw_query`.
    `refusal`: refusals are HTML pages that it makes, for a person who sits before a browser. `personal`: it is about whoever
    calls, so a person who acts for several clients need not say for which."""

    method: Method
    path: str
    handler: Callable[[Any, Any], Response]
    scope: str | None
    summary: str
    tag: str
    status: int = 200
    body: str | None = None
    response: str | None = None
    query: tuple[Param, ...] = ()
    idempotent: bool = False
    errors: tuple[int, ...] = ()
    description: str = ""
    headers: tuple[Param, ...] = ()
    content_type: str = "application/json"
    raw_body: bool = False
    max_body_bytes: int = MAX_BODY_BYTES
    free_query: bool = False
    refusal: Refusal | None = None
    personal: bool = False

    @property
    def operation_id(self) -> str:
        return self.handler.__name__

    @property
    def path_params(self) -> tuple[str, ...]:
        return tuple(_PLACEHOLDER.findall(self.path))

    @property
    def gateway_path(self) -> str:
        """The path as an HTTP API can have it: a variable takes a whole segment, so `{invoice_id}.pdf` comes in as
        `{invoice_id}`, and the routes decide."""
        segments = ((segment, _PLACEHOLDER.search(segment)) for segment in self.path.split("/"))
        return "/".join(hole[0] if hole else segment for segment, hole in segments)


@dataclass(slots=True)
class Routes:
    """The routes of one API function, in order of declaration."""

    tag: str
    _routes: list[Route] = field(default_factory=list)
    _patterns: list[tuple[Method, re.Pattern[str], Route]] = field(default_factory=list)

    @overload
    def add(self, method: Method, path: str, *, scope: str, summary: str, **more: Any) -> Register: ...
    @overload
    def add(self, method: Method, path: str, *, scope: None, summary: str, **more: Any) -> RegisterOpen: ...

    def add(self, method: Method, path: str, *, scope: str | None, summary: str, **more: Any) -> Any:
        """Decorator: the function serves `method` `path`. `more` are the other fields of Route."""

        def register(handler: RouteHandler) -> RouteHandler:
            self._append(Route(method, path, handler, scope, summary, **{"tag": self.tag, **more}))
            return handler

        return register

    def include(self, other: Routes) -> None:
        """Serve `other`'s routes too; a subject's routes live in a file of their own."""
        for route in other:
            self._append(route)

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def match(self, method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
        """The route for `method` `path` and the path's values, as they stand in it. Literal segments win over placeholders."""
        for verb, pattern, route in self._patterns:
            if verb == method and (found := pattern.fullmatch(path)):
                return route, found.groupdict()
        return None

    def _append(self, route: Route) -> None:
        """Raises ValueError if the method and path are taken, or if the route could not keep what it promises."""
        if any((known.method, known.path) == (route.method, route.path) for known in self._routes):
            raise ValueError(f"{route.method} {route.path} is declared twice")
        if route.idempotent and route.scope is None:
            raise ValueError(f"{route.method} {route.path}: Idempotency-Key is kept per client, an open route has none")
        if route.raw_body and (route.idempotent or route.body is not None):
            raise ValueError(f"{route.method} {route.path}: a raw body is neither parsed nor remembered")
        self._routes.append(route)
        self._patterns.append((route.method, _pattern(route.path), route))
        self._patterns.sort(key=lambda entry: _rank(entry[2].path))


def _pattern(path: str) -> re.Pattern[str]:
    """Matches the paths that `path` stands for; its placeholders are the groups."""
    parts = _PLACEHOLDER.split(path)
    return re.compile("".join(f"(?P<{part}>[^/]+)" if at % 2 else re.escape(part) for at, part in enumerate(parts)))


def _rank(path: str) -> list[str]:
    """Sorts literal segments before placeholders, and placeholders with text around them before bare ones."""
    return [_PLACEHOLDER.sub("\uffff", segment) + "\uffff" for segment in path.split("/")]
