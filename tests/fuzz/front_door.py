"""The API as a WSGI application: what stands between HTTP and our handlers in AWS, reduced to what a handler can notice.

Requests become HTTP API events (payload 2.0) as `tests.http` makes them; a path that no function serves goes to the function
of `$default`, as `infra` routes it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from importlib import import_module
from itertools import count
from typing import Any
from urllib.parse import quote

import pytest
from moto import mock_aws

from functions.platform.api_reference import build
from skuflow.platform.aws import client, forget_clients
from skuflow.platform.http_api import Routes
from tests.conftest import use_test_environment
from tests.doubles import FakeLambdaContext
from tests.http import ALL_SCOPES, CLIENT, http_event
from tests.seeds import Owner, World, deps_of, environment

APP_SECRET = "of-the-shopify-app"
_DEFAULT = "platform.api_reference"
_UNSEEN = frozenset({"accept-encoding"})
"""Headers that the door keeps to itself: what is sent compressed says the same, and `test_api_reference` looks after that."""

Start = Callable[[str, list[tuple[str, str]]], Any]


@dataclass(slots=False)
class FrontDoor:
    """`door(environ, start_response)`, while it is `open()`. Whoever sends `Authorization` is let in, with every scope: as the
    client that a `key_of` names, else as CLIENT. What the authorizer thinks of keys is tested with the authorizer."""

    _deps: dict[str, Any] = field(default_factory=dict)
    _world: World = field(default_factory=World)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1000))

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        answer = self.answer(environ)
        headers = [(name, str(value)) for name, value in answer["headers"].items()]
        headers += [("Set-Cookie", cookie) for cookie in answer.get("cookies", ())]
        start_response(f"{answer['statusCode']} {HTTPStatus(answer['statusCode']).phrase}", headers)
        body = answer.get("body") or ""
        return [base64.b64decode(body) if answer["isBase64Encoded"] else body.encode()]

    def answer(self, environ: dict[str, Any]) -> dict[str, Any]:
        """What API Gateway gets from the function that serves the request."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
        name = next((name for name, routes in self._routes.items() if routes.match(method, path)), _DEFAULT)
        if name not in self._deps:
            self._deps[name] = deps_of(name)
        event = http_event(
            method,
            quote(path),
            client_id=_let_in(environ.get("HTTP_AUTHORIZATION", "")),
            scopes=ALL_SCOPES,
            body=_body(environ),
            headers=_headers(environ),
            query=environ.get("QUERY_STRING", ""),
        )
        handler = import_module(f"functions.{name}.handler")
        answer: dict[str, Any] = handler.handle(event, FakeLambdaContext(), self._deps[name])
        return answer

    @contextmanager
    def open(self) -> Iterator[None]:
        """A platform in memory behind the door, with a client that owns nothing yet."""
        patch = pytest.MonkeyPatch()
        use_test_environment(patch)
        with mock_aws():
            made = environment()
            for name in ("client_id", "client_secret"):
                client("secretsmanager").create_secret(Name=f"test-shopify_{name}_secret", SecretString=APP_SECRET)
            self._world.open_client(CLIENT)
            yield
            made.undo()
        self._deps.clear()
        self._world = World()
        patch.undo()
        forget_clients()

    def new_owner(self) -> Owner:
        """A client with nothing of its own so far."""
        client_id = f"cli_{next(self._numbers):016}"
        self._world.open_client(client_id)
        return Owner(self._world, client_id)

    @cached_property
    def _routes(self) -> dict[str, Routes]:
        names = {name for name, _ in build.routes_by_function()}
        return {name: import_module(f"functions.{name}.handler").ROUTES for name in sorted(names)}


def key_of(client_id: str) -> dict[str, str]:
    """The headers with which the door lets in this client."""
    return {"Authorization": f"Bearer {client_id}"}


def _let_in(authorization: str) -> str | None:
    word = authorization.rpartition(" ")[2]
    return word if word.startswith("cli_") else CLIENT if authorization else None


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    sent = {name[5:].replace("_", "-").lower(): str(v) for name, v in environ.items() if name.startswith("HTTP_")}
    kind = {"content-type": environ["CONTENT_TYPE"]} if environ.get("CONTENT_TYPE") else {}
    return {name: value for name, value in (sent | kind).items() if name not in _UNSEEN}


def _body(environ: dict[str, Any]) -> str | bytes | None:
    """Text where it is text, as the gateway does for JSON and its like; bytes, which travel in base64, where it is not."""
    content: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if not content:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content
