"""Pictures are looked at through the guarded way out: a few bytes of each, and nobody is blamed for a server that is down."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

import httpx
import pytest

from skuflow.kernel.errors import Throttled, TransientError
from skuflow.platform.outbound.addresses import AddressGuard
from skuflow.platform.outbound.calls import Answer, CircuitOpen, ProviderFailed, Service
from skuflow.platform.outbound.http import HttpOutbound
from skuflow.quality.images.looking import HEAD_BYTES, look
from skuflow.quality.model import ImageFact
from tests.doubles import START, FakeClock
from tests.fakes.circuits import FakeCircuits
from tests.fakes.outbound import FakeOutbound

URL = "https://img.example.com/boots.png"


def png(width: int, height: int) -> bytes:
    """The beginning of a PNG (W3C PNG, 11.2.1: the header comes first) and a lot of data."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + b"\0" * 200_000


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0" * 50


def jpeg(width: int, height: int, *, before: int = 0) -> bytes:
    """`before`: bytes of metadata that stand before the size."""
    filling = b"".join(b"\xff\xe1" + struct.pack(">H", 60_002) + b"\0" * 60_000 for _ in range(before // 60_000))
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3) + b"\0" * 9
    return b"\xff\xd8" + filling + frame + b"\xff\xd9"


def answer(body: bytes, status: int = 200, kind: str = "image/png") -> Answer:
    return Answer(status, {"content-type": kind}, body)


def seen(reply: Answer | Exception, url: str = URL) -> ImageFact | None:
    outbound = FakeOutbound()
    outbound.answer("GET", url, reply)
    return look(url, outbound, START)


@pytest.mark.parametrize(
    ("body", "kind", "size"),
    [
        (png(800, 600), "image/png", (800, 600)),
        (gif(1, 1), "image/gif", (1, 1)),
        (jpeg(1200, 900), "image/jpeg", (1200, 900)),
        (jpeg(1200, 900), "application/octet-stream", (1200, 900)),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>", "image/svg+xml", (0, 0)),
        (jpeg(1200, 900, before=120_000), "image/jpeg; charset=binary", (0, 0)),
    ],
    ids=["png", "gif", "jpeg", "without its kind", "a drawing", "much before its size"],
)
def test_a_picture_is_measured_from_its_beginning(body: bytes, kind: str, size: tuple[int, int]) -> None:
    assert seen(answer(body, kind=kind)) == ImageFact("ok", START, *size)


def test_only_the_beginning_is_asked_for_and_read() -> None:
    outbound = FakeOutbound()
    outbound.answer("GET", URL, answer(png(800, 600)))
    assert look(URL, outbound, START) == ImageFact("ok", START, 800, 600)
    (call,) = outbound.calls
    assert call.headers["range"] == f"bytes=0-{HEAD_BYTES - 1}"
    assert (call.credential, call.repeatable) == ("img.example.com", True)


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (answer(b"gone", 404, "text/html"), "unreachable"),
        (answer(b"", 410), "unreachable"),
        (answer(b"", 302), "unreachable"),
        (answer(b"<!doctype html><title>Shop</title>", 200, "text/html"), "not_an_image"),
        (answer(b"", 200, "image/png"), "not_an_image"),
        (answer(b"%PDF-1.7", 200, "application/pdf"), "not_an_image"),
        (answer(b"\xff\xd8\xff" + b"\xff" * 500, 200, "text/plain"), "not_an_image"),
    ],
)
def test_what_is_no_picture_is_told(reply: Answer, status: str) -> None:
    assert seen(reply) == ImageFact(status, START)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "reply",
    [
        ProviderFailed("images: the service answered 503"),
        CircuitOpen("left alone", retry_after=60),
        Throttled("too many", retry_after=5),
        TransientError("too little time"),
        answer(b"", 401),
        answer(b"", 403, "text/html"),
    ],
)
def test_a_server_that_fails_or_turns_us_away_says_nothing_of_the_picture(reply: Answer | Exception) -> None:
    assert seen(reply) is None


def test_what_breaks_off_is_measured_as_far_as_it_came() -> None:
    for after, fact in ((40, ImageFact("ok", START, 800, 600)), (0, ImageFact("not_an_image", START))):
        outbound = FakeOutbound(breaks_after=after)
        outbound.answer("GET", URL, answer(png(800, 600)))
        assert look(URL, outbound, START) == fact


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("//img.example.com/a.png", "https://img.example.com/a.png"),
        (
            "https://img.example.com/Été ✓.png?v=1&w=2#x",
            "https://img.example.com/%C3%89t%C3%A9%20%E2%9C%93.png?v=1&w=2#x",
        ),
        ("https://img.example.com/a%20b.png", "https://img.example.com/a%20b.png"),
        (' https://img.example.com/"{a}".png ', "https://img.example.com/%22%7Ba%7D%22.png"),
    ],
)
def test_addresses_are_asked_for_as_a_browser_would(written: str, asked: str) -> None:
    outbound = FakeOutbound()
    outbound.answer("GET", asked, answer(png(300, 300)))
    fact = look(written, outbound, START)
    assert fact is not None
    assert (fact.status, outbound.calls[0].url) == ("ok", asked)


Serve = Callable[[Callable[[httpx.Request], httpx.Response]], HttpOutbound]


@pytest.fixture
def serving() -> Iterator[Serve]:
    """The real way out, on whose wire `serving(handler)` answers."""
    clients: list[httpx.Client] = []

    def serve(handler: Callable[[httpx.Request], httpx.Response]) -> HttpOutbound:
        clients.append(httpx.Client(transport=httpx.MockTransport(handler)))
        clock = FakeClock()
        return HttpOutbound(
            Service("images", attempts=1),
            FakeCircuits(clock),
            AddressGuard(resolver=lambda host, port: ["93.184.216.34"]),
            clock,
            remaining=lambda: 100.0,
            monotonic=lambda: 0.0,
            client=clients[-1],
        )

    yield serve
    for client in clients:
        client.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://img.example.com/boots.png",
        "https://127.0.0.1/boots.png",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/boots.png",
        "https://[::1]/boots.png",
        "https://" + "somebody:hush" + "@img.example.com/boots.png",
        "https://img.example.com:8443/boots.png",
        "https://ímg.example.com/boots.png",
        "ftp://img.example.com/boots.png",
        "data:image/png;base64,AAAA",
        "/boots.png",
        "",
        "https://[",
        "https://img.example.com/" + "a" * 3000,
    ],
)
def test_an_address_that_leads_elsewhere_is_never_called(url: str, serving: Serve) -> None:
    called: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        called.append(request)
        return httpx.Response(200)

    assert look(url, serving(handler), START) == ImageFact("refused", START)
    assert called == []


def test_a_redirect_inside_is_not_followed(serving: Serve) -> None:
    called: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        called.append(request.url.host)
        return httpx.Response(302, headers={"location": "https://10.0.0.1/secret.png"})

    assert look(URL, serving(handler), START) == ImageFact("refused", START)
    assert called == ["img.example.com"]


def test_a_redirect_to_another_server_is_followed_with_its_range(serving: Serve) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.host == "img.example.com":
            return httpx.Response(301, headers={"location": "https://cdn.example.net/b.png"})
        assert request.headers["range"].startswith("bytes=0-")
        return httpx.Response(206, headers={"content-type": "image/png"}, content=png(640, 480)[:HEAD_BYTES])

    assert look(URL, serving(handler), START) == ImageFact("ok", START, 640, 480)


def test_an_endless_answer_is_left_after_its_beginning(serving: Serve) -> None:
    given: list[int] = []

    class Endless(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield png(320, 200)[:1000]
            for number in range(1000):
                given.append(number)
                yield b"\0" * 10_000

    def handler(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "image/png"}, stream=Endless())

    assert look(URL, serving(handler), START) == ImageFact("ok", START, 320, 200)
    assert len(given) < 10


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_in_trouble_is_asked_again_another_day(status: int, serving: Serve) -> None:
    assert look(URL, serving(lambda _: httpx.Response(status)), START) is None


def test_a_server_that_cannot_be_reached_says_nothing(serving: Serve) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    assert look(URL, serving(handler), START) is None


def test_one_hosts_open_circuit_stops_no_other(serving: Serve) -> None:
    outbound = serving(lambda request: httpx.Response(500 if "dead" in request.url.host else 200, content=gif(9, 9)))
    for number in range(20):
        assert look(f"https://dead.example.com/{number}.gif", outbound, START) is None
    assert look("https://img.example.com/a.gif", outbound, START) == ImageFact("ok", START, 9, 9)


def test_what_is_asked_holds_nothing_of_ours(serving: Serve) -> None:
    asked: list[httpx.Headers] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers)
        return httpx.Response(200, content=gif(9, 9))

    look(URL, serving(handler), START)
    assert not {"authorization", "cookie"} & set(asked[0])
