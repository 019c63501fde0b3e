"""Faults of HTTP, put around a provider: it is late, says 429 or 5xx, breaks off in mid-body, or sends half a JSON text."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from local.sandbox.faults import Fault, Faults

Placed = Callable[[str], tuple[str, str]]
"""A path below the provider -> (scope, place) as switches name them."""

TOO_MANY = {
    "errors": "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service."
}
FAILED = {"errors": "Internal Server Error"}


@dataclass
class _Answer:
    """Passes an answer on, altered. The whole of it is kept back only where that is needed."""

    send: Send
    cut: bool
    malformed: bool
    started: Message = field(default_factory=dict)
    room: int | None = None
    body: bytearray = field(default_factory=bytearray)

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._start(message)
        elif message["type"] == "http.response.body" and self.malformed:
            await self._collect(message)
        elif message["type"] == "http.response.body" and self.room is not None:
            await self._pour(message)
        else:
            await self.send(message)

    async def _start(self, message: Message) -> None:
        headers = dict(message["headers"])
        self.malformed = self.malformed and b"json" in headers.get(b"content-type", b"")
        self.started = message
        if self.malformed:
            return
        if self.cut:
            self.room = int(headers.get(b"content-length", b"0")) // 2
        await self.send(message)

    async def _collect(self, message: Message) -> None:
        self.body += message.get("body", b"")
        if message.get("more_body"):
            return
        half = bytes(self.body[: len(self.body) // 2])
        kept = [(name, value) for name, value in self.started["headers"] if name != b"content-length"]
        headers = [*kept, (b"content-length", str(len(half)).encode())]
        await self.send({**self.started, "headers": headers})
        await self.send({"type": "http.response.body", "body": half})

    async def _pour(self, message: Message) -> None:
        """Half of the promised bytes, and then no more: the server closes a connection that owes bytes."""
        assert self.room is not None
        part = message.get("body", b"")[: self.room]
        self.room -= len(part)
        if part:
            await self.send({"type": "http.response.body", "body": part, "more_body": True})


class Faulty:
    """ASGI: `app` with the switches that are set for it."""

    def __init__(self, app: ASGIApp, provider: str, faults: Faults, placed: Placed) -> None:
        self.app = app
        self.provider = provider
        self.faults = faults
        self.placed = placed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope["path"]).removeprefix(str(scope.get("root_path", "")))
        where = self.placed(path)
        if late := self._strike("latency", where):
            await asyncio.sleep(late.seconds)
        if fault := self._strike("rate_limited", where):
            await _refuse(send, 429, TOO_MANY, retry_after=f"{fault.seconds:.1f}")
        elif fault := self._strike("server_error", where):
            await _refuse(send, fault.status, FAILED)
        else:
            cut, malformed = self._strike("cut", where), self._strike("malformed", where)
            altered = _Answer(send, bool(cut), bool(malformed)) if cut or malformed else send
            await self.app(scope, receive, altered)

    def _strike(self, kind: str, where: tuple[str, str]) -> Fault | None:
        return self.faults.strike(kind, self.provider, *where)


async def _refuse(send: Send, status: int, document: object, *, retry_after: str = "") -> None:
    body = json.dumps(document).encode()
    headers = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    if retry_after:
        headers.append((b"retry-after", retry_after.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
