"""The process: providers mounted side by side, the control API, and the state kept in a file."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router

from local.problems import LocalProblem
from local.sandbox.clock import Clock
from local.sandbox.faults import Faults, UnknownFault
from local.sandbox.faulty import Faulty
from local.sandbox.provider import Options, Provider
from local.sandbox.shopify.provider import Shopify

SAVE_EVERY = 2.0
"""Seconds; the state is written at the end too."""


Maker = Callable[[Options, Clock, Faults, Path, bytes | None], Provider]
"""Makes a provider; it is given the folder for its files, and its state as it was last kept."""

PROVIDERS: Mapping[str, Maker] = {"shopify": Shopify}


@dataclass
class Sandbox:
    """`state_file` None keeps nothing. Files such as bulk results lie beside it, otherwise in a temporary folder."""

    options: Options
    state_file: Path | None = None
    clock: Clock = field(default_factory=Clock)
    faults: Faults = field(default_factory=Faults)
    makers: Mapping[str, Maker] = field(default_factory=lambda: PROVIDERS)

    def __post_init__(self) -> None:
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        files = self._files()
        try:
            kept = self._kept()
            self.providers: Sequence[Provider] = [
                make(self.options, self.clock, self.faults, files, kept.get(name)) for name, make in self.makers.items()
            ]
        except msgspec.MsgspecError as error:
            raise LocalProblem(
                f"{self.state_file} is damaged: {error}", "delete it, and begin with new shops"
            ) from None
        self._saved = ""

    def _kept(self) -> dict[str, bytes]:
        """What was written down last, by provider."""
        if self.state_file is None or not self.state_file.is_file():
            return {}
        parts = msgspec.json.decode(self.state_file.read_bytes(), type=dict[str, msgspec.Raw])
        return {name: bytes(part) for name, part in parts.items()}

    def _files(self) -> Path:
        if self.state_file is None:
            self._scratch = tempfile.TemporaryDirectory(prefix="skuflow-sandbox-")
            return Path(self._scratch.name)
        folder = self.state_file.with_suffix(".files")
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def app(self) -> Starlette:
        mounted: list[BaseRoute] = []
        for provider in self.providers:
            controls = Router(list(provider.controls()))
            mounted.append(Mount(f"/sandbox/{provider.name}", controls))
            served = Faulty(Router(list(provider.routes())), provider.name, self.faults, provider.placed)
            mounted.append(Mount(f"/{provider.name}", served))
        routes = [Route("/", self.front), *self._controls(), *mounted]
        handlers: dict[Any, Any] = {provider.handled: provider.refused for provider in self.providers}
        handlers[UnknownFault] = handlers[ValueError] = _bad
        # A page of somebody else's, open in the same browser, must not reach it under a name of its own.
        only_here = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
        return Starlette(routes=routes, lifespan=self._lifespan, exception_handlers=handlers, middleware=[only_here])

    def _controls(self) -> list[BaseRoute]:
        return [
            Route("/sandbox/health", self.health),
            Route("/sandbox/clock", self.move_clock, methods=["POST"]),
            Route("/sandbox/clock", self.set_clock_right, methods=["DELETE"]),
            Route("/sandbox/faults", self.faults_listed),
            Route("/sandbox/faults", self.fault_set, methods=["POST"]),
            Route("/sandbox/faults", self.faults_cleared, methods=["DELETE"]),
            Route("/sandbox/faults/{fault}", self.faults_cleared, methods=["DELETE"]),
        ]

    async def front(self, _request: Request) -> Response:
        return RedirectResponse(f"/{self.providers[0].name}/")

    async def health(self, _request: Request) -> Response:
        names = [provider.name for provider in self.providers]
        return JSONResponse({"status": "ok", "providers": names, "now": self.clock.instant()})

    async def move_clock(self, request: Request) -> Response:
        asked = await request.json()
        self.clock.advance(float(asked.get("advance_seconds", 0)))
        return JSONResponse({"now": self.clock.instant(), "skipped_seconds": self.clock.skipped})

    async def set_clock_right(self, _request: Request) -> Response:
        self.clock.set_right()
        return JSONResponse({"now": self.clock.instant(), "skipped_seconds": self.clock.skipped})

    async def faults_listed(self, _request: Request) -> Response:
        return JSONResponse({"faults": [fault.shown() for fault in self.faults.listed()], "kinds": self.faults.kinds})

    async def fault_set(self, request: Request) -> Response:
        return JSONResponse(self.faults.set(await request.json()).shown(), 201)

    async def faults_cleared(self, request: Request) -> Response:
        return JSONResponse({"cleared": self.faults.clear(request.path_params.get("fault"))})

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        for provider in self.providers:
            await provider.start()
        saving = asyncio.get_running_loop().create_task(self._save_now_and_then())
        yield
        saving.cancel()
        with suppress(asyncio.CancelledError):
            await saving
        for provider in self.providers:
            await provider.stop()
        self.save()
        if self._scratch is not None:
            self._scratch.cleanup()

    async def _save_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(SAVE_EVERY)
            self.save()

    def save(self) -> None:
        """Write the state down if it has changed, whole or not at all."""
        if self.state_file is None:
            return
        parts = [f'"{provider.name}":{provider.kept().decode()}' for provider in self.providers]
        text = "{" + ",".join(parts) + "}\n"
        if text == self._saved:
            return
        self._saved = text
        draft = self.state_file.with_suffix(".draft")
        draft.write_text(text, encoding="utf-8")
        draft.replace(self.state_file)


def _bad(_request: Request, error: Exception) -> Response:
    """A control request that cannot be carried out; the text names the field."""
    return JSONResponse({"error": str(error)}, 400)
