"""A server on loopback that answers with exactly the bytes it is told to, also with those that no HTTP server would send."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from skuflow.platform.outbound.addresses import AddressGuard
from skuflow.platform.outbound.calls import Call, Service
from skuflow.platform.outbound.connecting import guarded_client
from skuflow.platform.outbound.http import HttpOutbound
from tests.doubles import FakeClock
from tests.fakes.circuits import FakeCircuits

SERVICE = Service("provider", failures=3, open_for=60, connect_timeout=2.0, read_timeout=5.0, max_bytes=5000)
_AUTHORITIES = ssl.create_default_context()  # reading them takes a while
IMPATIENT = Service("provider", failures=3, open_for=60, connect_timeout=2.0, read_timeout=0.05)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came. Header names are lower-case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Wire:
    """`replies` are sent one per connection, which is then closed. None: `pause_after` is sent, and nothing more until the test
    ends. `reset`: the connection is torn down instead of closed."""

    port: int
    replies: deque[bytes | None] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)
    reset: bool = False
    pause_after: bytes = b""
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def serve(self, listening: socket.socket, tls: ssl.SSLContext | None) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                try:
                    self._answer(tls.wrap_socket(connection, server_side=True) if tls else connection)
                except OSError:
                    continue

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            self.asked.append(_read(connection))
            reply = self.replies.popleft() if len(self.replies) > 1 else self.replies[0]
            if reply is None:
                connection.sendall(self.pause_after)
                self.over.wait(5)
                return
            connection.sendall(reply)
            if self.reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextmanager
def wire(tls: ssl.SSLContext | None = None) -> Iterator[Wire]:
    listening = socket.create_server(("127.0.0.1", 0))
    serving = Wire(listening.getsockname()[1])
    thread = threading.Thread(target=serving.serve, args=(listening, tls), daemon=True)
    thread.start()
    yield serving
    serving.over.set()
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(5)


def reply(status: int = 200, body: bytes = b"{}", **headers: str) -> bytes:
    """A sound answer; header names are given with `_` for `-`."""
    given = {"content_length": str(len(body)), "connection": "close", **headers}
    lines = [f"HTTP/1.1 {status} Said", *(f"{name.replace('_', '-')}: {value}" for name, value in given.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _read(connection: socket.socket) -> Asked:
    raw = b""
    while b"\r\n\r\n" not in raw:
        more = connection.recv(65536)
        if not more:
            raise OSError("the caller went away")
        raw += more
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    method, path, _ = first.split(" ")
    return Asked(method, path, headers, body)


@dataclass(slots=True)
class Naps:
    """A `sleep` and a monotonic clock that moves on by it: nobody waits."""

    slept: list[float] = field(default_factory=list)
    at: float = 1000.0

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    def monotonic(self) -> float:
        return self.at


@dataclass
class Caller:
    """An HttpOutbound for a test, and what it was given."""

    service: Service = SERVICE
    guard: AddressGuard = field(default_factory=lambda: AddressGuard(allow_loopback=True))
    clock: FakeClock = field(default_factory=FakeClock)
    naps: Naps = field(default_factory=Naps)
    chance: float = 0.5
    left: float = 900.0
    monotonic: Callable[[], float] | None = None
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        self.circuits = FakeCircuits(self.clock)
        self.client = guarded_client(self.guard, self.naps.monotonic, self.tls or _AUTHORITIES)
        self.out = HttpOutbound(
            self.service,
            self.circuits,
            self.guard,
            self.clock,
            remaining=lambda: self.left,
            monotonic=self.monotonic or self.naps.monotonic,
            sleep=self.naps.sleep,
            chance=lambda: self.chance,
            client=self.client,
        )

    def failures(self) -> int:
        return self.circuits.state_of(self.service).failures


def get(url: str, **how: object) -> Call:
    """A call that may be repeated."""
    return Call(**{"operation": "read", "method": "GET", "url": url, "repeatable": True, **how})  # type: ignore[arg-type]


def post(url: str, **how: object) -> Call:
    """A call that may not."""
    return Call(**{"operation": "write", "method": "POST", "url": url, "body": b"{}", **how})  # type: ignore[arg-type]
