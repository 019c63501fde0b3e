"""The embedded AWS in a virtual environment of its own, made on demand from hashed requirements.

Of its own, because it pins its own botocore, and because Lambda workers inherit its packages: in the project's environment
they would find development packages that no deployed function has, and a missing dependency would stay hidden.
"""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.problems import LocalProblem
from local.progress import Steps
from local.workspace import Workspace

REQUIREMENTS = "embedded-aws.txt"


def interpreter(workspace: Workspace) -> Path:
    return workspace.embedded_aws / "bin" / "python"


def is_installed(workspace: Workspace) -> bool:
    """True when the environment holds exactly what the requirements file asks for, on this Python."""
    stamp = _stamp(workspace)
    return stamp.is_file() and stamp.read_text() == _wanted(workspace) and interpreter(workspace).exists()


def install(workspace: Workspace, steps: Steps) -> Path:
    """Bring the environment up to date; returns its interpreter. Two commands at once wait for each other."""
    if is_installed(workspace):
        return interpreter(workspace)
    with steps.step("Installing the embedded AWS"), _alone(workspace):
        if not is_installed(workspace):
            _install(workspace)
    return interpreter(workspace)


def _install(workspace: Workspace) -> None:
    target = workspace.embedded_aws
    requirements = workspace.requirements / REQUIREMENTS
    _uv(workspace, "venv", "--quiet", "--clear", "--python", sys.executable, str(target))
    _uv(
        workspace, "pip", "install", "--quiet", "--python", str(interpreter(workspace)),
        "--require-hashes", "--compile-bytecode", "--requirements", str(requirements),
    )  # fmt: skip
    _stamp(workspace).write_text(_wanted(workspace))


def _uv(workspace: Workspace, *arguments: str) -> None:
    if not workspace.uv.exists():
        raise LocalProblem("the project's tools are not installed (.venv/bin/uv is missing)", "run: make setup")
    done = subprocess.run(
        [str(workspace.uv), *arguments], cwd=workspace.root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or ["no message"]
        raise LocalProblem(
            f"installing the embedded AWS failed: {reason[0]}",
            "check the network and the package index, then run again",
        )


def _stamp(workspace: Workspace) -> Path:
    return workspace.embedded_aws / "installed"


def _wanted(workspace: Workspace) -> str:
    digest = hashlib.sha256((workspace.requirements / REQUIREMENTS).read_bytes())
    digest.update(sys.version.encode())
    return digest.hexdigest()


@contextmanager
def _alone(workspace: Workspace) -> Iterator[None]:
    workspace.embedded_aws.parent.mkdir(parents=True, exist_ok=True)
    with (workspace.embedded_aws.parent / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
