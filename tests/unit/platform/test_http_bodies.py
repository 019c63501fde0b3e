"""Bodies of requests: what is read, what is refused and in which words."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from skuflow.platform.http_api import MAX_BODY_BYTES
from tests.http import http_event
from tests.unit.platform.echo import call, faults, raw


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "nul",
        '{"text": NaN}',
        '{"text": Infinity}',
        "[" * 100_000,
        '{"count": ' + "1" * 5000 + "}",
        "\ufeff{}",
        r'{"text": "\ud800"}',
        r'{"\udfff": 1}',
    ],
)
def test_a_body_that_is_not_json_is_malformed(body: str) -> None:
    answer = call("POST", "/v1/notes", body=body)
    assert (answer.status, answer.body["code"]) == (400, "malformed")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], "body"),
        ("null", "body"),
        ({}, "text"),
        ({"text": 5}, "text"),
        ({"text": "x" * 21}, "text"),
        ({"text": "LOUD"}, "text"),
        ({"text": "a", "count": "many"}, "count"),
        ({"text": "a", "count": 1.5}, "count"),
        ({"text": "a", "extra": 1}, "extra"),
        ({"text": "a", "client_id": "cli_99999999"}, "client_id"),
    ],
)
def test_a_faulty_field_is_named(body: Any, field: str) -> None:
    assert list(faults(call("POST", "/v1/notes", body=body))) == [field]


def test_a_rule_of_our_own_is_told_in_our_own_words() -> None:
    assert faults(call("POST", "/v1/notes", body={"text": "LOUD"})) == {"text": "is shouted"}


@pytest.mark.parametrize(
    ("body", "message", "remedy"),
    [
        ([], "is not a JSON object", "send an object"),
        ({}, "is missing", "add the field"),
        ({"text": "x" * 21}, "is too long", "20 characters"),
        ({"text": "a", "extra": 1}, "is not a field of this call", "remove the field"),
    ],
)
def test_common_faults_are_told_in_our_own_words_with_a_way_out(body: Any, message: str, remedy: str) -> None:
    (fault,) = call("POST", "/v1/notes", body=body).body["errors"]
    assert fault["message"] == message
    assert remedy in fault["remedy"]


@pytest.mark.parametrize("body", ['{"text": "a", "text": "b"}', '{"text": "a", "more": [{"x": 1, "x": 1}]}'])
def test_a_member_that_is_given_twice_is_malformed_rather_than_guessed(body: str) -> None:
    assert "given twice" in call("POST", "/v1/notes", body=body).body["detail"]


def test_a_number_of_absurd_length_is_refused_in_our_own_words() -> None:
    answer = call("POST", "/v1/notes", body=f'{{"text": {"1" * 5_000}}}')
    assert "5000 digits" in answer.body["detail"]
    assert "sys." not in answer.body["detail"]


def test_a_body_may_come_in_base64() -> None:
    event = http_event("POST", "/v1/notes", body={"text": "über"})
    event.update(body=base64.b64encode(event["body"].encode()).decode(), isBase64Encoded=True)
    assert json.loads(raw(event)["body"])["text"] == "über"


@pytest.mark.parametrize("body", ["%%%", base64.b64encode(b"\xff\xfe{").decode()])
def test_base64_that_is_no_text_is_malformed(body: str) -> None:
    event = http_event("POST", "/v1/notes", body=body)
    event["isBase64Encoded"] = True
    assert raw(event)["statusCode"] == 400


@pytest.mark.parametrize(
    "body", ["x" * (MAX_BODY_BYTES + 1), "ü" * (MAX_BODY_BYTES // 2 + 1), "x" * (3 * MAX_BODY_BYTES)]
)
def test_a_body_over_the_limit_is_too_large(body: str) -> None:
    answer = call("POST", "/v1/notes", body=body)
    assert (answer.status, answer.body["code"]) == (413, "too_large")
