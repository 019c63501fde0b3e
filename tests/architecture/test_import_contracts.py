"""The import contracts of pyproject.toml hold, and each of them bites: faults are seeded into a copy and must be caught."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT, contexts


@dataclass(frozen=True)
class Fault:
    """One import that must be refused: `importer` gets a line that imports `imported`; the contract `contract` must name it."""

    contract: str
    importer: str
    imported: str


FAULTS = (
    Fault("rooms", "skuflow.kernel.seeded", "skuflow.contracts.sync"),
    Fault("rooms", "skuflow.contracts.seeded", "skuflow.platform.settings"),
    Fault("rooms", "skuflow.platform.seeded", "skuflow.access"),
    Fault("rooms", "skuflow.catalog.seeded", "skuflow.sync"),
    Fault("buildings", "functions.access.seeded.handler", "infra.seeded"),
    Fault("buildings", "infra.seeded", "local.seeded"),
    Fault("buildings", "infra.other_seeded", "functions.access.seeded.inner"),
    Fault("buildings", "local.seeded", "functions.access.seeded.inner"),
    Fault("doors", "functions.access.seeded.inner", "functions.sync.seeded.handler"),
    Fault("own-doors-access", "functions.sync.seeded.handler", "skuflow.access.seeded"),
    Fault("own-doors-catalog", "functions.sync.seeded.inner", "skuflow.catalog.seeded"),
    Fault("own-doors-catalog", "infra.seeded", "skuflow.catalog.seeded"),
    Fault("own-doors-sync", "local.seeded", "skuflow.sync.seeded"),
    Fault("own-doors-billing", "functions.quality.seeded.inner", "skuflow.billing.seeded"),
    Fault("own-doors-quality", "functions.billing.seeded.inner", "skuflow.quality.seeded"),
    Fault("wiring", "skuflow.sync.seeded", "skuflow.sync.wiring"),
    Fault("wiring", "functions.sync.seeded.inner", "skuflow.sync.wiring"),
    Fault("pure", "skuflow.kernel.seeded", "msgspec"),
    Fault("pure", "skuflow.contracts.seeded", "pydantic"),
    Fault("pure", "skuflow.catalog.model", "pynamodb"),
    Fault("pure", "skuflow.sync.model", "skuflow.platform.settings"),
    Fault("rules", "skuflow.sync.reading.seeded", "botocore"),
    Fault("rules", "skuflow.catalog.pricing", "skuflow.platform.table"),
    Fault("records", "skuflow.catalog.seeded", "pydantic"),
    Fault("transport", "skuflow.access.seeded", "skuflow.platform.http_api"),
    Fault("one-session", "skuflow.platform.seeded", "boto3"),
    Fault("one-session", "functions.sync.seeded.handler", "boto3"),
)


def contract_names() -> dict[str, str]:
    """Contract id -> its name, from pyproject.toml."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    return {contract["id"]: contract["name"] for contract in settings["contracts"]}


def lint(folder: Path) -> tuple[int, str]:
    """import-linter's exit code and report for the checkout at `folder`."""
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{folder}{os.pathsep}{folder / 'layers/domain/python'}",
        "COLUMNS": "400",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--verbose"]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def broken_sections(report: str) -> dict[str, str]:
    """Contract name -> what the report says about it, for every broken contract."""
    _, _, details = report.partition("Broken contracts")
    parts = re.split(r"^(\S.*)\n-+\n", details, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def copy_of_the_code(folder: Path) -> Path:
    for name in ("functions", "infra", "local", "layers/domain"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def file_of(folder: Path, module: str) -> Path:
    top = folder / "layers/domain/python" if module.startswith("skuflow") else folder
    return top.joinpath(*module.split(".")).with_suffix(".py")


def seed(folder: Path, fault: Fault) -> None:
    for module, line in ((fault.imported, ""), (fault.importer, f"\nimport {fault.imported}\n")):
        if "." not in module or file_of(folder, module).with_suffix("").is_dir():
            continue
        path = file_of(folder, module)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(line)


@pytest.fixture(scope="module")
def report_on_faults(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = copy_of_the_code(tmp_path_factory.mktemp("seeded"))
    for fault in FAULTS:
        seed(folder, fault)
    code, report = lint(folder)
    assert code == 1, report
    return broken_sections(report)


def test_the_code_keeps_every_contract() -> None:
    code, report = lint(ROOT)
    assert code == 0, report
    for name in contract_names().values():
        assert f"{name} KEPT" in report


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.contract}: {fault.importer} -> {fault.imported}")
def test_a_seeded_import_is_refused(fault: Fault, report_on_faults: dict[str, str]) -> None:
    section = report_on_faults[contract_names()[fault.contract]]
    assert f"{fault.importer} -> {fault.imported} (l." in section


def test_every_contract_has_a_seeded_fault() -> None:
    assert {fault.contract for fault in FAULTS} == set(contract_names())


def test_a_new_room_must_be_given_a_floor(tmp_path: Path) -> None:
    folder = copy_of_the_code(tmp_path)
    shed = folder / "layers/domain/python/skuflow/shed"
    shed.mkdir()
    (shed / "__init__.py").write_text('"""A package that no layer mentions."""\n')
    code, report = lint(folder)
    assert code == 1
    assert "shed" in broken_sections(report)[contract_names()["rooms"]]


def test_every_context_is_protected() -> None:
    protected = {key.removeprefix("own-doors-") for key in contract_names() if key.startswith("own-doors-")}
    assert protected == set(contexts())
