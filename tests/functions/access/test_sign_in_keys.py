"""The authorizer as Lambda starts it: the user pool's keys come over the wire, through the one way out."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from functions.access.authorizer.handler import handle
from skuflow.access.wiring import build_authorizer
from skuflow.kernel.errors import SkuflowError
from tests.access import AccessWorld
from tests.doubles import FakeLambdaContext
from tests.user_pool import APP, ISSUER, FakePool, jwk

LIST = "/ca-central-1_Tests0001/.well-known/jwks.json"


class Published:
    """What is at the pool's address, and what was asked there."""

    def __init__(self) -> None:
        self.status, self.body = 200, FakePool().fetch()
        self.asked: list[str] = []


@pytest.fixture
def published() -> Iterator[tuple[Published, str]]:
    found = Published()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            self.send_response(found.status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", str(len(found.body)))
            self.end_headers()
            self.wfile.write(found.body)

        def log_message(self, *_said: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def started(
    tables: Callable[[str], str], published: tuple[Published, str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """`started()` gives the authorizer's deps, built from an environment."""

    def start(**more: str) -> Any:
        environment = {
            "SKUFLOW_STAGE": "local",
            "ACCESS_TABLE": tables("access"),
            "OUTBOUND_TABLE": tables("outbound"),
            "USER_POOL_ID": "ca-central-1_Tests0001",
            "TOKEN_ISSUER": ISSUER,
            "TOKEN_APP": APP,
            "JWKS_URL": f"{published[1]}{LIST}",
            "OUTBOUND_ALLOW_LOOPBACK": "true",
        } | more
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return build_authorizer()

    return start


def ask(deps: Any, token: str) -> bool:
    event = {"identitySource": [f"Bearer {token}"], "headers": {}, "requestContext": {}}
    return bool(handle(event, FakeLambdaContext(), deps)["isAuthorized"])


def fresh(world: AccessWorld) -> str:
    """A viewer's token, good now by the machine's own clock."""
    return world.pool.token(world.user(world.client(), "viewer"), datetime.now(UTC))


def test_a_token_opens_by_the_keys_that_the_pool_publishes(
    world: AccessWorld, started: Callable[..., Any], published: tuple[Published, str]
) -> None:
    deps = started()
    for _ in range(2):
        assert ask(deps, fresh(world))
    assert published[0].asked == [LIST]


def test_a_key_list_without_the_right_key_opens_nothing(
    world: AccessWorld, started: Callable[..., Any], published: tuple[Published, str]
) -> None:
    published[0].body = json.dumps({"keys": [jwk("another", "another")]}).encode()
    assert not ask(started(), fresh(world))


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, b"{}"), (200, b"<html>"), (200, b'{"keys": 5}'), (200, b"x" * 200_000), (403, b'{"keys": []}')],
)
def test_a_pool_that_cannot_be_read_is_a_trouble_of_ours(
    world: AccessWorld, started: Callable[..., Any], published: tuple[Published, str], status: int, body: bytes
) -> None:
    published[0].status, published[0].body = status, body
    with pytest.raises(SkuflowError) as trouble:
        ask(started(), fresh(world))
    assert trouble.value.code == "unavailable"


def test_anywhere_but_on_the_local_stage_this_machine_is_not_asked(
    world: AccessWorld, started: Callable[..., Any], published: tuple[Published, str]
) -> None:
    with pytest.raises(SkuflowError):
        ask(started(SKUFLOW_STAGE="dev"), fresh(world))
    assert published[0].asked == []


def test_a_key_asks_nobody(world: AccessWorld, started: Callable[..., Any], published: tuple[Published, str]) -> None:
    deps = started(SKUFLOW_STAGE="test")
    assert ask(deps, world.key(world.client())["key"])
    assert published[0].asked == []
