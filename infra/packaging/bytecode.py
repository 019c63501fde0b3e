"""Compiled modules for the packages: without them every cold start compiles again, which takes 1.6 to 3.3 times as long.

Bytecode belongs to one minor version of Python. A machine that has no interpreter of Lambda's version ships sources only;
the package then works the same and starts slower, and has another digest.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LAMBDA_PYTHON = "3.13"
_SHOW_VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


@dataclass(frozen=True, slots=True)
class Compiler:
    """An interpreter that compiles for its own version. None: nothing is compiled."""

    interpreter: str | None
    version: str

    @property
    def label(self) -> str:
        return f"python{self.version}" if self.interpreter else "sources only"

    def compile(self, directory: Path, *, lies_at: str | None = None) -> None:
        """Compile every module below `directory`. `lies_at` is where the files will be when they run, for tracebacks."""
        if self.interpreter is None:
            return
        moved = ["-s", str(directory), "-p", lies_at] if lies_at else []
        subprocess.run(
            [
                *(self.interpreter, "-P", "-s", "-m", "compileall", "-q", "-f"),
                *("--invalidation-mode", "unchecked-hash", *moved, str(directory)),
            ],
            check=True,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONHASHSEED": "0"},
        )


HOST = Compiler(sys.executable, "{}.{}".format(*sys.version_info[:2]))


@cache
def for_lambda() -> Compiler:
    """The compiler for Lambda's Python, from SKUFLOW_LAMBDA_PYTHON, this process, or the search path."""
    if HOST.version == LAMBDA_PYTHON:
        return HOST
    for candidate in (os.environ.get("SKUFLOW_LAMBDA_PYTHON"), shutil.which(f"python{LAMBDA_PYTHON}")):
        if candidate and _version(candidate) == LAMBDA_PYTHON:
            return Compiler(candidate, LAMBDA_PYTHON)
    return Compiler(None, LAMBDA_PYTHON)


def _version(interpreter: str) -> str:
    """What `interpreter` says it is; "" if it does not run (version managers leave shims that lead nowhere)."""
    try:
        said = subprocess.run([interpreter, "-I", "-c", _SHOW_VERSION], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return said.stdout.strip() if said.returncode == 0 else ""
