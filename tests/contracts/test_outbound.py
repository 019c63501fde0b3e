"""What every way out does: the one by HTTP and the one that tests prepare answers for."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from skuflow.kernel.errors import TransientError
from skuflow.platform.outbound.addresses import AddressGuard
from skuflow.platform.outbound.calls import Call, Outbound, ProviderFailed
from skuflow.platform.outbound.connecting import guarded_client
from skuflow.platform.outbound.http import HttpOutbound
from skuflow.platform.outbound.known import service
from tests.doubles import FakeClock
from tests.fakes.circuits import FakeCircuits
from tests.fakes.outbound import FakeOutbound, json_answer
from tests.serving import serving

BODY = b'{"id": "one"}\n{"id": "two"}\n'


class Provider(BaseHTTPRequestHandler):
    """/file is BODY, in ranges; /down is a 503; anything else is not found."""

    def do_GET(self) -> None:
        status = {"/file": 200, "/down": 503}.get(self.path.partition("?")[0], 404)
        wanted = self.headers.get("Range", "")
        start, _, last = wanted.removeprefix("bytes=").partition("-")
        body = BODY[int(start or 0) : int(last) + 1 if last else None] if status == 200 else b"{}"
        self.send_response(206 if wanted and status == 200 else status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_told: Any) -> None:
        """pytest's output is not the place."""


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Provider)) as server:
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture(params=["prepared", "http"])
def out(request: pytest.FixtureRequest, base: str, clock: FakeClock) -> Iterator[Outbound]:
    if request.param == "prepared":
        prepared = FakeOutbound()
        prepared.answer("GET", base + "/file", json_answer(BODY))
        prepared.answer("GET", base + "/down", ProviderFailed("down"))
        prepared.answer("GET", base + "/none", json_answer("{}", 404))
        yield prepared
        return
    guard = AddressGuard(allow_loopback=True)
    with guarded_client(guard) as client:
        yield HttpOutbound(
            service("provider"), FakeCircuits(clock), guard, clock, sleep=lambda _seconds: None, client=client
        )


def get(url: str, **headers: str) -> Call:
    return Call("read", "GET", url, headers, repeatable=True)


def test_an_answer_is_read_whole(out: Outbound, base: str) -> None:
    answer = out.send(get(base + "/file?token=1"))
    assert (answer.status, answer.body) == (200, BODY)
    assert answer.headers["content-type"] == "application/json"


def test_a_refusal_is_an_answer_and_a_failure_is_raised(out: Outbound, base: str) -> None:
    assert out.send(get(base + "/none")).status == 404
    with pytest.raises(TransientError):
        out.send(get(base + "/down"))
    with pytest.raises(TransientError), out.stream(get(base + "/down")):
        pass


def test_the_caller_may_find_a_failure_in_an_answer_and_gets_it_all_the_same(out: Outbound, base: str) -> None:
    seen: list[bytes] = []
    answer = out.send(get(base + "/file"), failed=lambda answer: seen.append(answer.body) is None)
    assert seen == [answer.body] == [BODY]


def test_an_answer_is_streamed_from_where_the_caller_wants(out: Outbound, base: str) -> None:
    with out.stream(get(base + "/file")) as streamed:
        assert (streamed.status, b"".join(streamed.chunks)) == (200, BODY)
    with out.stream(get(base + "/file", Range="bytes=14-")) as streamed:
        assert (streamed.status, b"".join(streamed.chunks)) == (206, BODY[14:])
        assert streamed.headers["content-length"] == str(len(BODY) - 14)
    with out.stream(get(base + "/file", Range="bytes=0-0")) as streamed:
        assert (streamed.status, b"".join(streamed.chunks)) == (206, BODY[:1])
