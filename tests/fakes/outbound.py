"""A way out that leads nowhere: answers from a list, calls written down."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from skuflow.platform.outbound.calls import Answer, Call, ProviderFailed, Streamed

Reply = Answer | Exception | Callable[[Call], Answer]
"""What is answered: as it stands, raised, or worked out from the call."""


def json_answer(body: str | bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer whose body is the JSON text `body`."""
    raw = body.encode() if isinstance(body, str) else body
    return Answer(status, {"content-type": "application/json", **(headers or {})}, raw)


@dataclass(slots=True)
class FakeOutbound:
    """An Outbound. `answer(method, url, …)` queues replies for that address; the last one stays, earlier ones are used up.
    The query of an address may be left out, and then any query is meant. `calls` holds what was asked, in order; `failures`
    the operations whose 2xx the caller found a failure in."""

    calls: list[Call] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    chunk_bytes: int = 64 * 1024
    breaks_after: int | None = None
    """Bytes after which the next streamed answer breaks off, once."""
    _replies: dict[tuple[str, str], deque[Reply]] = field(default_factory=dict)

    def answer(self, method: str, url: str, *replies: Reply) -> None:
        """Queue `replies` for `method` on `url`. A queue that was there goes on, but its lasting reply gives way."""
        queue = self._replies.setdefault((method, url), deque())
        queue.extend(replies)

    def send(self, call: Call, *, failed: Callable[[Answer], bool] | None = None) -> Answer:
        self.calls.append(call)
        answer = self._next(call)
        if failed is not None and failed(answer):
            self.failures.append(call.operation)
        return answer

    @contextmanager
    def stream(self, call: Call) -> Iterator[Streamed]:
        """Honours a `Range` of one piece where a 200 is queued."""
        self.calls.append(call)
        answer = self._next(call)
        body, status, headers = answer.body, answer.status, dict(answer.headers)
        wanted = _range(call.headers, len(body))
        if status == 200 and wanted is not None:
            start, end = wanted
            status = 206 if start < end else 416
            headers["content-range"] = f"bytes {start}-{end - 1}/{len(body)}" if start < end else f"bytes */{len(body)}"
            body = body[start:end]
        headers.setdefault("content-length", str(len(body)))
        yield Streamed(status, headers, self._chunks(body))

    def asked(self, operation: str) -> list[Call]:
        """The calls of this name, in order."""
        return [call for call in self.calls if call.operation == operation]

    def _next(self, call: Call) -> Answer:
        bare = urlunsplit((*urlsplit(call.url)[:3], "", ""))
        queue = self._replies.get((call.method, call.url)) or self._replies.get((call.method, bare))
        assert queue, f"nothing is prepared for {call.method} {call.url}"
        reply = queue.popleft() if len(queue) > 1 else queue[0]
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, Answer) else reply(call)

    def _chunks(self, body: bytes) -> Iterator[bytes]:
        ends, self.breaks_after = self.breaks_after, None
        whole = body if ends is None else body[:ends]
        for start in range(0, len(whole), self.chunk_bytes):
            yield whole[start : start + self.chunk_bytes]
        if ends is not None and ends < len(body):
            raise ProviderFailed("the answer broke off")


def _range(headers: Mapping[str, str], size: int) -> tuple[int, int] | None:
    """From and to (not included) of `Range: bytes=a-b`; None without one."""
    wanted = next((value for name, value in headers.items() if name.lower() == "range"), "")
    found = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted)
    if found is None:
        return None
    return int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
