"""Starting and stopping an instance: a process of its own, in a clean environment, on the loopback interface only."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from local.problems import LocalProblem
from local.stage.instance import ACCOUNT, Instance, choose_port

READY_WITHIN = 30.0
ANSWERS_WITHIN = 15.0
STOP_WITHIN = 5.0
STOP_WITHIN_KEPT = 60.0
"""Seconds. Writing a large state down takes longer than ending workers."""

_CHILDREN: dict[int, subprocess.Popen[bytes]] = {}
"""What this very command started: only a parent can collect an ended process. All others are nobody's children by then."""


def settings(instance: Instance) -> dict[str, str]:
    """The whole environment of the process: nothing is inherited but the search path. Lambda workers inherit it in turn, so
    whatever stood here besides would be visible to functions that will not have it on AWS.

    The concurrency cap bounds the number of worker processes (about 55 MB each); the protocols that are switched off would
    each claim a port.
    """
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(instance.home),
        "TMPDIR": str(instance.home / "tmp"),
        "LANG": "C.UTF-8",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(instance.port),
        "MINISTACK_REGION": instance.region,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "LAMBDA_ACCOUNT_CONCURRENCY": "16",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
    if instance.kept:
        environment |= {
            "PERSIST_STATE": "1",
            "STATE_DIR": str(instance.state / "services"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(instance.state / "s3"),
        }
    return environment


def start(instance: Instance, interpreter: Path) -> Instance:
    """Start the process and wait until it answers; returns the running instance, already saved."""
    instance = replace(instance, port=choose_port(instance))
    scratch = instance.home / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    if not instance.kept:
        instance.erase()
    for folder in ("services", "s3"):
        (instance.state / folder).mkdir(parents=True, exist_ok=True)
    process = _spawn(instance, interpreter, settings(instance))
    _CHILDREN[process.pid] = process
    running = replace(instance, pid=process.pid, started_at=datetime.now(UTC).isoformat(timespec="seconds"))
    running.save()
    _wait_until_ready(running, process)
    return running


def stop(instance: Instance) -> bool:
    """End the process, politely first; returns False when there was none. The record says stopped afterwards."""
    alive = is_ours(instance)
    in_order = not instance.pid
    if alive:
        os.kill(instance.pid, signal.SIGTERM)
        in_order = _ended(instance.pid, STOP_WITHIN_KEPT if instance.kept else STOP_WITHIN)
        if not in_order:
            # Its own process group: the workers must not outlive it.
            os.killpg(instance.pid, signal.SIGKILL)
            _ended(instance.pid, STOP_WITHIN)
    if not in_order:
        # State is written down at an orderly stop only; what is kept may be older than what was deployed.
        instance.deployed.unlink(missing_ok=True)
    if child := _CHILDREN.pop(instance.pid, None):
        child.wait(STOP_WITHIN)
    instance.stopped().save()
    shutil.rmtree(instance.home / "tmp", ignore_errors=True)
    return alive


def is_ours(instance: Instance) -> bool:
    """True when the recorded process still exists and is the embedded AWS, not a stranger that got its number."""
    if not instance.pid:
        return False
    shown = subprocess.run(
        ["ps", "-o", "stat=,command=", "-p", str(instance.pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return "ministack" in shown and not shown.startswith("Z")


def is_ready(instance: Instance) -> bool:
    """True when the instance answers on its port. A port that nobody has refuses at once; a busy instance takes its time."""
    if not instance.port:
        return False
    try:
        return _ask(instance, "GET", "/_ministack/ready", timeout=ANSWERS_WITHIN) == http.client.OK
    except (OSError, http.client.HTTPException):
        return False


def empty(instance: Instance) -> None:
    """Forget everything that the running instance holds, kept state included."""
    if (status := _ask(instance, "POST", "/_ministack/reset", timeout=60)) != http.client.OK:
        raise LocalProblem(f"the embedded AWS refused to be emptied ({status})", f"see {instance.log}")
    instance.deployed.unlink(missing_ok=True)


def _ask(instance: Instance, method: str, path: str, *, timeout: float) -> int:
    """The status of one request; by the standard library, because every command asks and an HTTP client costs half a second."""
    connection = http.client.HTTPConnection("127.0.0.1", instance.port, timeout=timeout)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    finally:
        connection.close()


def _spawn(instance: Instance, interpreter: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    with instance.log.open("wb") as log:
        return subprocess.Popen(
            [str(interpreter), "-m", "ministack"],
            cwd=instance.home,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait_until_ready(instance: Instance, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if is_ready(instance):
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    tail = instance.log.read_text(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
    stop(instance)
    raise LocalProblem(f"the embedded AWS did not start: {tail[0]}", f"see {instance.log}")


def _ended(pid: int, within: float) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        child = _CHILDREN.get(pid)
        if child is not None and child.poll() is not None:
            return True
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
