"""Shapes: how long a thing may be, what it may be called, which files a folder owes."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.repository import (
    CODE,
    DOMAIN,
    FUNCTIONS,
    ROOT,
    contexts,
    doors,
    functions_in,
    name_of,
    python_files,
    tree_of,
)

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40
MAX_HANDLER_LINES = 60
VAGUE = frozenset(
    {"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc", "service", "services"}
)
FILES = python_files(*CODE)
HANDLERS = sorted(FUNCTIONS.glob("*/*/handler.py"))
DOORS = doors()


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def top_level_names(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
        elif isinstance(node, ast.ImportFrom):
            names.update(alias.asname or alias.name for alias in node.names)
    return names


def test_the_rules_see_the_code() -> None:
    assert len(FILES) > 50
    assert len(HANDLERS) == len(DOORS) > 0


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    tests = python_files(ROOT / "tests")
    long = {name_of(path): lines_of(path) for path in (*FILES, *tests) if lines_of(path) > MAX_FILE_LINES}
    assert long == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{name_of(path)}:{node.name}": length
        for path in FILES
        for node in functions_in(tree_of(path))
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > MAX_FUNCTION_LINES
    }
    assert long == {}


@pytest.mark.parametrize("handler", HANDLERS, ids=name_of)
def test_a_handler_is_thin(handler: Path) -> None:
    assert lines_of(handler) <= MAX_HANDLER_LINES
    assert {"handle", "lambda_handler"} <= top_level_names(tree_of(handler))


def test_every_module_says_what_it_is() -> None:
    tests = python_files(ROOT / "tests")
    silent = [
        name_of(path) for path in (*FILES, *tests) if path.stat().st_size and not ast.get_docstring(tree_of(path))
    ]
    assert silent == []


def test_names_say_what_a_thing_does() -> None:
    folders = {parent for path in FILES for parent in path.relative_to(ROOT).parents}
    vague = [name_of(path) for path in FILES if path.stem in VAGUE]
    vague += [folder.as_posix() for folder in folders if folder.name in VAGUE]
    assert vague == []


@pytest.mark.parametrize(("context", "trigger"), DOORS)
def test_every_function_has_its_infrastructure_and_its_tests(context: str, trigger: str) -> None:
    """One infra file per function, under the function's own name; at least one test that goes through its handler."""
    assert (FUNCTIONS / context / trigger / "handler.py").is_file()
    assert (ROOT / "infra" / context / f"{trigger}.py").is_file()
    entered = re.compile(rf"functions\.{context}\.{trigger}\b|functions\.{context} import .*\b{trigger}\b")
    tests = python_files(ROOT / "tests" / "functions" / context)
    assert any(entered.search(path.read_text(encoding="utf-8")) for path in tests), (
        "no test in tests/functions goes through it"
    )


def wiring_of(context: str) -> Path:
    """A file, or a package whose door names all builders."""
    folder = DOMAIN / "skuflow" / context
    return folder / "wiring" / "__init__.py" if (folder / "wiring").is_dir() else folder / "wiring.py"


@pytest.mark.parametrize("context", contexts())
def test_every_context_keeps_its_roles_in_the_same_files(context: str) -> None:
    folder = DOMAIN / "skuflow" / context
    missing = [role for role in ("model.py", "store.py", "settings.py") if not (folder / role).is_file()]
    assert missing == []
    assert wiring_of(context).is_file()


@pytest.mark.parametrize(("context", "trigger"), DOORS)
def test_every_function_is_wired_under_its_own_name(context: str, trigger: str) -> None:
    """`skuflow.<ctx>.wiring.build_<trigger>`; a function without a context of its own needs no wiring."""
    if context not in contexts():
        return
    tree = tree_of(wiring_of(context))
    assert f"build_{trigger}" in top_level_names(tree)


def test_records_are_frozen() -> None:
    """A dataclass that can be changed is shared state in the making."""
    thawed = [
        f"{name_of(path)}:{node.name}"
        for path in python_files(DOMAIN / "skuflow")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef) and is_mutable_dataclass(node) and not holds_state_on_purpose(node)
    ]
    assert thawed == []


def is_mutable_dataclass(node: ast.ClassDef) -> bool:
    for decorator in node.decorator_list:
        call = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(call, ast.Name) and call.id == "dataclass":
            keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
            return not any(keyword.arg == "frozen" for keyword in keywords)
    return False


def holds_state_on_purpose(node: ast.ClassDef) -> bool:
    """An accumulator hides what it changes: every field of it is private, or it says that it is one."""
    fields = [
        item.target.id for item in node.body if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    ]
    return any(field.startswith("_") for field in fields)
