"""Asks OSV, the open database of vulnerabilities, about everything that is pinned: `python -m tests.security.dependencies`.

Exit status 1 if anything has a known vulnerability. If the database cannot be reached nothing was proven, which is said loudly:
with `--required` that is a failure as well (2), otherwise not, so that the test command works without a network. pip-audit asks
and reads; its status does not tell the two apart, its output does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PINNED = tuple(ROOT / "requirements" / f"{group}.txt" for group in ("dev", "embedded-aws", "tools"))
"""Layers hold what `dev` holds; `tests/architecture/test_requirements.py` sees to that."""

DATABASE = "https://api.osv.dev/v1/query"
TIMEOUT_SECONDS = 5

ACCEPTED: dict[str, str] = {}
"""Id of a vulnerability → why it does not touch us. An entry goes when the version that it is about goes."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`vulnerable`: a line for each vulnerability. `trouble`: why nothing is known, "" if all was asked."""

    vulnerable: tuple[str, ...] = ()
    trouble: str = ""


def audit(requirements: Iterable[Path], database: str = DATABASE) -> Verdict:
    """What the database knows of the pinned `requirements`. Nothing is resolved, downloaded or installed. Each file is asked about
    by itself, since two may pin different versions of one package."""
    vulnerable: list[str] = []
    for path in requirements:
        done = subprocess.run(_command(path, database), capture_output=True, text=True, check=False)
        try:
            vulnerable += _lines(json.loads(done.stdout)["dependencies"])
        except ValueError:
            told = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
            return Verdict(tuple(vulnerable), told[-1])
    return Verdict(tuple(dict.fromkeys(vulnerable)))


def _command(path: Path, database: str) -> list[str]:
    command = [sys.executable, "-m", "pip_audit", "--vulnerability-service=osv", f"--osv-url={database}"]
    command += ["--disable-pip", "--no-deps", "--format=json", "--progress-spinner=off", f"--timeout={TIMEOUT_SECONDS}"]
    return [*command, *(f"--ignore-vuln={known}" for known in ACCEPTED), f"--requirement={path}"]


def _lines(dependencies: Iterable[dict[str, Any]]) -> Iterator[str]:
    for one in dependencies:
        for known in one.get("vulns", ()):
            mended = ", ".join(known["fix_versions"]) or "no version so far"
            yield f"{one['name']} {one['version']}: {known['id']}, mended in {mended}"


def main(arguments: list[str], *, requirements: Iterable[Path] = PINNED) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.security.dependencies")
    parser.add_argument("--required", action="store_true", help="fail if the database cannot be reached")
    parser.add_argument("--database", default=DATABASE)
    asked = parser.parse_args(arguments)
    verdict = audit(requirements, asked.database)
    sys.stderr.writelines(f"{line}\n" for line in verdict.vulnerable)
    if verdict.trouble:
        sys.stderr.write(
            f"WARNING: dependencies were NOT checked for known vulnerabilities; {asked.database} did not answer.\n"
            f"  {verdict.trouble[:200]}\n  Where there is a network: make audit\n"
        )
    return 1 if verdict.vulnerable else 2 if verdict.trouble and asked.required else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
