"""Headers, paths and queries made to hurt. Whatever is sent, nothing of it ends up where it was not asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.http import CLIENT, OTHER_CLIENT, Answer
from tests.seeds import Owner

SPLITS = (
    "x\r\nSet-Cookie: a=b",
    "x\nX-Admin: 1",
    "x\r\n\r\n<script>",
    "x\x00y",
    "x\x0by",
    "\u2028x",
    "\u560d\u560aX-Admin: 1",
)
REFLECTABLE = (
    "X-Correlation-Id",
    "Idempotency-Key",
    "If-Match",
    "Origin",
    "Host",
    "X-Forwarded-Host",
    "Accept-Encoding",
)


def ask(owner: Owner, method: str, path: str, *, function: str = "catalog.api", **how: Any) -> Answer:
    return owner.world.call(function, method, path, client_id=owner.client_id, **how)


def carries(answer: Answer, text: str) -> bool:
    """Whether a header says `text`, or anything that would end a header."""
    return any(text in value or not value.isprintable() for value in answer.headers.values())


@pytest.mark.parametrize("text", SPLITS, ids=ascii)
@pytest.mark.parametrize("name", REFLECTABLE)
def test_no_header_of_a_request_splits_the_answer(owner: Owner, name: str, text: str) -> None:
    answer = ask(owner, "POST", "/v1/products", body={"title": "Shirt"}, headers={name: text})
    assert answer.status in {201, 400}
    assert not carries(answer, text)
    path = f"/v1/products/{owner.has('product_id')}"
    assert not carries(ask(owner, "PATCH", path, body={"title": "Shirt"}, headers={name: text}), text)


@pytest.mark.parametrize("text", SPLITS, ids=ascii)
def test_no_value_of_a_query_splits_the_address_that_a_browser_is_sent_to(owner: Owner, text: str) -> None:
    shop = f"maple.myshopify.com{text}"
    answer = ask(owner, "GET", "/v1/shopify/install", function="sync.connect_shop", query={"shop": shop})
    assert answer.status == 422
    assert not carries(answer, text)


@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL"])
def test_the_address_of_the_api_is_not_what_a_caller_says_it_is(owner: Owner, name: str) -> None:
    query, headers = {"shop": "maple.myshopify.com"}, {name: "evil.example"}
    answer = ask(owner, "GET", "/v1/shopify/install", function="sync.connect_shop", query=query, headers=headers)
    assert answer.headers["location"].startswith("https://api.test/v1/shopify/authorize?")


@pytest.mark.parametrize(
    "shop", ["evil.example", "maple.myshopify.com@evil.example", "maple.myshopify.com/../x", "//evil.example"]
)
def test_a_browser_is_sent_to_no_shop_that_is_not_shopify_s(owner: Owner, shop: str) -> None:
    answer = ask(owner, "GET", "/v1/shopify/install", function="sync.connect_shop", query={"shop": shop})
    assert answer.status == 422


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
@pytest.mark.parametrize("method", ["DELETE", "PATCH"])
def test_a_header_does_not_change_the_method(owner: Owner, name: str, method: str) -> None:
    path = f"/v1/products/{owner.has('product_id')}"
    assert ask(owner, "GET", path, headers={name: method}, query={}).status == 200
    assert ask(owner, "GET", path).status == 200


def test_a_parameter_does_not_change_the_method(owner: Owner) -> None:
    path = f"/v1/products/{owner.has('product_id')}"
    assert ask(owner, "GET", path, query={"_method": "DELETE"}).status == 422


@pytest.mark.parametrize("name", ["X-Client-Id", "X-Forwarded-User", "X-Amzn-Oidc-Identity", "client_id", "X-Scopes"])
def test_nobody_becomes_another_client_by_a_header(owner: Owner, name: str) -> None:
    mine = owner.has("product_id")
    answer = ask(owner, "GET", "/v1/products", headers={name: OTHER_CLIENT})
    if answer.status == 200:
        assert mine in json.dumps(answer.body)
    else:
        assert answer.status == 403
    assert ask(owner, "GET", f"/v1/products/{mine}").status == 200


_TRICKS: dict[str, Callable[[str], str]] = {
    "a slash, encoded twice": lambda path: path.replace("/v1/products/", "/v1/products%252F"),
    "a dot and a dot": lambda path: f"/v1/brands/../products{path.removeprefix('/v1/products')}",
    "dots, encoded": lambda path: f"/v1/brands/%2e%2e/products{path.removeprefix('/v1/products')}",
    "two slashes": lambda path: path.replace("/products/", "//products/"),
    "a slash in front": lambda path: f"/{path}",
    "a slash behind": lambda path: f"{path}/",
    "a slash behind, encoded": lambda path: f"{path}%2F",
    "an empty segment": lambda path: f"{path}//inventory",
    "a parameter of a segment": lambda path: f"{path};admin=1",
    "a null byte": lambda path: f"{path}%00",
    "a null byte and an ending": lambda path: f"{path}%00.json",
    "a line break": lambda path: f"{path}%0d%0aX-Admin:1",
    "an ending": lambda path: f"{path}.json",
    "a blank": lambda path: f"{path}%20",
    "capitals": lambda path: path.replace("prd_", "PRD_"),
    "capitals before": lambda path: path.replace("/v1/", "/V1/"),
    "wide letters": lambda path: path.replace("prd_", quote("\uff50\uff52\uff44_")),
    "a combining mark": lambda path: f"{path}{quote(chr(0x301))}",
    "a joiner": lambda path: f"{path}{quote(chr(0x200D))}",
    "bytes that are no text": lambda path: f"{path}%ff%fe",
    "a slash, encoded at length": lambda path: path.replace("/products/", "/products%c0%af"),
    "a backslash": lambda path: path.replace("/products/", "/products%5c"),
    "an item of the table": lambda path: f"{path}%23V%231",
    "another partition": lambda _path: f"/v1/products/{quote(f'C#{CLIENT}#PRODUCT', safe='')}",
    "at any length": lambda path: path + "a" * 8000,
}


@pytest.mark.parametrize("trick", _TRICKS)
def test_a_thing_has_one_path_and_no_other(owner: Owner, trick: str) -> None:
    path = f"/v1/products/{owner.has('product_id')}"
    assert ask(owner, "GET", path).status == 200
    bent = ask(owner, "GET", _TRICKS[trick](path))
    assert (bent.status, bent.body["code"]) == (404, "not_found")
    assert not carries(bent, "X-Admin")


@pytest.mark.parametrize(
    "query",
    [
        "limit=1&limit=200",
        "limit[]=1",
        "limit[0]=1",
        "limit.x=1",
        "limit%00=1",
        "limit=1%00",
        "limit=1%0d%0a",
        "limit=%EF%BC%91",
        "limit=1_0",
        "limit=0x1",
        "limit=1e1",
        "limit=" + "1" * 5000,
        "LIMIT=1",
        "limit=1;limit=2",
        "client_id=" + OTHER_CLIENT,
        "sku=" + "a" * 3000,
        "cursor=" + quote('{"pk":"C#cli_0000000000000002"}'),
        "cursor=eyJwayI6IkMjY2xpXzAwMDAwMDAwMDAwMDAwMDIifQ",
        "__proto__[admin]=1",
        "brand=%ff",
        "&".join(f"x{n}=1" for n in range(101)),
    ],
    ids=lambda query: query[:30],
)
def test_a_query_means_what_it_says_or_is_refused(owner: Owner, query: str) -> None:
    answer = ask(owner, "GET", "/v1/products", query=query)
    assert answer.status == 422 or answer.body["items"] == []
    assert len(json.dumps(answer.body)) < 5000


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost", "https://skuflow.evil.example"])
def test_a_function_grants_nothing_to_an_origin(owner: Owner, origin: str) -> None:
    """Which origins may read answers is the gateway's to say (any, without cookies: keys travel in a header)."""
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "DELETE",
        "Access-Control-Request-Headers": "authorization",
    }
    path = f"/v1/products/{owner.has('product_id')}"
    preflight = ask(owner, "OPTIONS", path, headers=asked)
    assert preflight.status == 404
    for answer in (preflight, ask(owner, "GET", path, headers=asked)):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "get", "G\x00ET", ""])
def test_a_method_that_nobody_declared_finds_nothing(owner: Owner, method: str) -> None:
    assert ask(owner, method, f"/v1/products/{owner.has('product_id')}").status == 404
