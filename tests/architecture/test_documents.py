"""The documents tell the truth: what they name exists, what they tell to run can be run."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from local.cli.main import app
from tests.architecture.repository import ROOT, contexts, doors, name_of

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "layers" / "README.md"])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
CODE_SPAN = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
MAX_DECISION_LINES = 60
SPELLED_PATH = re.compile(r"(?<![\w./-])((?:functions|layers|events|infra|tests|local|docs|requirements)/[\w./-]+)")


@cache
def targets() -> frozenset[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))


def commands_in(path: Path, program: str) -> set[str]:
    """First word after `program` in every code span of a document."""
    spans = CODE_SPAN.findall(path.read_text(encoding="utf-8"))
    pattern = re.compile(rf"(?:^|[\s`&;|(])(?:\.venv/bin/)?{program} ([a-z][a-z-]*)")
    return {word for span in spans for word in pattern.findall(span)}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    broken = [
        target
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_paths_that_are_spelled_out_exist(path: Path) -> None:
    spans = " ".join(CODE_SPAN.findall(path.read_text(encoding="utf-8")))
    spelled = {match.rstrip("./") for match in SPELLED_PATH.findall(spans)}
    assert sorted(name for name in spelled if not (ROOT / name).exists()) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_make_targets_exist(path: Path) -> None:
    assert commands_in(path, "make") <= targets()


def unknown_commands(path: Path) -> list[str]:
    """`skuflow a b c` of a document's code that our command line does not have. Words behind a command are its arguments."""
    spans = "\n".join(CODE_SPAN.findall(path.read_text(encoding="utf-8")))
    called = re.findall(r"(?:^|[\s`;|(])(?:\.venv/bin/)?skuflow((?: [a-z][a-z-]*)+)", spans, flags=re.MULTILINE)
    return [words for words in called if not is_command(words.split())]


def is_command(words: list[str]) -> bool:
    found: Any = get_command(app)
    for word in words:
        commands = getattr(found, "commands", None)
        if commands is None:
            return True
        if word not in commands:
            return False
        found = commands[word]
    return True


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_skuflow_commands_exist(path: Path) -> None:
    assert unknown_commands(path) == []


def test_every_make_target_is_explained_by_help() -> None:
    listed = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    inner = {"lint", "types", "imports"}
    assert {target for target in targets() - inner if f"make {target} " not in listed} == set()


def test_the_readme_shows_every_context() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in contexts() if f"**{name}**" not in readme] == []


def test_the_architecture_shows_every_function() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    missing = [f"{context}/{trigger}" for context, trigger in doors() if f"{context}/{trigger}" not in text]
    assert missing == []


@pytest.mark.parametrize("path", DECISIONS, ids=name_of)
def test_a_decision_is_one_page(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+", path.stem)
    assert len(text.splitlines()) <= MAX_DECISION_LINES
    assert {"## Decision", "## Why", "## Consequences"} <= set(re.findall(r"^## .*$", text, flags=re.MULTILINE))


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(path.stem[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
