"""The repository as the architecture tests see it: where the code is, and how to read it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = ROOT / "layers" / "domain" / "python"
FUNCTIONS = ROOT / "functions"
SHIPPED = (DOMAIN / "skuflow", FUNCTIONS)
CODE = (*SHIPPED, ROOT / "infra", ROOT / "local")


def python_files(*folders: Path) -> list[Path]:
    """Every Python file under `folders`, in a stable order."""
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def name_of(path: Path) -> str:
    """`path` as people write it: relative to the repository."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    """The parsed file; parsed once, because most rules read every file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions_in(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def doors() -> list[tuple[str, str]]:
    """Every Lambda function as (context, trigger): one folder each."""
    return sorted(
        (trigger.parent.name, trigger.name)
        for trigger in FUNCTIONS.glob("*/*")
        if trigger.is_dir() and not trigger.name.startswith((".", "_"))
    )


def contexts() -> list[str]:
    """The bounded contexts that have rooms of their own, read from the tree."""
    shared = {"kernel", "contracts", "platform"}
    return sorted(
        folder.name
        for folder in (DOMAIN / "skuflow").iterdir()
        if folder.is_dir() and folder.name not in shared and not folder.name.startswith(("_", "."))
    )
