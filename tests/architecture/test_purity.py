"""What the kernel and the contracts stand on: the standard library, and of it nothing that reads the world."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from tests.architecture.repository import DOMAIN, name_of, python_files, tree_of

SKUFLOW = DOMAIN / "skuflow"
FLOOR = python_files(SKUFLOW / "kernel", SKUFLOW / "contracts")
MODELS = [path for path in sorted(SKUFLOW.glob("*/model.py")) if path not in FLOOR]
READS_THE_WORLD = frozenset(
    {"os", "time", "random", "secrets", "uuid", "socket", "subprocess", "pathlib", "urllib.request"}
)


def imported_roots(tree: ast.Module) -> set[str]:
    """Top-level names of every import, at any depth of the file."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", FLOOR, ids=name_of)
def test_the_floor_knows_the_standard_library_only(path: Path) -> None:
    foreign = {
        name
        for name in imported_roots(tree_of(path))
        if name.split(".")[0] not in sys.stdlib_module_names
        and not name.startswith(("skuflow.kernel", "skuflow.contracts"))
    }
    assert foreign == set()


@pytest.mark.parametrize("path", [*FLOOR, *MODELS], ids=name_of)
def test_rules_do_not_read_the_world(path: Path) -> None:
    assert imported_roots(tree_of(path)) & READS_THE_WORLD == set()
