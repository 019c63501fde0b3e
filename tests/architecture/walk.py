"""The walk through a context in docs/adding-a-context.md, read so that it can be gone: files to write, lines to change."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.repository import ROOT

DOCUMENT = ROOT / "docs" / "adding-a-context.md"
_BLOCK = re.compile(r"^```(python|diff)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE, _CHANGE = "# file: ./", "--- ./"
_LEFT_OUT = (".git", ".venv", ".local", "build", "cdk.out", "__pycache__", ".*_cache", ".hypothesis")


@dataclass(frozen=True, slots=True)
class Step:
    """A block of the document: a whole file, or a change to one. `path` from the repository's root."""

    path: str
    content: str
    changes: bool

    def take(self, root: Path) -> None:
        """Raises AssertionError if the lines to be changed are not in the file, exactly once."""
        place = root / self.path
        if not self.changes:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(self.content, encoding="utf-8")
            return
        lines = self.content.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] in " -")
        after = "".join(line[1:] for line in lines if line[0] in " +")
        text = place.read_text(encoding="utf-8")
        found = text.count(before)
        assert found == 1, f"docs/adding-a-context.md changes lines that are {found} times in {self.path}:\n{before}"
        place.write_text(text.replace(before, after), encoding="utf-8")


def steps() -> Iterator[Step]:
    """In the order of the document. Blocks that name no file are illustrations."""
    for kind, block in _BLOCK.findall(DOCUMENT.read_text(encoding="utf-8")):
        head, _, content = block.partition("\n")
        mark = _FILE if kind == "python" else _CHANGE
        if head.startswith(mark):
            yield Step(head.removeprefix(mark), content, kind == "diff")


def walked(root: Path) -> Path:
    """A copy of the repository at `root`, with the walk gone in it."""
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*_LEFT_OUT), symlinks=True)
    for step in steps():
        step.take(root)
    return root
