"""The OpenAPI 3.1 document of a set of routes. Made at build time and by tests; no running function imports this.

Schemas come from the pydantic models that the routes name: bodies as they are accepted, responses as they are sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from skuflow.platform.http_api import Param, Route
from skuflow.platform.http_input import model
from skuflow.platform.openapi_problems import GATEWAY_SCHEMA, PROBLEM_SCHEMA, page_response, problem_response

_DONE = {
    200: "Done.",
    201: "Created.",
    202: "Accepted; the work goes on.",
    204: "Done; there is nothing to say.",
    302: "Go on where `Location` says.",
}
_ALWAYS = (422, 429, 500, 503)
"""422 because of the query: no route lets through what it does not declare, or not more than a hundred of it."""
_KINDS: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "date-time": {"type": "string", "format": "date-time"},
}


def problem_statuses(route: Route) -> tuple[int, ...]:
    """The statuses other than success that `route` may answer with, by what it declares."""
    found = {*_ALWAYS, *route.errors}
    if route.scope is not None:
        found |= {401, 403}
    if route.path_params:
        found.add(404)
    if route.body is not None or route.raw_body:
        found |= {400, 413}
    if route.idempotent:
        found |= {400, 409}
    return tuple(sorted(found))


def document(routes: Iterable[Route], *, title: str, version: str, description: str) -> dict[str, Any]:
    """The whole document as JSON-able data, in a stable order. Raises ValueError if two routes share an operation id."""
    every = sorted(routes, key=lambda route: (route.path, route.method))
    _unique(every)
    schemas, refs = _schemas(every)
    paths: dict[str, dict[str, Any]] = {}
    for route in every:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, refs)
    scopes = sorted({route.scope for route in every if route.scope is not None and not _of_staff(route.scope)})
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": description, "license": _LICENSE},
        "servers": [{"url": ".", "description": "Where this document was read from."}],
        "tags": [{"name": tag} for tag in sorted({route.tag for route in every})],
        "paths": paths,
        "components": {
            "securitySchemes": {"apiKey": _security(scopes), "signIn": _SIGN_IN},
            "schemas": schemas,
            "responses": {str(status): problem_response(status) for status in _statuses(every)},
            "headers": {"X-Correlation-Id": _CORRELATION_HEADER},
            "parameters": {
                "X-Correlation-Id": _CORRELATION_PARAMETER,
                "X-Client-Id": _CLIENT_PARAMETER,
                "Idempotency-Key": _IDEMPOTENCY_PARAMETER,
            },
        },
    }


_LICENSE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
_CORRELATION_TEXT = "Ties together everything that one request sets off, in answers, logs and events."
_CORRELATION_HEADER = {"description": _CORRELATION_TEXT, "schema": {"type": "string"}}
_CORRELATION_PARAMETER = {
    "name": "X-Correlation-Id",
    "in": "header",
    "description": f"{_CORRELATION_TEXT} 1 to 128 letters, digits and `.`, `_`, `:`, `-`; else, or if absent, we make one up.",
    "schema": {"type": "string"},
}
_CLIENT_PARAMETER = {
    "name": "X-Client-Id",
    "in": "header",
    "description": "For which client a signed-in person acts; needed by who acts for several. A key's client is the key's own.",
    "schema": {"type": "string"},
}
_SIGN_IN = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "The access token of a person who signed in at the user pool. Scopes come with the person's role.",
}
_IDEMPOTENCY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Send the same key again (for 24 hours) and the first answer is repeated; nothing is created twice.",
    "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,255}$"},
    "example": "8e03978e-40d5-43e8-bc93-6894a57f9324",
}


def _unique(routes: list[Route]) -> None:
    seen: dict[str, Route] = {}
    for route in routes:
        other = seen.setdefault(route.operation_id, route)
        if other is not route:
            raise ValueError(
                f"{route.method} {route.path} and {other.method} {other.path} are both called {route.operation_id}; "
                "rename one handler function"
            )


def _schemas(routes: list[Route]) -> tuple[dict[str, Any], dict[tuple[str, JsonSchemaMode], str]]:
    wanted: dict[tuple[str, JsonSchemaMode], type[BaseModel]] = {}
    for route in routes:
        if route.body is not None:
            wanted[route.body, "validation"] = model(route.body)
        if route.response is not None:
            wanted[route.response, "serialization"] = model(route.response)
    pairs = [(kind, mode) for (_, mode), kind in wanted.items()]
    by_model, shared = models_json_schema(pairs, ref_template="#/components/schemas/{model}")
    refs = {name: by_model[kind, name[1]]["$ref"] for name, kind in wanted.items()}
    for route in routes:
        if route.method == "PATCH" and route.body is not None:
            _without_defaults(shared["$defs"][refs[route.body, "validation"].rpartition("/")[2]])
    schemas = {**shared.get("$defs", {}), "Problem": PROBLEM_SCHEMA, "GatewayMessage": GATEWAY_SCHEMA}
    return {name: schemas[name] for name in sorted(schemas)}, refs


def _without_defaults(schema: dict[str, Any]) -> None:
    """A change leaves alone what it does not mention; a default in its schema would say otherwise."""
    for field in schema.get("properties", {}).values():
        field.pop("default", None)


def _operation(route: Route, refs: dict[tuple[str, JsonSchemaMode], str]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.operation_id,
        "tags": [route.tag],
        "summary": route.summary,
        "parameters": _parameters(route),
        "responses": _responses(route, refs),
        "security": _openers(route.scope),
    }
    needs = "" if route.scope is None else f"Needs the scope `{route.scope}`."
    if route.description or needs:
        operation["description"] = "\n\n".join(text for text in (route.description, needs) if text)
    if route.scope is not None:
        operation["x-required-scope"] = route.scope
    if route.body is not None:
        schema = {"$ref": refs[route.body, "validation"]}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if route.raw_body:
        operation["requestBody"] = {"required": True, "content": {"*/*": {"schema": {"type": "string"}}}}
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [_path_parameter(name) for name in route.path_params]
    found += [_parameter(param, "query") for param in route.query]
    found += [_parameter(param, "header") for param in route.headers]
    if route.scope is not None:
        found.append({"$ref": "#/components/parameters/X-Client-Id"})
    if route.idempotent:
        found.append({"$ref": "#/components/parameters/Idempotency-Key"})
    return [*found, {"$ref": "#/components/parameters/X-Correlation-Id"}]


def _path_parameter(name: str) -> dict[str, Any]:
    thing = name.removesuffix("_id").replace("_", " ")
    text = f"Id of the {thing}." if name.endswith("_id") else f"The {thing}."
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": text,
        "schema": {"type": "string", "minLength": 1},
    }


def _parameter(param: Param, place: str) -> dict[str, Any]:
    schema = dict(_KINDS[param.kind])
    extra = {
        "default": param.default,
        "minimum": param.minimum,
        "maximum": param.maximum,
        "enum": list(param.choices) or None,
    }
    schema.update({name: value for name, value in extra.items() if value is not None})
    return {
        "name": param.name,
        "in": place,
        "required": param.required,
        "description": param.description,
        "schema": schema,
    }


def _responses(route: Route, refs: dict[tuple[str, JsonSchemaMode], str]) -> dict[str, Any]:
    good: dict[str, Any] = {
        "description": _DONE[route.status],
        "headers": {"X-Correlation-Id": {"$ref": "#/components/headers/X-Correlation-Id"}},
    }
    if route.response is not None:
        good["content"] = {route.content_type: {"schema": {"$ref": refs[route.response, "serialization"]}}}
    elif route.status not in {204, 302}:
        kind = "object" if "json" in route.content_type else "string"
        good["content"] = {route.content_type: {"schema": {"type": kind}}}
    if route.status == 302:
        good["headers"]["Location"] = {"required": True, "schema": {"type": "string", "format": "uri"}}
    found: dict[str, Any] = {str(route.status): good}
    for status in problem_statuses(route):
        problem = {"$ref": f"#/components/responses/{status}"}
        found[str(status)] = problem if route.refusal is None else page_response(status)
    return found


def _statuses(routes: Iterable[Route]) -> list[int]:
    return sorted({status for route in routes for status in problem_statuses(route)})


def _of_staff(scope: str) -> bool:
    """Whether `scope` concerns the platform and no client: no key holds it."""
    return scope.startswith("platform:")


def _openers(scope: str | None) -> list[dict[str, list[str]]]:
    """Any one of these opens an operation."""
    if scope is None:
        return []
    by_person = {"signIn": [scope]}
    return [by_person] if _of_staff(scope) else [{"apiKey": [scope]}, by_person]


def _security(scopes: list[str]) -> dict[str, Any]:
    listed = ", ".join(f"`{scope}`" for scope in scopes)
    return {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "sk_… or pk_…",
        "description": f"An API key. Each operation names the scope it needs (`x-required-scope`); there are {listed}.",
    }
