"""No float anywhere near money: not in the models, not in what contexts tell each other, not where prices are worked out."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.repository import DOMAIN, name_of, python_files

SKUFLOW = DOMAIN / "skuflow"
MONEY_WORDS = ("price", "pricing", "money", "currency", "offer", "amount")


def near_money(path: Path) -> bool:
    return path.stem == "model" or any(word in path.stem for word in MONEY_WORDS)


PURE = [
    *python_files(SKUFLOW / "kernel", SKUFLOW / "contracts"),
    *(path for path in python_files(SKUFLOW) if near_money(path) and "kernel" not in path.parts),
]


def floats(tree: ast.AST) -> list[tuple[int, str]]:
    """(line, what) of each float literal, `float` name and true division. A path joined with `/` is not a division."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append((node.lineno, f"literal {node.value}"))
        elif isinstance(node, ast.Name) and node.id == "float":
            found.append((node.lineno, "float"))
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div) and not is_decimal(node):
            found.append((node.lineno, "true division"))
        elif isinstance(node, ast.ImportFrom | ast.Import) and imports_math(node):
            found.append((node.lineno, "math"))
    return found


def is_decimal(node: ast.BinOp | ast.AugAssign) -> bool:
    """Division is exact to 28 digits when its left side is visibly a Decimal."""
    left = node.left if isinstance(node, ast.BinOp) else node.target
    return any(
        (isinstance(part, ast.Name) and part.id == "Decimal")
        or (isinstance(part, ast.Attribute) and part.attr == "to_decimal")
        for part in ast.walk(left)
    )


def imports_math(node: ast.Import | ast.ImportFrom) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module in {"math", "statistics"}
    return any(alias.name in {"math", "statistics"} for alias in node.names)


@pytest.mark.parametrize("path", PURE, ids=name_of)
def test_no_float_comes_near_money(path: Path) -> None:
    found = floats(ast.parse(path.read_text(encoding="utf-8")))
    assert found == []


@pytest.mark.parametrize(
    ("code", "caught"),
    [
        ("x = 0.1", True),
        ("def f(price: float) -> None: ...", True),
        ("y = float(cell)", True),
        ("share = minor / 100", True),
        ("minor /= 2", True),
        ("from statistics import median", True),
        ("import math", True),
        ("half = minor // 2", False),
        ("percent = Decimal(old - new) / Decimal(old)", False),
        ("percent = price.to_decimal() / 2", False),
        ("rate = Decimal('0.1')", False),
    ],
)
def test_the_rule_tells_floats_from_whole_units_and_decimals(code: str, caught: bool) -> None:
    assert bool(floats(ast.parse(code))) is caught
