"""Bodies made to hurt: too large, too deep, too long, ambiguous, not text, with fields that are none of the caller's business."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from functions.catalog.api.handler import handle
from skuflow.platform.http_api import MAX_BODY_BYTES
from skuflow.platform.http_input import MAX_PROBLEMS
from tests.doubles import FakeLambdaContext
from tests.http import OTHER_CLIENT, http_event
from tests.security.operations import TAKING_JSON, Door, nested, with_field
from tests.seeds import Owner, deps_of

every_door = pytest.mark.parametrize("door", TAKING_JSON, ids=str)

NOT_OURS = {
    "client_id": OTHER_CLIENT,
    "scopes_granted": ["keys:write"],
    "created_at": "2020-01-01T00:00:00Z",
    "is_admin": True,
    "__proto__": {"admin": True},
    "__class__": "Product",
}


def create(owner: Owner, body: Any, **headers: str) -> Any:
    return owner.world.call(
        "catalog.api", "POST", "/v1/products", client_id=owner.client_id, body=body, headers=headers
    )


def product(size: int) -> str:
    """A product whose body has just so many bytes; its description is over any limit."""
    frame = len(json.dumps({"title": "Shirt", "description_html": ""}))
    return json.dumps({"title": "Shirt", "description_html": "x" * (size - frame)})


@every_door
@pytest.mark.parametrize("field", NOT_OURS)
def test_a_field_that_is_not_the_caller_s_to_set_is_refused_and_named(owner: Owner, door: Door, field: str) -> None:
    answer = door.ask(owner, {**door.body(owner), field: NOT_OURS[field]})
    assert answer.status == 422
    assert field in {problem["field"].rpartition(".")[2] for problem in answer.body["errors"]}


@every_door
def test_a_body_that_is_nested_ten_thousand_deep_is_malformed(owner: Owner, door: Door) -> None:
    for body in (
        nested(10_000),
        with_field(door.body(owner), "attributes", nested(10_000)),
        '{"a":' * 10_000 + "1" + "}" * 10_000,
    ):
        assert door.ask(owner, body).status == 400


@every_door
def test_a_body_that_is_nested_as_deep_as_can_be_read_breaks_nothing(owner: Owner, door: Door) -> None:
    """The parser and pydantic have limits of their own: whichever comes first, it is the caller's fault."""
    for depth in (100, 255, 500, 900):
        for field in ("attributes", next(iter(door.body(owner)), "note")):
            assert door.ask(owner, with_field({}, field, nested(depth))).status in {400, 422}


@every_door
@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_javascript_calls_a_number_is_malformed(owner: Owner, door: Door, constant: str) -> None:
    assert door.ask(owner, with_field(door.body(owner), "version", constant)).status == 400


@every_door
@pytest.mark.parametrize("number", ["1e400", "-1e400", "9" * 100, "1" + "0" * 30, "1.5"])
def test_a_number_out_of_all_bounds_is_refused(owner: Owner, door: Door, number: str) -> None:
    for field in ("version", "popularity", "expires_in_days", "amount_minor"):
        assert door.ask(owner, with_field({}, field, number)).status in {400, 412, 422}


@every_door
def test_a_field_that_is_given_twice_is_malformed(owner: Owner, door: Door) -> None:
    body = door.body(owner) or {"note": 1}
    first = next(iter(body))
    answer = door.ask(owner, with_field(body, first, json.dumps(body[first])))
    assert answer.status == 400
    assert first in answer.body["detail"]


@every_door
@pytest.mark.parametrize(
    "body", [b"\xff\xfe{}", b'{"title": "\xe9"}', b"\xed\xa0\x80", '{"title": "x"}'.encode("utf-16")]
)
def test_bytes_that_are_not_utf_8_are_malformed(owner: Owner, door: Door, body: bytes) -> None:
    assert door.ask(owner, body).status == 400


@every_door
@pytest.mark.parametrize("text", [r"\ud800", r"\udfff", r"\ude00\ud83d", r"a\uD83Db"])
def test_half_a_character_is_malformed_wherever_it_stands(owner: Owner, door: Door, text: str) -> None:
    """Python keeps a lone surrogate, and can then not write it: neither to a table nor into the answer that names the field."""
    assert door.ask(owner, f'{{"{text}": 1}}').status == 400
    assert door.ask(owner, with_field(door.body(owner), "x", f'["{text}"]')).status == 400


def test_a_whole_character_in_two_halves_is_text(owner: Owner) -> None:
    assert create(owner, r'{"title": "\ud83d\ude00"}').body["title"] == "\N{GRINNING FACE}"


@pytest.mark.parametrize("field", ["title", "brand", "url", "description_html", "product_type"])
def test_a_null_character_is_refused(owner: Owner, field: str) -> None:
    assert create(owner, {"title": "Shirt", field: "a\x00b"}).status == 422


def test_a_body_of_the_limit_is_read_and_one_byte_more_is_not(owner: Owner) -> None:
    assert create(owner, product(MAX_BODY_BYTES)).status == 422
    assert create(owner, product(MAX_BODY_BYTES + 1)).status == 413


def test_a_body_in_base64_is_measured_as_what_it_holds(owner: Owner) -> None:
    assert create(owner, product(MAX_BODY_BYTES).encode()).status == 422
    assert create(owner, product(MAX_BODY_BYTES + 1).encode()).status == 413


@pytest.mark.parametrize("length", ["0", "1", "-1", "99999999999", "ten", "1, 2"])
def test_what_content_length_says_is_not_believed(owner: Owner, length: str) -> None:
    assert create(owner, {"title": "Shirt"}, **{"Content-Length": length}).status == 201
    assert create(owner, product(MAX_BODY_BYTES + 1), **{"Content-Length": length}).status == 413


def test_base64_within_base64_is_not_taken_apart(owner: Owner) -> None:
    assert create(owner, base64.b64encode(json.dumps({"title": "Shirt"}).encode())).status == 400


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""],
)
def test_a_body_is_json_whatever_its_content_type_says(owner: Owner, kind: str) -> None:
    assert create(owner, {"title": "Shirt"}, **{"Content-Type": kind}).status == 201
    assert create(owner, "title=Shirt", **{"Content-Type": kind}).status == 400
    assert (
        create(
            owner, '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', **{"Content-Type": kind}
        ).status
        == 400
    )


def test_a_thousand_faults_do_not_make_an_answer_that_is_larger_than_the_request(owner: Owner) -> None:
    """Lambda drops an answer over 6 MB, and the caller would see a fault of ours."""
    body = json.dumps({f"f{number}": 1 for number in range(70_000)})
    assert len(body) < MAX_BODY_BYTES
    event = http_event("POST", "/v1/products", body=body)
    answer = handle(event, FakeLambdaContext(), deps_of("catalog.api"))
    assert answer["statusCode"] == 422
    assert len(json.loads(answer["body"])["errors"]) == MAX_PROBLEMS
    assert len(answer["body"]) < 50_000


def test_the_name_of_a_field_is_not_given_back_at_any_length(owner: Owner) -> None:
    answer = create(owner, {"title": "Shirt", "x" * 900_000: 1})
    assert answer.status == 422
    assert max(len(problem["field"]) for problem in answer.body["errors"]) <= 200
