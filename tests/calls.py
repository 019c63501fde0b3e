"""Every request that code under test makes to the AWS in memory, seen one by one: to count them, to weigh them, to die at them.

moto answers below botocore, so this sees exactly what would go over the wire, retries included, whoever made the client.
Only requests of the thread that watches are seen; what a test asks in order to look around is not.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse

Answer = Callable[[], Any]
"""Lets AWS act on the request and returns its answer."""

Watcher = Callable[["Call", Answer], Any]
"""Is shown each request; what it returns is the answer that the caller gets."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `service` and `operation` as botocore names them, `body` as it goes out."""

    service: str
    operation: str
    body: bytes

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}"


_HEADERS = {
    "Content-Type": "application/json",
    "Next-Poll-Configuration-Token": "again",
    "Next-Poll-Interval-In-Seconds": "60",
}

_watching = threading.local()
_stubbed = BotocoreStubber.__call__
_consequences: list[Callable[[Call], None]] = []
_pretenders: dict[str, Callable[[Call], bytes]] = {}
_one_at_a_time = threading.RLock()


def _answered(call: Call, stubber: BotocoreStubber, event_name: str, request: Any, **kwargs: Any) -> Any:
    """moto's answer. Requests are served one at a time: moto's conditional writes are not atomic among threads."""
    with _one_at_a_time:
        if call.service in _pretenders:
            return AWSResponse(
                request.url, 200, HTTPHeaders.from_dict(_HEADERS), MockRawResponse(_pretenders[call.service](call))
            )
        given = _stubbed(stubber, event_name, request, **kwargs)
        with unwatched():
            for consequence in _consequences:
                consequence(call)
    return given


def _seen(self: BotocoreStubber, event_name: str, request: Any, **kwargs: Any) -> Any:
    if not self.enabled:
        return _stubbed(self, event_name, request, **kwargs)
    _, service, operation = event_name.split(".", 2)
    body = request.body if isinstance(request.body, bytes) else str(request.body or "").encode()
    call = Call(service, operation, body)
    watcher: Watcher | None = getattr(_watching, "watcher", None)
    if watcher is None:
        return _answered(call, self, event_name, request, **kwargs)
    with unwatched():
        return watcher(call, lambda: _answered(call, self, event_name, request, **kwargs))


BotocoreStubber.__call__ = _seen  # type: ignore[method-assign]


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Show `watcher` every request that this thread makes inside the block."""
    before = getattr(_watching, "watcher", None)
    _watching.watcher = watcher
    try:
        yield
    finally:
        _watching.watcher = before


@contextmanager
def unwatched() -> Iterator[None]:
    """Look around without being seen."""
    before = getattr(_watching, "watcher", None)
    _watching.watcher = None
    try:
        yield
    finally:
        _watching.watcher = before


@contextmanager
def followed_by(consequence: Callable[[Call], None]) -> Iterator[None]:
    """What AWS does after a request it has taken, whoever sent it: for services that moto leaves without effect."""
    _consequences.append(consequence)
    try:
        yield
    finally:
        _consequences.remove(consequence)


@contextmanager
def pretending(service: str, answer: Callable[[Call], bytes]) -> Iterator[None]:
    """Answer every request to `service`, which moto does not know, with the body that `answer` gives."""
    _pretenders[service] = answer
    try:
        yield
    finally:
        del _pretenders[service]


@dataclass(slots=True)
class Tally:
    """A watcher that counts requests by `service:operation`."""

    requests: Counter[str] = field(default_factory=Counter)

    def __call__(self, call: Call, answer: Answer) -> Any:
        self.requests[str(call)] += 1
        return answer()


class WorkerKilled(BaseException):
    """The process is gone. Not an Exception: nothing in the code under test may catch it and carry on."""


@dataclass(slots=True)
class Killer:
    """A watcher that lets the first `after` requests through and kills the worker before it sees the answer to the last of
    them: AWS has acted, the caller never knows. `killed` says whether it came to that."""

    after: int
    seen: int = 0
    killed: str = ""

    def __call__(self, call: Call, answer: Answer) -> Any:
        given = answer()
        self.seen += 1
        if self.seen == self.after:
            self.killed = str(call)
            raise WorkerKilled(f"killed after request {self.seen}, {call}")
        return given
