"""What the sandbox asks of a provider. A new one is a package beside `shopify` and a line in `local/sandbox/app.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


@dataclass(frozen=True)
class Options:
    """`base_url` is the sandbox's own address; `platform` that of the platform, to which apps belong; `compliance_url` takes the
    webhooks that are set per app. No address ends with a slash."""

    base_url: str
    app_secret: str
    platform: str
    compliance_url: str
    default_shop: bool = True


class Provider(Protocol):
    """One provider. `name` is its first path segment, in its interface and below `/sandbox`, and its name in fault switches."""

    name: str
    handled: type[Exception]
    """Raised by its handlers for what does not exist; `refused` answers."""

    def routes(self) -> Sequence[Route]:
        """Its real paths, to be mounted at `/<name>`; faults of HTTP are put around them."""

    def controls(self) -> Sequence[Route]:
        """What tests and people set, to be mounted at `/sandbox/<name>`."""

    def placed(self, path: str) -> tuple[str, str]:
        """The scope and the place of a path below `/<name>`, for fault switches."""

    def refused(self, request: Request, error: Exception) -> Response: ...

    async def start(self) -> None:
        """Called in the event loop before the first request."""

    async def stop(self) -> None: ...

    def kept(self) -> bytes:
        """Its state as JSON; given back at the next start."""
