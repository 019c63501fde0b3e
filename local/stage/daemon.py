"""A process that outlives the command which starts it: in a clean environment, with a log, found again by its number."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_CHILDREN: dict[int, subprocess.Popen[bytes]] = {}
"""What this very command started: only a parent can collect an ended process. All others are nobody's children by then."""

KILLED_WITHIN = 5.0
"""Seconds."""


def spawn(command: Sequence[str], *, cwd: Path, environment: Mapping[str, str], log: Path) -> int:
    """Start `command` with exactly this environment, in a process group of its own; returns the process's number."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            list(command),
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _CHILDREN[process.pid] = process
    return process.pid


def is_running(pid: int, word: str) -> bool:
    """True when the process still exists and `word` stands in its command: it is no stranger that got the number."""
    if not pid:
        return False
    shown = subprocess.run(
        ["ps", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return word in shown and not shown.startswith("Z")


def wait_until(ready: Callable[[], bool], pid: int, *, within: float) -> bool:
    """False when the process ended, or was not `ready` within that many seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if ready():
            return True
        if _has_ended(pid):
            return False
        time.sleep(0.05)
    return False


def end(pid: int, *, within: float) -> bool:
    """Ask the process to end; kill it with its whole group after `within` seconds. Returns whether it ended by itself."""
    os.kill(pid, signal.SIGTERM)
    in_order = _ended(pid, within)
    if not in_order:
        # Its own process group: the workers must not outlive it.
        os.killpg(pid, signal.SIGKILL)
        _ended(pid, KILLED_WITHIN)
    return in_order


def collect(pid: int) -> None:
    """Let the system forget a process of ours that has ended."""
    if child := _CHILDREN.pop(pid, None):
        child.wait(KILLED_WITHIN)


def last_words(log: Path) -> str:
    """The last line that the process wrote."""
    return (log.read_text(errors="replace").strip().splitlines()[-1:] or ["it said nothing"])[0]


def _ended(pid: int, within: float) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if _has_ended(pid):
            return True
        time.sleep(0.05)
    return False


def _has_ended(pid: int) -> bool:
    child = _CHILDREN.get(pid)
    if child is not None:
        return child.poll() is not None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
