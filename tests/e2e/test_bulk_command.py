"""`skuflow bulk`: any result of a bulk operation through the deployed platform, as its user sees it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.shop import Platform
from tests.shopify_result import catalogue_lines, encoded, product_line, shuffled

pytestmark = pytest.mark.e2e


def bulk(platform: Platform, file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "local.cli.main",
        "bulk",
        str(file),
        "--instance",
        platform.instance.name,
        *arguments,
    ]
    return subprocess.run(command, cwd=platform.workspace.root, capture_output=True, text=True, check=False)


def figures(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Forty products in no order, a line that is cut in half, a price that is none, and an order."""
    lines = shuffled([*catalogue_lines(range(40)), {"id": "gid://shopify/Order/1"}])
    priced = next(line for line in lines if "price" in line)
    priced["price"] = "a lot"
    path = tmp_path / "result.jsonl"
    path.write_bytes(encoded(lines[:50]) + encoded([product_line(90)])[:60] + b"\n" + encoded(lines[50:]))
    return path


def test_a_file_goes_through_twice_and_the_second_time_nothing_changes(platform: Platform, file: Path) -> None:
    done = bulk(platform, file, "--again", "--json")
    assert done.returncode == 0, done.stderr
    found = figures(done)
    assert len(done.stdout.splitlines()) == 1
    assert (found["status"], found["lines"], found["products"], found["variants"]) == ("completed", 162, 40, 80)
    assert (found["created"], found["rejected"], found["ignored"]) == (40, 2, 1)
    again = found["again"]
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 40)
    assert found["events"] >= 40
    assert "not an amount of money" in done.stderr
    assert "not a whole JSON" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--currency", "XYZ"], "XYZ"), (["--shop", "evil.com/.myshopify.com"], "myshopify.com")],
)
def test_what_cannot_be_is_refused_in_words(platform: Platform, file: Path, arguments: list[str], said: str) -> None:
    done = bulk(platform, file, *arguments)
    assert done.returncode != 0
    assert said in done.stderr
