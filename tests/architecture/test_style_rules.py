"""The rules that ruff keeps bite where they must, and let through where they must."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT

RULE = "layers/domain/python/skuflow/catalog/model.py"
WIRING = "layers/domain/python/skuflow/catalog/wiring.py"
PLATFORM = "layers/domain/python/skuflow/platform/clock.py"
HANDLER = "functions/catalog/api/handler.py"

NOW = "from datetime import UTC, datetime\n\nmoment = datetime.now(UTC)\n"
TIME = "import time\n\nmoment = time.time()\n"
UUID = "from uuid import uuid4\n\nname = uuid4()\n"
RANDOM = "import random\n\nchoice = random.choice([1, 2])\n"
NAIVE = "from datetime import datetime\n\nmoment = datetime.utcnow()\n"
PRINT = 'print("hello")\n'
BRANCHES = (
    "def f(x: int) -> int:\n" + "".join(f"    if x == {n}:\n        x += 1\n" for n in range(9)) + "    return x\n"
)


def findings(code: str, path: str) -> set[str]:
    """Codes of the rules that `code` breaks if it stood at `path`."""
    done = subprocess.run(
        [Path(sys.executable).parent / "ruff", "check", "--output-format=concise", "--stdin-filename", path, "-"],
        cwd=ROOT,
        input=code,
        capture_output=True,
        text=True,
        check=False,
    )
    return {line.split()[1].rstrip(":") for line in done.stdout.splitlines() if line.startswith(path)}


@pytest.mark.parametrize("path", [RULE, HANDLER])
@pytest.mark.parametrize("code", [NOW, TIME, UUID, RANDOM, NAIVE], ids=["now", "time", "uuid4", "random", "utcnow"])
def test_time_ids_and_chance_are_arguments(code: str, path: str) -> None:
    assert "TID251" in findings(code, path)


@pytest.mark.parametrize("path", [WIRING, PLATFORM])
@pytest.mark.parametrize("code", [NOW, UUID], ids=["now", "uuid4"])
def test_wiring_and_platform_are_where_they_come_from(code: str, path: str) -> None:
    assert "TID251" not in findings(code, path)


def test_a_function_with_nine_branches_is_refused() -> None:
    assert "C901" in findings(BRANCHES, RULE)


def test_nothing_that_ships_prints() -> None:
    assert "T201" in findings(PRINT, HANDLER)


def test_types_are_checked_strictly() -> None:
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "strict = true" in settings
    assert 'packages = ["skuflow", "functions", "infra", "local"]' in settings


def test_ci_runs_the_command_that_the_readme_tells() -> None:
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")
    ci = ROOT / ".ci" / "run"
    assert ci.read_text(encoding="utf-8").rstrip().endswith("make --no-print-directory test")
    assert ci.stat().st_mode & 0o111
