"""What must not be in the repository: a machine's paths, addresses of package registries, traces of how a line came about."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.repository import CODE, ROOT, name_of, python_files

MAX_BYTES = 400_000
LARGE = {"functions/platform/api_reference/openapi.json": 900_000}
"""Files that are made of the code, grow with it, and stay readable, and how large they may get."""
GENERATED = frozenset({".venv", ".local", "build", "cdk.out", "node_modules", "__pycache__", ".git"})

FORBIDDEN = {
    "a package registry": r"p[y]pi\.(org|io)|p[y]thonhosted|registry\.n[p]mjs|deb\.d[e]bian|n[p]m\.pkg\.",
    "a machine's path": r"(?<![\w.~])/(r[o]ot|h[o]me/\w+|w[o]rk|Us[e]rs/\w+)/",
    "an agent or its prompts": r"(?i)\b(cl[a]ude|ant[h]ropic|ch[a]tgpt|copil[o]t|system pr[o]mpt|subag[e]nt)\b",
    "the tracker of the work": r"(?i)\b(iss[u]e|t[i]cket) #?\d+\b",
    "unfinished work": r"\b(T[O]DO|FIX[M]E)\b|# X[X]X|NotImpl[e]mentedError",
}


def files_of_the_repository() -> list[Path]:
    """What git tracks or would add; without git, every file that is not generated."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]
    return [path for path in ROOT.rglob("*") if path.is_file() and not GENERATED & set(path.parts)]


FILES = files_of_the_repository()


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


def test_the_rules_see_the_repository() -> None:
    assert {"Makefile", "pyproject.toml", "README.md"} <= {path.name for path in FILES}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_names(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = {
        f"{name_of(path)}:{text.count(chr(10), 0, hit.start()) + 1}": hit.group()
        for path in FILES
        for text in [text_of(path)]
        for hit in pattern.finditer(text)
    }
    assert found == {}


def test_no_file_is_a_binary_lump() -> None:
    sizes = {name_of(path): path.stat().st_size for path in FILES}
    assert {name: size for name, size in sizes.items() if size > LARGE.get(name, MAX_BYTES)} == {}


def test_no_lock_file_that_records_addresses() -> None:
    names = {path.name for path in FILES}
    assert names & {"uv.lock", "poetry.lock", "package-lock.json", "yarn.lock"} == set()


def test_checks_are_silenced_one_rule_at_a_time() -> None:
    """A bare `noqa` or `type: ignore` hides what nobody has seen yet."""
    bare = re.compile(r"# ?noqa(?!: ?[A-Z])|# ?type: ?ignore(?!\[)")
    found = [name_of(path) for path in python_files(*CODE) if bare.search(text_of(path))]
    assert found == []


def test_every_python_file_is_python_of_the_oldest_version_we_promise() -> None:
    """3.11 is promised; `compile` on it would be too kind on a newer interpreter, so ruff's target is what is checked."""
    assert 'target-version = "py311"' in text_of(ROOT / "pyproject.toml")
