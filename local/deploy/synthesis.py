"""Runs the CDK app as it is, and remembers the result under a hash of everything it is made from."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.problems import LocalProblem
from local.progress import Steps
from local.stage.instance import ACCOUNT, RESIDENCIES, STAGE
from local.workspace import Workspace

INPUTS = ("infra", "functions", "layers", "requirements", "events", "cdk.json")
KEPT_ASSEMBLIES = 4
OLDEST_NODE = 20


def synthesise(workspace: Workspace, residency: str, steps: Steps) -> Path:
    """The folder of the synthesised app for a local stage of `residency`; made only if its inputs changed."""
    assembly = workspace.assemblies / f"{residency}-{fingerprint(workspace.root, INPUTS)[:16]}"
    if not assembly.is_dir():
        _check_node()
        with steps.step("Synthesising the CDK app"), _alone(workspace):
            if not assembly.is_dir():
                _run_app(workspace, residency, assembly)
                _forget_old(workspace)
    os.utime(assembly)
    return assembly


def fingerprint(root: Path, inputs: tuple[str, ...]) -> str:
    """SHA-256 over the names and contents of all files below `inputs`, compiled files left out."""
    digest = hashlib.sha256()
    for name in inputs:
        for path in _files(root / name):
            digest.update(f"{path.relative_to(root)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for parent, folders, files in os.walk(path):
        folders[:] = sorted(folder for folder in folders if folder != "__pycache__")
        yield from (Path(parent) / file for file in sorted(files) if not file.endswith(".pyc"))


def _run_app(workspace: Workspace, residency: str, assembly: Path) -> None:
    half_done = assembly.with_name(f"{assembly.name}.partial")
    shutil.rmtree(half_done, ignore_errors=True)
    half_done.mkdir(parents=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
        "CDK_OUTDIR": str(half_done),
        # Layers are pointers here, so packages for arm64 would be downloaded for nothing.
        "CDK_CONTEXT_JSON": json.dumps({"stage": STAGE, "residency": residency, "packages": "host"}),
        "CDK_DEFAULT_ACCOUNT": ACCOUNT,
        "CDK_DEFAULT_REGION": RESIDENCIES[residency],
    }
    done = subprocess.run(
        [str(workspace.python), "-m", "infra.app"],
        cwd=workspace.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        log = workspace.assemblies / "synthesis.log"
        log.write_text(done.stdout + done.stderr)
        raise LocalProblem(f"the CDK app does not synthesise: {_reason(done.stderr)}", f"see {log}")
    half_done.rename(assembly)


def _reason(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    telling = [line for line in lines if re.match(r"[\w.]*(Error|Exception|Problem)\b.*:", line)]
    return (telling or lines or ["it said nothing"])[-1][:300]


def _check_node() -> None:
    remedy = f"install Node.js {OLDEST_NODE} or newer and make sure that `node` is on the PATH"
    node = shutil.which("node")
    if node is None:
        raise LocalProblem("Node.js is not installed; the CDK app needs it to synthesise", remedy)
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    major = re.match(r"v(\d+)", version)
    if major is None or int(major[1]) < OLDEST_NODE:
        raise LocalProblem(f"Node.js {version or 'of unknown version'} is too old", remedy)


def _forget_old(workspace: Workspace) -> None:
    made = [path for path in workspace.assemblies.iterdir() if path.is_dir()]
    for path in sorted(made, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT_ASSEMBLIES:]:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _alone(workspace: Workspace) -> Iterator[None]:
    workspace.assemblies.mkdir(parents=True, exist_ok=True)
    with (workspace.assemblies / "synthesis.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
