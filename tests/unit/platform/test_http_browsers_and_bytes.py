"""What routes may be beside JSON in, JSON out: bytes as they were sent, redirects, cookies, pages for people, free parameters."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openapi_spec_validator import validate

from skuflow.kernel.errors import Conflict, Problem, SkuflowError, Throttled
from skuflow.kernel.events import Cause
from skuflow.platform.http_api import OpenRequest, Param, Response, Routes
from skuflow.platform.http_serving import serve
from skuflow.platform.openapi import document
from tests.doubles import FakeLambdaContext
from tests.http import Answer, Api, http_event

ROUTES = Routes("odd")


def refusal(error: SkuflowError, status: int, cause: Cause) -> Response:
    return Response(f"{status} {error.code} {cause.correlation_id}", headers={"Content-Type": "text/html"})


@ROUTES.add("POST", "/bytes", scope=None, summary="x", raw_body=True, max_body_bytes=20, content_type="text/plain")
def take_bytes(request: OpenRequest, _deps: None) -> Response:
    assert isinstance(request.body, bytes)
    return Response(request.body.hex(), headers={"Content-Type": "text/plain"})


@ROUTES.add("GET", "/away", scope=None, summary="x", status=302)
def go_away(_request: OpenRequest, _deps: None) -> Response:
    return Response(None, 302, {"Location": "https://elsewhere.test/"}, cookies=("a=1; Path=/", "b=2"))


@ROUTES.add("GET", "/cookies", scope=None, summary="x", content_type="text/plain")
def show_cookies(request: OpenRequest, _deps: None) -> Response:
    return Response(json.dumps(dict(request.cookies)), headers={"Content-Type": "text/plain"})


@ROUTES.add(
    "GET",
    "/page",
    scope=None,
    summary="x",
    content_type="text/html",
    query=(Param("fail", "How.", required=True),),
    free_query=True,
    refusal=refusal,
    errors=(409,),
)
def show_page(request: OpenRequest, _deps: None) -> Response:
    failures = {
        "busy": Throttled("later", retry_after=7),
        "conflict": Conflict("no", problems=[Problem("x", "y")]),
        "bug": RuntimeError("a secret"),
    }
    if request.query["fail"] in failures:
        raise failures[request.query["fail"]]
    return Response(request.raw_query, headers={"Content-Type": "text/html"})


def handle(event: Any, context: Any, deps: None) -> Any:
    return serve(ROUTES, event, context, deps)


def call(method: str, path: str, **how: Any) -> Answer:
    return Api(handle, None, ROUTES).call(method, path, client_id=None, **how)


@pytest.mark.parametrize("body", [b"", b"{not json", b"\xff\x00\xfe", "é".encode(), b"a" * 20])
def test_bytes_arrive_as_they_were_sent(body: bytes) -> None:
    assert call("POST", "/bytes", body=body).body == (body.hex() or None)


def test_text_arrives_as_its_bytes() -> None:
    assert call("POST", "/bytes", body="é 1").body == "é 1".encode().hex()


@pytest.mark.parametrize("body", [b"a" * 21, "a" * 21, "é" * 11, b"a" * 1_000_000])
def test_bytes_have_a_limit_of_their_own(body: bytes | str) -> None:
    answer = call("POST", "/bytes", body=body)
    assert answer.status == 413
    assert "20 bytes" in answer.body["detail"]


def test_an_envelope_that_is_broken_is_malformed() -> None:
    event = {**http_event("POST", "/bytes", client_id=None), "body": "a=b", "isBase64Encoded": True}
    assert handle(event, FakeLambdaContext(), None)["statusCode"] == 400


def test_a_redirect_says_where_and_sets_its_cookies() -> None:
    answer = call("GET", "/away")
    assert (answer.status, answer.headers["location"], answer.body) == (302, "https://elsewhere.test/", None)
    assert answer.cookies == ("a=1; Path=/", "b=2")


def test_an_answer_without_cookies_says_nothing_of_them() -> None:
    assert "cookies" not in handle(http_event("GET", "/cookies", client_id=None), FakeLambdaContext(), None)


@pytest.mark.parametrize(
    ("cookies", "read"),
    [
        ([], {}),
        (["a=1", "b=2=3"], {"a": "1", "b": "2=3"}),
        (["a=first", "a=second"], {"a": "first"}),
        (["odd", "", "=1"], {"odd": ""}),
    ],
)
def test_cookies_are_read_by_name(cookies: list[str], read: dict[str, str]) -> None:
    assert json.loads(call("GET", "/cookies", cookies=cookies).body) == read


def test_cookies_are_read_where_a_gateway_leaves_them_in_the_header() -> None:
    answer = call("GET", "/cookies", headers={"cookie": "a=1; b=2"})
    assert json.loads(answer.body) == {"a": "1", "b": "2"}


def test_undeclared_parameters_come_through_as_they_were_sent() -> None:
    sent = "fail=no&other=%C3%A9+1&other=2"
    assert call("GET", "/page", query=sent).body == sent


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("fail=conflict", 409, "conflict"),
        ("fail=busy", 429, "throttled"),
        ("fail=bug", 500, "error"),
        ("", 422, "invalid"),
        ("fail=1&fail=2", 422, "invalid"),
    ],
)
def test_a_refusal_is_a_page_where_people_read_it(query: str, status: int, code: str) -> None:
    answer = call("GET", "/page", query=query, headers={"x-correlation-id": "number-1"})
    assert (answer.status, answer.body) == (status, f"{status} {code} number-1")
    assert answer.headers.get("retry-after") == ("7" if status == 429 else None)


def test_the_document_tells_of_all_that() -> None:
    made = document(ROUTES, title="t", version="1", description="d")
    validate(made)
    assert "Location" in made["paths"]["/away"]["get"]["responses"]["302"]["headers"]
    assert "content" not in made["paths"]["/away"]["get"]["responses"]["302"]
    assert set(made["paths"]["/page"]["get"]["responses"]["409"]["content"]) == {"text/html"}
    assert set(made["paths"]["/page"]["get"]["responses"]["429"]["content"]) == {"text/html", "application/json"}
    assert set(made["paths"]["/bytes"]["post"]["responses"]) >= {"400", "413"}
    assert made["paths"]["/bytes"]["post"]["requestBody"]["content"] == {"*/*": {"schema": {"type": "string"}}}


def test_bytes_are_neither_parsed_nor_remembered() -> None:
    with pytest.raises(ValueError, match="neither parsed nor remembered"):
        Routes("odd").add("POST", "/x", scope="a:b", summary="x", raw_body=True, idempotent=True)(
            lambda _r, _d: Response()
        )
