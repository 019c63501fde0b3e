"""Starting and stopping the embedded AWS of an instance: a process of its own, on the loopback interface only."""

from __future__ import annotations

import http.client
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from local.problems import LocalProblem
from local.stage import daemon, kept_state, queueing
from local.stage.instance import ACCOUNT, DEFAULT, DEFAULT_PORT, Instance, choose_port

READY_WITHIN = 30.0
ANSWERS_WITHIN = 15.0
STOP_WITHIN = 5.0
STOP_WITHIN_KEPT = 60.0
"""Seconds. Writing a large state down takes longer than ending workers."""


def settings(instance: Instance) -> dict[str, str]:
    """The whole environment of the process: nothing is inherited but the search path. Lambda workers inherit it in turn, so
    whatever stood here besides would be visible to functions that will not have it on AWS.

    The concurrency cap bounds the number of worker processes (about 55 MB each); the protocols that are switched off would
    each claim a port. An instance that queues has a bound of its own (`local.stage.queueing`).
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
        "LAMBDA_ACCOUNT_CONCURRENCY": "0" if instance.queueing else "16",
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
    customary = DEFAULT_PORT if instance.name == DEFAULT else 0
    instance = replace(instance, port=choose_port(instance.port, customary))
    scratch = instance.home / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    if instance.kept:
        kept_state.mend(instance)
    else:
        instance.erase()
    for folder in ("services", "s3"):
        (instance.state / folder).mkdir(parents=True, exist_ok=True)
    pid = daemon.spawn(
        _command(instance, interpreter), cwd=instance.home, environment=settings(instance), log=instance.log
    )
    running = replace(instance, pid=pid, started_at=datetime.now(UTC).isoformat(timespec="seconds"))
    running.save()
    if not daemon.wait_until(lambda: is_ready(running), pid, within=READY_WITHIN):
        said = daemon.last_words(instance.log)
        stop(running)
        raise LocalProblem(f"the embedded AWS did not start: {said}", f"see {instance.log}")
    return running


def _command(instance: Instance, interpreter: Path) -> list[str]:
    if instance.queueing:
        # Without its folder on the path: the modules there have names of the standard library's kind.
        return [str(interpreter), "-P", str(Path(queueing.__file__).resolve())]
    return [str(interpreter), "-m", "ministack"]


def stop(instance: Instance) -> bool:
    """End the process, politely first; returns False when there was none. The record says stopped afterwards."""
    alive = is_ours(instance)
    in_order = not instance.pid
    if alive:
        in_order = daemon.end(instance.pid, within=STOP_WITHIN_KEPT if instance.kept else STOP_WITHIN)
    if not in_order:
        # State is written down at an orderly stop only; what is kept may be older than what was deployed.
        instance.deployed.unlink(missing_ok=True)
    daemon.collect(instance.pid)
    instance.stopped().save()
    shutil.rmtree(instance.home / "tmp", ignore_errors=True)
    return alive


def is_ours(instance: Instance) -> bool:
    """True when the recorded process still exists and is the embedded AWS, not a stranger that got its number."""
    return daemon.is_running(instance.pid, "ministack")


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
