"""The synthesised templates as something to ask questions of: resources by kind, references followed across stacks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Resource:
    stack: str
    logical_id: str
    body: Mapping[str, Any]

    @property
    def type(self) -> str:
        return str(self.body["Type"])

    @property
    def properties(self) -> Mapping[str, Any]:
        return self.body.get("Properties", {})

    @property
    def context(self) -> str:
        """`catalog` of the stacks skuflow-<stage>-catalog and skuflow-<stage>-catalog-data."""
        return self.stack.removesuffix("-data").rpartition("-")[2]

    @property
    def where(self) -> str:
        return f"{self.stack}/{self.logical_id}"

    @property
    def retained(self) -> bool:
        return self.body.get("DeletionPolicy") == "Retain" and self.body.get("UpdateReplacePolicy") == "Retain"


@dataclass(frozen=True)
class Statement:
    """One statement of a role's policy."""

    actions: tuple[str, ...]
    resources: tuple[Any, ...]


class Assembly:
    """A cloud assembly on disk. `faults` and `accepted` are cdk-nag's findings: those left, and those with a reason."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.manifest = json.loads((directory / "manifest.json").read_text())
        self.stacks = {
            name: artifact
            for name, artifact in self.manifest["artifacts"].items()
            if artifact["type"] == "aws:cloudformation:stack"
        }
        self.templates: dict[str, Any] = {
            name: json.loads((directory / artifact["properties"]["templateFile"]).read_text())
            for name, artifact in self.stacks.items()
        }

    def all(self, *types: str) -> Iterator[Resource]:
        for stack, template in self.templates.items():
            for logical_id, body in template["Resources"].items():
                if not types or body["Type"] in types:
                    yield Resource(stack, logical_id, body)

    @cached_property
    def functions(self) -> dict[str, Resource]:
        """`<context>/<trigger>` -> function, by the handler that it names."""
        found = {}
        for function in self.all("AWS::Lambda::Function"):
            _, context, trigger, *_ = function.properties["Handler"].split(".")
            found[f"{context}/{trigger}"] = function
        return found

    def resource(self, stack: str, logical_id: str) -> Resource:
        return Resource(stack, logical_id, self.templates[stack]["Resources"][logical_id])

    def target(self, stack: str, value: Any) -> Resource | None:
        """The resource that `value`, found in a template of `stack`, refers to; None if it is a literal."""
        match value:
            case {"Ref": logical_id} | {"Fn::GetAtt": [logical_id, *_]}:
                return self.resource(stack, logical_id) if logical_id in self.templates[stack]["Resources"] else None
            case {"Fn::ImportValue": name}:
                owner, exported = self._exports[name]
                return self.target(owner, exported)
            case _:
                return None

    def text(self, stack: str, value: Any) -> str:
        """`value` as one text, every reference in it written `<logical id>`; the stack's region by its name."""
        match value:
            case str():
                return value
            case {"Ref": "AWS::Region"}:
                return self.region_of(stack)
            case {"Fn::Join": [separator, parts]}:
                return str(separator).join(self.text(stack, part) for part in parts)
            case _:
                target = self.target(stack, value)
                return f"<{target.logical_id}>" if target else json.dumps(value)

    def region_of(self, stack: str) -> str:
        return str(self.stacks[stack]["environment"]).rpartition("/")[2]

    def role_of(self, function: Resource) -> Resource:
        role = self.target(function.stack, function.properties["Role"])
        assert role is not None
        return role

    def statements(self, role: Resource) -> Iterator[Statement]:
        for policy in self.all("AWS::IAM::Policy"):
            if any(self.target(policy.stack, attached) == role for attached in policy.properties["Roles"]):
                for statement in policy.properties["PolicyDocument"]["Statement"]:
                    assert statement["Effect"] == "Allow"
                    yield Statement(_tuple(statement["Action"]), _tuple(statement["Resource"]))

    def referred(self, stack: str, value: Any) -> Iterator[Resource]:
        """Every resource that `value`, found in a template of `stack`, refers to, however deep."""
        target = self.target(stack, value)
        if target is not None:
            yield target
        elif isinstance(value, dict | list):
            for part in value.values() if isinstance(value, dict) else value:
                yield from self.referred(stack, part)

    def changed(self, edit: Callable[[dict[str, Any]], None]) -> Assembly:
        """A copy whose templates `edit` has changed, as somebody's mistake might."""
        other = Assembly(self.directory)
        edit(other.templates)
        return other

    def environment(self, function: Resource) -> Mapping[str, Any]:
        return function.properties["Environment"]["Variables"]

    def sources(self, *, of: str) -> Iterator[tuple[Resource, Resource, Resource]]:
        """(event source mapping, function, source) for all sources of the resource type `of`."""
        for mapping in self.all("AWS::Lambda::EventSourceMapping"):
            function = self.target(mapping.stack, mapping.properties["FunctionName"])
            source = self.target(mapping.stack, mapping.properties["EventSourceArn"])
            assert function is not None
            assert source is not None
            if source.type == of:
                yield mapping, function, source

    @property
    def faults(self) -> list[str]:
        return [
            f"{v['ruleName']} {c['constructPath']}"
            for v in self._findings("violations")
            for c in v["violatingConstructs"]
        ]

    @property
    def accepted(self) -> list[tuple[str, str]]:
        """(rule, reason)"""
        return [(finding["ruleName"], finding["reason"]) for finding in self._findings("suppressedViolations")]

    @cached_property
    def _exports(self) -> dict[str, tuple[str, Any]]:
        return {
            output["Export"]["Name"]: (stack, output["Value"])
            for stack, template in self.templates.items()
            for output in template.get("Outputs", {}).values()
            if "Export" in output
        }

    def _findings(self, kind: str) -> list[Any]:
        report = json.loads((self.directory / "validation-report.json").read_text())
        return [finding for plugin in report["pluginReports"] for finding in plugin.get(kind, [])]


def _tuple(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list) else (value,)
