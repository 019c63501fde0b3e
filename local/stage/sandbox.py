"""The sandbox of outside services beside an embedded AWS: started, stopped and emptied together with it."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import shutil
from dataclasses import replace
from pathlib import Path

from local.problems import LocalProblem
from local.stage import daemon
from local.stage.instance import Instance, choose_port
from local.workspace import Workspace

READY_WITHIN = 20.0
ANSWERS_WITHIN = 5.0
STOP_WITHIN = 5.0
"""Seconds."""

MODULE = "local.sandbox"


def start(workspace: Workspace, instance: Instance) -> Instance:
    """Start the process and wait until it answers; returns the instance with it, already saved. One that is running stays."""
    if is_ready(instance):
        return instance
    stop(instance)
    instance = replace(
        instance,
        sandbox_port=choose_port(instance.sandbox_port),
        app_secret=instance.app_secret or secrets.token_hex(16),
    )
    if not instance.kept:
        forget(instance)
    for folder in (_state(instance), instance.home / "tmp"):
        folder.mkdir(parents=True, exist_ok=True)
    pid = daemon.spawn(
        _command(workspace, instance), cwd=workspace.root, environment=_environment(instance), log=instance.sandbox_log
    )
    running = replace(instance, sandbox_pid=pid)
    running.save()
    if not daemon.wait_until(lambda: is_ready(running), pid, within=READY_WITHIN):
        said = daemon.last_words(instance.sandbox_log)
        stop(running)
        raise LocalProblem(f"the sandbox did not start: {said}", f"see {instance.sandbox_log}")
    return running


def stop(instance: Instance) -> Instance:
    """End the process if there is one; returns the instance without it, already saved if it had one."""
    if daemon.is_running(instance.sandbox_pid, MODULE):
        daemon.end(instance.sandbox_pid, within=STOP_WITHIN)
    daemon.collect(instance.sandbox_pid)
    if not instance.sandbox_pid:
        return instance
    stopped = replace(instance, sandbox_pid=0)
    stopped.save()
    return stopped


def forget(instance: Instance) -> Instance:
    """Delete what was kept of its shops."""
    shutil.rmtree(_state(instance), ignore_errors=True)
    return instance


def is_ready(instance: Instance) -> bool:
    """True when the sandbox answers on its port."""
    if not instance.sandbox_port:
        return False
    try:
        return _ask(instance, "GET", "/sandbox/health") == http.client.OK
    except (OSError, http.client.HTTPException):
        return False


def introduce(instance: Instance, api: str) -> None:
    """Tell it where the platform's API is: its app is ours, may send browsers back there, and privacy webhooks go there."""
    told = json.dumps({"platform": api, "compliance_url": f"{api}/v1/shopify/webhooks"})
    if (status := _ask(instance, "POST", "/sandbox/shopify/settings", told)) != http.client.OK:
        raise LocalProblem(
            f"the sandbox does not take the platform's address ({status})", f"see {instance.sandbox_log}"
        )


def _ask(instance: Instance, method: str, path: str, body: str | None = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", instance.sandbox_port, timeout=ANSWERS_WITHIN)
    try:
        connection.request(method, path, body)
        return connection.getresponse().status
    finally:
        connection.close()


def _state(instance: Instance) -> Path:
    return instance.home / "sandbox"


def _command(workspace: Workspace, instance: Instance) -> list[str]:
    kept = ["--state", str(_state(instance) / "state.json")] if instance.kept else []
    return [str(workspace.python), "-m", MODULE, "--port", str(instance.sandbox_port), *kept]


def _environment(instance: Instance) -> dict[str, str]:
    """Nothing of the developer's own but the search path. The secret is not in the command, which others may list."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(instance.home),
        "TMPDIR": str(instance.home / "tmp"),
        "LANG": "C.UTF-8",
        "SKUFLOW_SANDBOX_SECRET": instance.app_secret,
    }
