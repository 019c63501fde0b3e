"""What is installed is pinned, hashed, the same everywhere, and may be shipped under a permissive licence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT, name_of

REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
LAYERS = sorted((ROOT / "requirements").glob("layer-*.txt"))
PERMISSIVE = re.compile(
    r"\b(MIT|MIT-0|BSD|Apache|ISC|OFL|PSF|Python Software Foundation|Python-2\.0|Unlicense|Zlib|0BSD|MPL-2\.0)\b"
)
"""MPL-2.0 binds the files under it alone, which we ship as they are."""
COPYLEFT = re.compile(r"\b(A?GPL|LGPL|GNU|SSPL|EUPL|BUSL|Commons Clause)", re.IGNORECASE)


@dataclass(frozen=True)
class Pin:
    name: str
    version: str
    hashes: tuple[str, ...]


def pins(path: Path) -> Iterator[Pin]:
    """Every requirement of a compiled file. Continuation lines belong to the requirement above them."""
    for line in path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        head = re.match(r"([A-Za-z0-9_.-]+)==([^\s;]+)", line)
        assert head, f"{path.name}: not pinned: {line[:80]}"
        yield Pin(normal(head[1]), head[2], tuple(re.findall(r"--hash=(sha256:[0-9a-f]{64})", line)))


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def versions(path: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for pin in pins(path):
        found.setdefault(pin.name, set()).add(pin.version)
    return found


def asked_for(group: str) -> Iterator[str]:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    for item in groups[group]:
        if isinstance(item, dict):
            yield from asked_for(item["include-group"])
        else:
            yield item


@pytest.mark.parametrize("path", REQUIREMENTS, ids=name_of)
def test_every_requirement_is_pinned_with_hashes(path: Path) -> None:
    unhashed = [pin.name for pin in pins(path) if not pin.hashes]
    assert unhashed == []


@pytest.mark.parametrize("path", REQUIREMENTS, ids=name_of)
def test_a_compiled_file_holds_what_its_group_asks_for(path: Path) -> None:
    found = versions(path)
    for requirement in asked_for(path.stem):
        name = normal(re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0])
        assert name in found, f"{requirement} is in pyproject.toml but not in {path.name}: run `make lock`"
        exact = re.search(r"==([^\s;]+)", requirement)
        assert exact is None or found[name] == {exact[1]}, f"{requirement} differs in {path.name}: run `make lock`"


@pytest.mark.parametrize("path", LAYERS, ids=name_of)
def test_what_is_shipped_is_what_is_tested(path: Path) -> None:
    tested = versions(ROOT / "requirements" / "dev.txt")
    assert {name: tested.get(name) for name in versions(path)} == versions(path)


def test_every_group_that_is_installed_is_compiled() -> None:
    assert {path.stem for path in REQUIREMENTS} == {
        "dev",
        "embedded-aws",
        "layer-core",
        "layer-http",
        "layer-outbound",
        "layer-pdf",
        "layer-quality",
        "layer-text",
        "layer-tokens",
        "tools",
    }


def licence_of(name: str) -> str:
    """Everything the distribution says about its licence: expression, free text (first line) and classifiers."""
    about = metadata(name)
    told = [
        line for key in ("License-Expression", "License") for line in (about.get_all(key) or [""])[0].splitlines()[:1]
    ]
    classifiers = [text for text in about.get_all("Classifier") or [] if text.startswith("License ::")]
    return " | ".join([*told, *classifiers])


def shipped() -> list[str]:
    return sorted({pin.name for path in LAYERS for pin in pins(path)})


@pytest.mark.parametrize("name", shipped())
def test_what_is_shipped_has_a_permissive_licence(name: str) -> None:
    try:
        licence = licence_of(name)
    except PackageNotFoundError:
        pytest.skip(f"{name} is not needed on this platform")
    assert PERMISSIVE.search(licence), licence
    assert not COPYLEFT.search(licence), licence
