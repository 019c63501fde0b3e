"""The document that is made of routes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openapi_spec_validator import validate

from skuflow.platform.http_api import Response, Routes
from skuflow.platform.openapi import document, problem_statuses
from tests.unit.platform.echo import ROUTES


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return document(ROUTES, title="Echo", version="1.2.3", description="Says what was said.")


def operation(made: dict[str, Any], path: str, method: str) -> dict[str, Any]:
    found: dict[str, Any] = made["paths"][path][method]
    return found


def test_it_is_valid_openapi_and_says_the_same_each_time(made: dict[str, Any]) -> None:
    validate(made)
    again = document(reversed(list(ROUTES)), title="Echo", version="1.2.3", description="Says what was said.")
    assert json.dumps(again) == json.dumps(made)


def test_its_server_is_wherever_it_was_read_from(made: dict[str, Any]) -> None:
    assert [server["url"] for server in made["servers"]] == ["."]


def test_every_operation_names_its_scope(made: dict[str, Any]) -> None:
    making = operation(made, "/v1/notes", "post")
    assert making["x-required-scope"] == "catalog:write"
    assert making["security"] == [{"apiKey": ["catalog:write"]}, {"signIn": ["catalog:write"]}]
    about = operation(made, "/about", "get")
    assert (about.get("x-required-scope"), about["security"]) == (None, [])
    assert "`catalog:read`, `catalog:write`" in made["components"]["securitySchemes"]["apiKey"]["description"]


def test_parameters_are_described(made: dict[str, Any]) -> None:
    listing = {one["name"]: one for one in operation(made, "/v1/notes", "get")["parameters"] if "name" in one}
    assert listing["limit"]["schema"] == {"type": "integer", "default": 50, "minimum": 1, "maximum": 200}
    assert listing["kind"]["schema"] == {"type": "string", "enum": ["note", "memo"]}
    assert listing["since"]["schema"] == {"type": "string", "format": "date-time"}
    one = {p["name"]: p for p in operation(made, "/v1/notes/{note_id}", "get")["parameters"] if "name" in p}
    assert (one["note_id"]["in"], one["note_id"]["required"]) == ("path", True)
    assert one["If-Match"]["in"] == "header"


def test_a_creating_operation_takes_an_idempotency_key(made: dict[str, Any]) -> None:
    refs = [one.get("$ref", "") for one in operation(made, "/v1/notes", "post")["parameters"]]
    assert "#/components/parameters/Idempotency-Key" in refs


def test_bodies_and_answers_are_the_models(made: dict[str, Any]) -> None:
    making = operation(made, "/v1/notes", "post")
    assert making["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/NoteBody")
    assert making["responses"]["201"]["content"]["application/json"]["schema"]["$ref"].endswith("/NoteView")
    assert made["components"]["schemas"]["NoteBody"]["additionalProperties"] is False
    assert "content" not in operation(made, "/v1/notes/{note_id}", "delete")["responses"]["204"]


@pytest.mark.parametrize(
    ("path", "method", "expected"),
    [
        ("/v1/notes", "post", {400, 401, 403, 409, 413, 422, 429, 500, 503}),
        ("/v1/notes", "get", {401, 403, 422, 429, 500, 503}),
        ("/v1/notes/{note_id}", "get", {401, 403, 404, 409, 412, 422, 429, 500, 503}),
        ("/about", "get", {422, 429, 500, 503}),
    ],
)
def test_every_answer_that_may_come_is_listed(made: dict[str, Any], path: str, method: str, expected: set[int]) -> None:
    answers = operation(made, path, method)["responses"]
    assert {int(status) for status in answers} - {200, 201, 204} == expected


def test_statuses_that_a_declaration_implies_need_no_mention() -> None:
    route = next(route for route in ROUTES if route.operation_id == "delete_note")
    assert problem_statuses(route) == (401, 403, 404, 422, 429, 500, 503)


def test_two_operations_of_one_name_are_refused() -> None:
    routes = Routes("x")

    def same(_request: Any, _deps: Any) -> Response:
        return Response()

    for path in ("/a", "/b"):
        routes.add("GET", path, scope="catalog:read", summary="A", content_type="text/plain")(same)
    with pytest.raises(ValueError, match="both called same"):
        document(routes, title="X", version="1", description="")


def test_a_change_s_body_shows_no_defaults_because_what_is_left_out_stays() -> None:
    routes = Routes("x")
    declare = routes.add("PATCH", "/a", scope="catalog:write", summary="A", body="tests.unit.platform.echo:NoteBody",
                         content_type="text/plain")  # fmt: skip
    declare(lambda _request, _deps: Response())
    body = document(routes, title="X", version="1", description="")["components"]["schemas"]["NoteBody"]
    assert "default" not in body["properties"]["count"]
