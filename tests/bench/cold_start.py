"""What a cold start loads and costs: a fresh interpreter that does what Lambda does before the first event.

INIT is: import the handler module, which builds its dependencies because `AWS_LAMBDA_FUNCTION_NAME` is set. The environment
is the one infrastructure gives (the names come from the function's own settings), the values name nothing real, and
nothing may be asked over the network. Modules loaded are deterministic and tests assert them; times are only measured.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

from tests.architecture.repository import DOMAIN, ROOT

HTTP_TRIGGERS = frozenset(
    {"api", "api_reference", "authorizer", "check_health", "connect_shop", "receive_shopify_webhook"}
)
"""Triggers whose cold start a caller over HTTP waits for; every other function is a consumer."""

LAMBDA_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "AWS_SESSION_TOKEN": "nothing",
    "AWS_REGION": "ca-central-1",
    "AWS_DEFAULT_REGION": "ca-central-1",
    "AWS_LAMBDA_FUNCTION_NAME": "skuflow-bench",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "LOG_LEVEL": "INFO",
    "PATH": "/usr/bin:/bin",
    "POWERTOOLS_METRICS_NAMESPACE": "Skuflow",
    "SKUFLOW_STAGE": "bench",
}

_WITNESS = """
import json, socket, sys, threading
sys.path[:0] = json.loads(sys.argv[1])
asked, made = [], []
def refuse(self, address):
    asked.append(repr(address))
    raise OSError("nothing may be asked while a function starts")
socket.socket.connect = refuse
from botocore.session import Session
create = Session.create_client
def witness(self, service_name, *rest, **named):
    made.append(service_name)
    return create(self, service_name, *rest, **named)
Session.create_client = witness
__import__(sys.argv[2])
print(json.dumps({"modules": sorted(sys.modules), "clients": made, "asked": asked, "threads": threading.active_count()}))
"""


@dataclass(frozen=True, slots=True)
class Start:
    """What one start did. `clients` are the AWS services a botocore client was made for, `asked` the network addresses
    it tried to reach."""

    modules: frozenset[str]
    clients: tuple[str, ...]
    asked: tuple[str, ...]
    threads: int

    def loads(self, package: str) -> bool:
        return package in self.modules


def settings_of(context: str, trigger: str) -> type[Any] | None:
    """The settings class of a function; None where the context has no rooms of its own."""
    if importlib.util.find_spec(f"skuflow.{context}.wiring") is None:
        return None
    table: dict[str, type[Any]] = importlib.import_module(f"skuflow.{context}.wiring").SETTINGS
    return table.get(trigger)


def plausible(name: str, kind: type[Any]) -> str:
    if kind is bool:
        return "true"
    if kind is int:
        return "1"
    return f"https://sqs.invalid/1/{name.lower()}" if name.endswith("_URL") else f"skuflow-bench-{name.lower()}"


def environment(context: str, trigger: str) -> dict[str, str]:
    """All that Lambda would set for this function, with values that lead nowhere."""
    env = {**LAMBDA_ENVIRONMENT, "POWERTOOLS_SERVICE_NAME": context}
    settings = settings_of(context, trigger)
    if settings is not None:
        env |= {name.upper(): plausible(name.upper(), kind) for name, kind in get_type_hints(settings).items()}
    return env


def start(context: str, trigger: str, *, environ: dict[str, str]) -> Start:
    """Import the handler in a fresh interpreter with `environ` alone. Raises RuntimeError with its error output."""
    paths = [str(ROOT), str(DOMAIN), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    module = f"functions.{context}.{trigger}.handler"
    command = [sys.executable, "-I", "-S", "-c", _WITNESS, json.dumps(paths), module]
    done = subprocess.run(command, env=environ, cwd=Path("/"), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{module} does not start:\n{done.stderr}")
    seen = json.loads(done.stdout.splitlines()[-1])
    return Start(frozenset(seen["modules"]), tuple(seen["clients"]), tuple(seen["asked"]), seen["threads"])
