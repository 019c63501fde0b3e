"""What is covered in a message before somebody looks at it."""

from __future__ import annotations

import json

import pytest

from local.operations.masking import COVERED, masked


@pytest.mark.parametrize(
    "name",
    [
        "email",
        "phone",
        "shipping_address",
        "first_name",
        "customer",
        "access_token",
        "client_secret",
        "Authorization",
        "card",
    ],
)
def test_a_field_that_tells_who_somebody_is_or_opens_something_is_covered_by_its_name(name: str) -> None:
    assert json.loads(masked(json.dumps({name: "x", "sku": "MUG-1"}))) == {name: COVERED, "sku": "MUG-1"}


def test_a_whole_object_is_covered_by_its_name() -> None:
    assert json.loads(masked('{"customer": {"id": 1, "tags": "vip"}, "total": 5}')) == {"customer": COVERED, "total": 5}


@pytest.mark.parametrize(
    "text",
    [
        "ann.lee+shop@example.co.uk",
        "sk_dev_0123456789abcdef",
        "shpat_0123456789abcdef",
        "Bearer abcdefgh12345678",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
        "+1 416 555 0100",
        "4111 1111 1111 1111",
        "203.0.113.7",
    ],
)
def test_what_looks_like_a_person_or_a_secret_is_covered_wherever_it_stands(text: str) -> None:
    assert masked(f"said {text}, then left") == f"said {COVERED}, then left"
    assert text not in masked(json.dumps({"title": [f"x {text}"]}))


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T12:00:00.000Z",
        "imp_54254b309ad1497e97b675130385979e",
        "12.99 CAD",
        "gid://shopify/Product/7300000003022",
    ],
)
def test_what_an_operator_needs_stays(text: str) -> None:
    assert masked(text) == text
    assert json.loads(masked(json.dumps({"data": {"value": text, "count": 3, "ok": True}})))["data"] == {
        "value": text,
        "count": 3,
        "ok": True,
    }


def test_json_inside_of_json_is_covered_too() -> None:
    inner = json.dumps({"order": {"id": 5, "email": "ann@example.com"}})
    found = json.loads(masked(json.dumps({"topic": "orders/create", "body": inner})))
    assert json.loads(found["body"]) == {"order": {"id": 5, "email": COVERED}}


def test_a_body_in_base64_is_not_shown() -> None:
    assert masked(json.dumps({"body_base64": "QUJD" * 100})) == '{"body_base64":"*** (400 characters of base64)"}'


def test_a_very_long_text_is_cut() -> None:
    assert masked("word " * 2_000).endswith("… (10000 characters)")
