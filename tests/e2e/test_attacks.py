"""Attacks over a real socket: what the gateway lets through, what the functions refuse, and that nobody else notices."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import httpx
import pytest

from skuflow.platform.http_api import MAX_BODY_BYTES
from tests.e2e.shop import Shop

pytestmark = pytest.mark.e2e

SLOW_CALLERS = 20


def part(claims: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()


def address(shop: Shop) -> tuple[str, int, str]:
    parts = urlsplit(shop.base)
    return str(parts.hostname), int(parts.port or 80), parts.path


@contextmanager
def half_sent(shop: Shop) -> Iterator[socket.socket]:
    """A connection whose caller announces a thousand bytes and sends ten of them."""
    host, port, path = address(shop)
    with socket.create_connection((host, port), timeout=30) as caller:
        head = f"POST {path}/v1/imports HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {shop.key}\r\n"
        caller.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n".encode() + b'{"file_nam')
        yield caller


@pytest.mark.parametrize(
    "header", [{"alg": "none"}, {"alg": "HS256"}, {"alg": "RS256", "kid": "x", "jku": "https://x.example/keys"}]
)
def test_a_token_of_an_attacker_s_own_making_opens_nothing(shop: Shop, header: dict[str, str]) -> None:
    claims = {
        "sub": "usr_1",
        "iss": "https://x.example",
        "token_use": "access",
        "exp": 4102444800,
        "custom:role": "owner",
    }
    for signature in ("", "AAAA"):
        answer = shop.call("GET", "/v1/products", key=f"{part(header)}.{part(claims)}.{signature}")
        assert answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}
        assert "items" not in answer.text


@pytest.mark.parametrize("name", ["X-Correlation-Id", "Idempotency-Key", "Origin"])
def test_a_line_break_in_a_header_adds_none_to_the_answer(shop: Shop, name: str) -> None:
    host, port, path = address(shop)
    request = (
        f"GET {path}/v1/products HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAuthorization: Bearer {shop.key}\r\n"
        f"{name}: a\r\n Set-Cookie: stolen=1\r\n\r\n"
    )
    with socket.create_connection((host, port), timeout=30) as caller:
        caller.sendall(request.encode())
        answer = b"".join(iter(lambda: caller.recv(65_536), b""))
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert head.startswith(b"http/1.1 ")
    assert b"\nset-cookie" not in head


def test_a_body_over_the_limit_is_refused_and_leaves_nothing(shop: Shop) -> None:
    body = json.dumps({"title": "Shirt", "description_html": "x" * MAX_BODY_BYTES})
    answer = shop.call("POST", "/v1/products", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    assert shop.get("/v1/products")["items"] == []


def test_a_body_nested_without_end_is_malformed(shop: Shop) -> None:
    answer = shop.call("POST", "/v1/products", content="[" * 100_000, headers={"Content-Type": "application/json"})
    assert answer.status_code == httpx.codes.BAD_REQUEST
    assert "Traceback" not in answer.text


def test_callers_who_never_finish_their_bodies_hold_nobody_up(shop: Shop) -> None:
    with ExitStack() as open_connections:
        slow = [open_connections.enter_context(half_sent(shop)) for _ in range(SLOW_CALLERS)]
        assert shop.call("GET", "/health", key="").status_code == httpx.codes.OK
        assert shop.get("/v1/imports")["items"] == []
        assert len(slow) == SLOW_CALLERS
    assert shop.get("/v1/imports")["items"] == []
