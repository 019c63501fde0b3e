"""The sandbox takes in another provider: its routes, its controls, its faults, its state."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.sandbox.app import Sandbox
from local.sandbox.clock import Clock
from local.sandbox.control import SandboxControl
from local.sandbox.faults import Faults
from local.sandbox.provider import Options
from tests.local.sandbox.conftest import free_port

OPTIONS = Options("http://127.0.0.1:1", "secret", "http://127.0.0.1:2", "http://127.0.0.1:2/privacy")


class NoSuchParcel(LookupError):
    """There is no parcel of that number."""


class Parcels:
    """A carrier that knows how often each parcel was asked for."""

    name = "parcels"
    handled: type[Exception] = NoSuchParcel

    def __init__(self, options: Options, clock: Clock, faults: Faults, files: Path, kept: bytes | None) -> None:
        self.asked: dict[str, int] = json.loads(kept) if kept else {"p1": 0}
        self.faults = faults
        self.running = False
        faults.offer(self.name, ["lost_parcel"])

    def routes(self) -> Sequence[Route]:
        return [Route("/v1/parcels/{number}", self.track)]

    def controls(self) -> Sequence[Route]:
        return [Route("/parcels", self.listed)]

    async def track(self, request: Request) -> Response:
        number = request.path_params["number"]
        if number not in self.asked or self.faults.strike("lost_parcel", self.name, number):
            raise NoSuchParcel(number)
        self.asked[number] += 1
        return JSONResponse({"number": number, "asked": self.asked[number], "running": self.running})

    async def listed(self, request: Request) -> Response:
        return JSONResponse(self.asked)

    def placed(self, path: str) -> tuple[str, str]:
        return path.rpartition("/")[2], "tracking"

    def refused(self, request: Request, error: Exception) -> Response:
        return JSONResponse({"error": f"no parcel {error}"}, 404)

    async def start(self) -> None:
        self.running = True

    async def stop(self) -> None:
        self.running = False

    def kept(self) -> bytes:
        return json.dumps(self.asked).encode()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


@contextmanager
def opened(state: Path) -> Iterator[httpx.Client]:
    """A sandbox with the carrier alone, running in this process."""
    port = free_port()
    app = Sandbox(OPTIONS, state, makers={"parcels": Parcels}).app()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    base = f"http://127.0.0.1:{port}"
    try:
        SandboxControl(base).wait_until_ready()
        with httpx.Client(base_url=base, trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


def test_it_is_served_under_its_name_and_controlled_beside_it(state: Path) -> None:
    with opened(state) as client:
        assert client.get("/parcels/v1/parcels/p1").json() == {"number": "p1", "asked": 1, "running": True}
        assert client.get("/sandbox/parcels/parcels").json() == {"p1": 1}
        assert client.get("/parcels/v1/parcels/p2").json() == {"error": "no parcel p2"}
        assert client.get("/sandbox/health").json()["providers"] == ["parcels"]


def test_faults_of_http_and_its_own_are_switched_for_it(state: Path) -> None:
    with opened(state) as client:
        client.post("/sandbox/faults", json={"kind": "rate_limited", "scope": "p1", "place": "tracking", "count": 1})
        client.post("/sandbox/faults", json={"kind": "lost_parcel", "count": 1})
        assert [client.get("/parcels/v1/parcels/p1").status_code for _ in range(3)] == [429, 404, 200]


def test_its_state_is_kept(state: Path) -> None:
    with opened(state) as client:
        client.get("/parcels/v1/parcels/p1")
    with opened(state) as client:
        assert client.get("/parcels/v1/parcels/p1").json()["asked"] == 2


def test_another_name_for_this_machine_is_turned_away(state: Path) -> None:
    with opened(state) as client:
        assert client.get("/sandbox/health", headers={"Host": "evil.example"}).status_code == 400
