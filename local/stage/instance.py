"""One named platform: where its files lie, and what is remembered between commands about its embedded AWS and its sandbox."""

from __future__ import annotations

import json
import re
import shutil
import socket
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from local.problems import LocalProblem
from local.workspace import Workspace

DEFAULT = "main"
DEFAULT_PORT = 4566
ACCOUNT = "000000000000"
STAGE = "local"
RESIDENCIES = {"ca": "ca-central-1", "us": "us-east-1", "eu": "eu-central-1", "in": "ap-south-1"}
"""The region of each residency. The deployment checks it against the synthesised app, which has the last word."""


@dataclass(frozen=True, slots=True)
class Instance:
    """`port`, `pid` and `started_at` (ISO 8601 UTC) are the embedded AWS's, `sandbox_port` and `sandbox_pid` those of the sandbox
    of outside services; a pid of 0 means stopped. `kept` is True when its state outlives a stop. `app_secret` is what the
    sandbox's own app proves itself with; it is worth nothing anywhere else. `tunnel` is the address, without a slash at the end,
    by which outside services reach the embedded AWS; "" if they cannot. `queueing` has calls of functions wait for a free worker
    that would be refused for being too many."""

    name: str
    home: Path
    port: int = 0
    pid: int = 0
    started_at: str = ""
    kept: bool = False
    residency: str = "ca"
    sandbox_port: int = 0
    sandbox_pid: int = 0
    app_secret: str = ""
    tunnel: str = ""
    queueing: bool = False

    @property
    def region(self) -> str:
        return RESIDENCIES[self.residency]

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox(self) -> str:
        """The base URL of the sandbox."""
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def log(self) -> Path:
        return self.home / "embedded-aws.log"

    @property
    def sandbox_log(self) -> Path:
        return self.home / "sandbox.log"

    @property
    def state(self) -> Path:
        return self.home / "state"

    @property
    def deployed(self) -> Path:
        """What was deployed last, so that an unchanged app is not deployed again."""
        return self.home / "deployed.json"

    @property
    def flag(self) -> str:
        """What a command about it is followed by; nothing for the main one."""
        return "" if self.name == DEFAULT else f" --instance {self.name}"

    def save(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        document = {key: value for key, value in asdict(self).items() if key not in ("name", "home")}
        _record(self.home).write_text(json.dumps(document, indent=2) + "\n")

    def stopped(self) -> Instance:
        return replace(self, pid=0, started_at="")

    def erase(self) -> None:
        """Delete the state that was kept and the note of what was deployed."""
        shutil.rmtree(self.state, ignore_errors=True)
        self.deployed.unlink(missing_ok=True)


def find(workspace: Workspace, name: str) -> Instance:
    """The instance `name` as it was last seen; a fresh one if it never ran."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,30}", name):
        raise LocalProblem(f"'{name}' is no instance name", "use lower-case letters, digits and dashes, at most 31")
    home = workspace.instances / name
    record = _record(home)
    if not record.is_file():
        return Instance(name, home)
    try:
        return Instance(name=name, home=home, **json.loads(record.read_text()))
    except (ValueError, TypeError):
        raise LocalProblem(f"{record} is damaged", f"delete {home} and start again") from None


def names(workspace: Workspace) -> list[str]:
    """All instances that ever ran in this checkout."""
    return sorted(path.parent.name for path in workspace.instances.glob("*/instance.json"))


def choose_port(before: int, customary: int = 0) -> int:
    """The port that was used before, then the customary one, then any: the first that is free."""
    for port in [*filter(None, (before, customary)), 0]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            bound: int = probe.getsockname()[1]
            return bound
    raise LocalProblem("no free port on 127.0.0.1", "stop something that listens, then run again")


def _record(home: Path) -> Path:
    return home / "instance.json"
