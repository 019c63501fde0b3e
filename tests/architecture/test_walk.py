"""The walk through a tiny context in docs/adding-a-context.md leads where it says: gone in a copy of the repository, it passes the
checks, its own tests, and synthesis."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.walk import steps, walked

pytestmark = pytest.mark.slow

BIN = Path(sys.executable).parent
ROOMS = "layers/domain/python/skuflow/wishlists"
CHECKED = [
    "tests/functions/wishlists",
    "tests/architecture/test_shapes.py",
    "tests/architecture/test_documents.py",
    "tests/architecture/test_isolation.py",
    "tests/architecture/test_cold_start.py",
    "tests/local/test_cli.py",
]
"""What would fail first if a step were missing."""

CONCERNED = "wishlist or every_context or frozen or says_what_it_is or shows_every"
"""Of their cases, those that a new context changes."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walked(tmp_path_factory.mktemp("walk") / "skuflow")


def run(copy: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A command in the copy, which sees nothing of the repository that it was made from."""
    paths = os.pathsep.join([str(copy), str(copy / "layers/domain/python")])
    env = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", ""),
        "PYTHONPATH": paths,
        "COLUMNS": "200",
        **more,
    }
    return subprocess.run(
        [str(BIN / command[0]), *command[1:]], cwd=copy, env=env, capture_output=True, text=True, check=False
    )


def passes(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-2000:]}"


def test_the_walk_has_every_room_of_a_context() -> None:
    written = {step.path for step in steps() if not step.changes}
    rooms = {f"{ROOMS}/{name}.py" for name in ("model", "store", "settings", "wiring")}
    assert (
        rooms | {"functions/wishlists/api/handler.py", "infra/wishlists/api.py", "infra/wishlists/stack.py"} <= written
    )


def test_its_style_is_ours(copy: Path) -> None:
    ours = [step.path for step in steps() if step.path.endswith(".py")]
    passes(run(copy, "ruff", "check", "--no-cache", *ours))
    passes(run(copy, "ruff", "format", "--no-cache", "--check", *ours))


def test_its_types_are_strict(copy: Path) -> None:
    packages = (
        "skuflow.wishlists",
        "functions.wishlists",
    )  # those that ship; CDK and the CLI would take minutes to read
    passes(run(copy, "mypy", "--cache-dir", os.devnull, *(word for name in packages for word in ("-p", name))))


def test_it_keeps_every_import_contract(copy: Path) -> None:
    passes(run(copy, "lint-imports", "--no-cache"))


def test_it_passes_its_own_tests_and_those_of_every_context(copy: Path) -> None:
    passes(run(copy, "python", "-m", "functions.platform.api_reference.build"))
    done = run(copy, "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", "-k", CONCERNED, *CHECKED)
    passes(done)


def test_it_synthesises_with_a_role_of_its_own(copy: Path, tmp_path: Path) -> None:
    context = {"stage": "dev", "residency": "ca", "packages": "host", "nag": "true"}
    passes(
        run(
            copy,
            "python",
            "-m",
            "infra.app",
            CDK_OUTDIR=str(tmp_path),
            CDK_CONTEXT_JSON=json.dumps(context),
            CDK_DEFAULT_ACCOUNT="123456789012",
        )
    )
    template: dict[str, Any] = json.loads(
        (tmp_path / "skuflow-dev-wishlists.template.json").read_text(encoding="utf-8")
    )
    statements = [
        statement
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::IAM::Policy"
        for statement in resource["Properties"]["PolicyDocument"]["Statement"]
    ]
    assert ["dynamodb:GetItem", "dynamodb:PutItem"] in [statement["Action"] for statement in statements]
    (function,) = (one for one in template["Resources"].values() if one["Type"] == "AWS::Lambda::Function")
    assert function["Properties"]["FunctionName"] == "skuflow-dev-wishlists-api"
