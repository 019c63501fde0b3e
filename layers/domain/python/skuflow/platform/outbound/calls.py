"""What a call to an outside service is, and what comes of it. Records only: whoever builds a call loads no HTTP library."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from skuflow.kernel.errors import Throttled, TransientError


@dataclass(frozen=True, slots=True)
class Service:
    """How we treat one outside service. Times in seconds. A circuit opens after `failures` failed calls in a row and stays open
    for `open_for`. `attempts` counts the first try too. `max_bytes` bounds an answer that is read whole."""

    name: str
    failures: int = 5
    open_for: int = 60
    connect_timeout: float = 2.0
    read_timeout: float = 10.0
    attempts: int = 3
    max_bytes: int = 10_000_000


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `operation` names it in logs and metrics (`token.refresh`). `credential` tells circuits and rates apart where
    the credentials are a client's (`<client id>#<shop>`); "" shares the service's. `repeatable`: doing it twice does no harm, so
    that it may be tried again after it may have arrived. `deadline_seconds`: for all attempts together, waiting included.
    Headers and body hold credentials: they stay out of its `repr`."""

    operation: str
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    credential: str = ""
    repeatable: bool = False
    deadline_seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read whole. Header names are lower-case. Status is below 500 and not 429: those are raised."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Streamed:
    """An answer that is read as it comes. `chunks` raises TransientError when the connection breaks off or ends too early."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]


class ProviderFailed(TransientError):
    """The service could not be reached, broke off, or answered 5xx, after all attempts that were allowed."""

    code = "provider_failed"


class CircuitOpen(Throttled):
    """The service has failed too often of late and is left alone until `retry_after` seconds from now."""

    code = "circuit_open"


class Outbound(Protocol):
    """The way out. One per process and service, made by wiring."""

    def send(self, call: Call, *, failed: Callable[[Answer], bool] | None = None) -> Answer:
        """The answer to `call`. `failed` may find the failure in a 2xx (a GraphQL error inside), which then counts for the
        circuit; the answer is returned all the same. Raises CircuitOpen, Throttled (429; says when), ProviderFailed, and
        Invalid if the address is one that we do not call."""
        ...

    def stream(self, call: Call) -> AbstractContextManager[Streamed]:
        """The answer to `call`, read as it comes; its status may be any. Raises as `send` does before the first byte."""
        ...
