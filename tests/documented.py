"""Is an answer what the OpenAPI document promises? Stricter than the document: a field that it does not list is refused."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from skuflow.platform.http_api import Route
from skuflow.platform.http_input import model
from skuflow.platform.openapi import problem_statuses
from skuflow.platform.openapi_problems import PROBLEM_SCHEMA
from skuflow.platform.problem import PROBLEM_JSON


def check_answer(route: Route | None, status: int, headers: Mapping[str, str], body: Any) -> None:
    """Raises AssertionError that says where the answer and the documentation part."""
    where = f"{route.method} {route.path}" if route is not None else "an unknown route"
    assert headers.get("x-correlation-id"), f"{where} answered without X-Correlation-Id"
    if route is not None and status == route.status:
        _check_success(route, where, headers, body)
        return
    documented = problem_statuses(route) if route is not None else (404,)
    assert status in documented, (
        f"{where} answered {status}, documented are {documented}; declare it in `errors`: {body}"
    )
    if route is not None and route.refusal is not None:
        assert headers.get("content-type", "").startswith("text/html"), (
            f"{where} refused as {headers.get('content-type')}"
        )
        return
    assert headers.get("content-type") == PROBLEM_JSON, f"{where} answered {status} as {headers.get('content-type')}"
    _validate(_problem_validator(), body, f"{where} {status}")
    assert body["status"] == status, f"{where}: the problem says {body['status']}, the answer {status}"


def _check_success(route: Route, where: str, headers: Mapping[str, str], body: Any) -> None:
    if route.status == 302:
        assert headers.get("location"), f"{where} answered 302 without Location"
    if route.status == 204 or (route.status == 302 and route.response is None):
        assert body is None, f"{where} answered {route.status} with a body"
        return
    kind = headers.get("content-type", "").split(";")[0]
    assert route.content_type in {kind, "*/*"}, f"{where} answered {kind}, documented is {route.content_type}"
    if route.response is None:
        assert route.content_type != "application/json", f"{where} answers JSON and declares no response model"
        return
    _validate(_validator(route.response), body, where)


def _validate(validator: Draft202012Validator, body: Any, where: str) -> None:
    faults = [f"{'/'.join(map(str, e.absolute_path)) or 'body'}: {e.message}" for e in validator.iter_errors(body)]
    assert not faults, f"{where} is not as documented: {'; '.join(faults[:5])}"


@cache
def _validator(name: str) -> Draft202012Validator:
    schema = _closed(model(name).model_json_schema(mode="serialization"))
    return Draft202012Validator(schema, format_checker=FormatChecker())


@cache
def _problem_validator() -> Draft202012Validator:
    return Draft202012Validator(PROBLEM_SCHEMA)


def _closed(schema: Any) -> Any:
    """`schema` in which every object with named properties takes no others."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(item) for name, item in schema.items()}
    if "properties" in closed and isinstance(closed.get("type"), str):
        closed.setdefault("additionalProperties", False)
    return closed
