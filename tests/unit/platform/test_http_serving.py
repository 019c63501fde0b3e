"""Requests in, answers out: routing, checked input, explained refusals, correlation."""

from __future__ import annotations

import json
from typing import Any

import pytest

from skuflow.platform.http_api import Response, Routes
from skuflow.platform.http_input import MAX_PROBLEMS
from tests.http import CLIENT, http_event
from tests.unit.platform.echo import call, faults, raw


def test_a_literal_path_wins_over_a_placeholder() -> None:
    assert call("GET", "/v1/notes/latest").body == {"latest": True}
    assert call("GET", "/v1/notes/other").body["note_id"] == "other"


def test_the_same_path_is_told_apart_by_method() -> None:
    assert call("DELETE", "/v1/notes/latest").status == 204


@pytest.mark.parametrize(
    "path", ["/v1/notes/", "/v1/notes/a/b", "/v1", "/V1/notes", "/v1/notes/%00", "/v1/notes/a%2Fb"]
)
def test_what_no_route_serves_is_not_found(path: str) -> None:
    event = http_event("GET", path)
    event["rawPath"] = path
    assert raw(event)["statusCode"] == 404


def test_a_named_stage_in_front_of_the_path_is_taken_off() -> None:
    event = http_event("GET", "/prod/about")
    event["requestContext"]["stage"] = "prod"
    assert raw(event)["body"] == "plain"


@pytest.mark.parametrize("sent", ["a b", "ü", "50%", "x+y", "<b>"])
def test_a_path_value_arrives_decoded(sent: str) -> None:
    assert call("GET", f"/v1/notes/{sent}").body["note_id"] == sent


def test_a_caller_without_an_authorizer_s_word_is_turned_away_before_anything_is_read() -> None:
    answer = call("POST", "/v1/notes", client_id=None, body="{not json")
    assert (answer.status, answer.body["code"]) == (401, "unauthenticated")


def test_a_missing_scope_is_named_before_anything_is_read() -> None:
    answer = call("POST", "/v1/notes", scopes="catalog:read", body="{not json")
    assert answer.status == 403
    assert "`catalog:write`" in answer.body["detail"]


@pytest.mark.parametrize("scopes", ["", "catalog", "catalog:writer", "xcatalog:write", "catalog:write,catalog:read"])
def test_a_scope_is_matched_whole(scopes: str) -> None:
    assert call("POST", "/v1/notes", scopes=scopes, body={"text": "a"}).status == 403


def test_the_client_is_the_authorizer_s_and_never_the_caller_s() -> None:
    assert call("POST", "/v1/notes", body={"text": "a"}, headers={"x-client-id": "cli_99999999"}).status == 403
    assert "client_id" in faults(call("POST", "/v1/notes", body={"text": "a"}, query={"client_id": "cli_9"}))
    assert call("POST", "/v1/notes", body={"text": "a"}).body["client_id"] == CLIENT


@pytest.mark.parametrize(
    ("kind", "is_public"), [("secret", False), ("user", False), ("publishable", True), ("", True), ("other", True)]
)
def test_only_who_is_known_to_hold_a_secret_is_not_public(kind: str, is_public: bool) -> None:
    assert call("GET", "/v1/caller", key_kind=kind).body == {"key_kind": kind, "is_public": is_public}


def test_parameters_are_parsed_and_defaults_filled_in() -> None:
    answer = call(
        "GET", "/v1/notes", query={"limit": 7, "open": "true", "since": "2026-01-31T01:00:00+01:00", "kind": "memo"}
    )
    assert answer.body == {
        "limit": "7",
        "cursor": "None",
        "since": "2026-01-31 00:00:00+00:00",
        "open": "True",
        "kind": "memo",
        "depth": "None",
        "name": "None",
    }


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ([("limit", "0")], "limit"),
        ([("limit", "201")], "limit"),
        ([("limit", "ten")], "limit"),
        ([("limit", "1e3")], "limit"),
        ([("limit", "--5")], "limit"),
        ([("limit", "٣")], "limit"),
        ([("limit", "9" * 5000)], "limit"),
        ([("limit", "")], "limit"),
        ([("depth", "-1")], "depth"),
        ([("open", "yes")], "open"),
        ([("since", "2026-01-31")], "since"),
        ([("since", "9999-12-31T23:59:59-23:59")], "since"),
        ([("kind", "letter")], "kind"),
        ([("name", "x" * 2001)], "name"),
        ([("name", "a\x00b")], "name"),
        ([("limit", "1"), ("limit", "2")], "limit"),
        ([("page", "1")], "page"),
    ],
)
def test_a_faulty_parameter_is_named(query: list[tuple[str, str]], field: str) -> None:
    assert list(faults(call("GET", "/v1/notes", query=query))) == [field]


def test_all_faulty_parameters_are_named_at_once_each_with_its_remedy() -> None:
    answer = call("GET", "/v1/notes", query=[("limit", "0"), ("depth", "x"), ("kind", "?"), ("page", "1")])
    remedies = {fault["field"]: fault["remedy"] for fault in answer.body["errors"]}
    assert remedies["limit"] == "give a whole number from 1 to 200"
    assert remedies["depth"] == "give a whole number from 0"
    assert remedies["kind"] == "use one of note, memo"
    assert "limit" in remedies["page"]


def test_too_many_parameters_are_refused() -> None:
    event = http_event("GET", "/v1/notes")
    event["rawQueryString"] = "&".join(f"p{n}=1" for n in range(101))
    assert raw(event)["statusCode"] == 422


def test_an_impossible_path_value_is_looked_at_only_when_its_sender_may_ask() -> None:
    assert call("GET", "/v1/notes/%00", client_id=None).status == 401
    assert call("GET", "/v1/notes/%00").status == 404


def test_of_many_faults_a_bounded_number_is_told() -> None:
    answer = call("POST", "/v1/notes", body={"text": "a", **{f"f{n}" * 60: 1 for n in range(1000)}})
    assert len(answer.body["errors"]) == MAX_PROBLEMS
    assert all(len(problem["field"]) <= 200 for problem in answer.body["errors"])


@pytest.mark.parametrize(
    ("note", "status", "code"),
    [
        ("gone", 404, "not_found"),
        ("taken", 409, "conflict"),
        ("stale", 412, "version_conflict"),
        ("busy", 429, "throttled"),
        ("down", 503, "unavailable"),
        ("broken", 500, "internal"),
        ("odd", 500, "internal"),
    ],
)
def test_a_failure_becomes_a_problem_document(note: str, status: int, code: str) -> None:
    answer = call("GET", f"/v1/notes/{note}")
    assert (answer.status, answer.body["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.body["type"] == f"/docs/problems#{code}"
    assert answer.body["instance"] == f"/v1/notes/{note}"
    assert answer.body["correlation_id"] == answer.headers["x-correlation-id"]


def test_a_throttled_caller_is_told_how_long_to_wait() -> None:
    assert call("GET", "/v1/notes/busy").headers["retry-after"] == "7"


@pytest.mark.parametrize("note", ["broken", "odd"])
def test_a_fault_of_ours_shows_nothing_of_its_inside(note: str, capsys: pytest.CaptureFixture[str]) -> None:
    answer = call("GET", f"/v1/notes/{note}")
    for inside in ("secret-looking", "internal wording", "RuntimeError"):
        assert inside not in json.dumps(answer.body)


def test_an_answer_that_cannot_be_written_is_a_fault_of_ours() -> None:
    assert call("GET", "/unwritable").status == 500


def test_a_correlation_id_is_taken_over_and_given_back() -> None:
    answer = call("GET", "/v1/notes/1", headers={"X-Correlation-Id": "order-77.a:b_c"})
    assert answer.headers["x-correlation-id"] == answer.body["correlation"] == "order-77.a:b_c"
    assert answer.body["causation"] == "JKJaXmPLvHcESHA="


@pytest.mark.parametrize("asked", ["", "a b", "x" * 129, "line\nbreak", '"quoted"', "ü"])
def test_an_unfit_correlation_id_is_replaced_by_the_request_s(asked: str) -> None:
    assert call("GET", "/v1/notes/1", headers={"X-Correlation-Id": asked}).body["correlation"] == "JKJaXmPLvHcESHA="


def test_headers_are_found_in_any_case() -> None:
    assert call("GET", "/v1/notes/1", headers={"IF-MATCH": '"3"'}).body["match"] == '"3"'


def test_answers_are_not_to_be_kept() -> None:
    assert call("GET", "/v1/notes/1").headers["cache-control"] == "no-store"


def test_no_content_has_no_body() -> None:
    answer = raw(http_event("DELETE", "/v1/notes/1"))
    assert (answer["statusCode"], "body" in answer) == (204, False)


@pytest.mark.parametrize("event", [{}, {"requestContext": {}}, {"rawPath": None, "headers": None, "body": None}])
def test_an_event_of_another_shape_is_answered_all_the_same(event: dict[str, Any]) -> None:
    assert raw(event)["statusCode"] == 404


def test_a_route_is_declared_once() -> None:
    routes = Routes("twice")
    routes.add("GET", "/a", scope="catalog:read", summary="A")(lambda _request, _deps: Response())
    with pytest.raises(ValueError, match="twice"):
        routes.add("GET", "/a", scope="catalog:read", summary="B")(lambda _request, _deps: Response())


def test_an_open_route_cannot_promise_idempotency() -> None:
    with pytest.raises(ValueError, match="per client"):
        Routes("x").add("POST", "/a", scope=None, summary="A", idempotent=True)(lambda _request, _deps: Response())
