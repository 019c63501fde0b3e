"""Reads what the CDK wrote: stacks in the order in which they depend on each other, templates, file assets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.problems import LocalProblem

Template = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asset:
    """A file or folder to upload. `bucket` and `key` are where the templates look for it; `zipped` tells a folder."""

    bucket: str
    key: str
    source: Path
    zipped: bool


@dataclass(frozen=True, slots=True)
class Stack:
    """`region` is where the CDK means to deploy it."""

    name: str
    region: str
    template: Template


@dataclass(frozen=True, slots=True)
class Assembly:
    stacks: tuple[Stack, ...]
    assets: tuple[Asset, ...]


def read(folder: Path) -> Assembly:
    """The cloud assembly in `folder`."""
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise LocalProblem(f"{folder} is no synthesised CDK app", f"delete {folder.parent} and run again")
    artifacts: dict[str, Any] = json.loads(manifest.read_text())["artifacts"]
    stacks = [
        _stack(folder, name, artifacts[name])
        for name in _in_order(artifacts)
        if artifacts[name]["type"] == "aws:cloudformation:stack"
    ]
    assets = {
        (asset.bucket, asset.key): asset
        for artifact in artifacts.values()
        if artifact["type"] == "cdk:asset-manifest"
        for asset in _assets(folder, artifact["properties"]["file"])
    }
    return Assembly(tuple(stacks), tuple(assets.values()))


def _in_order(artifacts: Mapping[str, Any]) -> list[str]:
    ordered: list[str] = []

    def visit(name: str) -> None:
        if name in ordered or name not in artifacts:
            return
        for dependency in artifacts[name].get("dependencies", ()):
            visit(dependency)
        ordered.append(name)

    for name in artifacts:
        visit(name)
    return ordered


def _stack(folder: Path, artifact: str, description: Mapping[str, Any]) -> Stack:
    properties = description["properties"]
    region = description["environment"].rsplit("/", 1)[1]
    template = json.loads((folder / properties["templateFile"]).read_text())
    return Stack(properties.get("stackName", artifact), region, template)


def _assets(folder: Path, manifest: str) -> list[Asset]:
    listed = json.loads((folder / manifest).read_text())["files"]
    return [
        Asset(
            bucket=destination["bucketName"],
            key=destination["objectKey"],
            source=folder / entry["source"]["path"],
            zipped=entry["source"]["packaging"] == "zip",
        )
        for entry in listed.values()
        # A template travels as an asset too; ours is adapted and uploaded under its own name.
        if not entry["source"]["path"].endswith(".template.json")
        for destination in entry["destinations"].values()
    ]
