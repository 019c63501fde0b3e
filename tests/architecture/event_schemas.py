"""Writes `events/<context>/<Name>.v<version>.schema.json` and `events/README.md` from the contracts: `make events`."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

import skuflow.contracts

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "events"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MILLISECONDS = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$"


@dataclass(frozen=True, slots=True)
class Contract:
    """One event in one version: who publishes it, and the dataclass of its `data`."""

    context: str
    source: str
    name: str
    version: int
    payload: type

    @property
    def title(self) -> str:
        return f"{self.name}.v{self.version}"

    @property
    def schema_path(self) -> Path:
        return EVENTS / self.context / f"{self.title}.schema.json"

    @property
    def example_path(self) -> Path:
        return EVENTS / self.context / f"{self.title}.example.json"


def contracts() -> Iterator[Contract]:
    """Every event of every publishing context, in order of context, name and version."""
    for found in sorted(pkgutil.iter_modules(skuflow.contracts.__path__), key=lambda one: one.name):
        module = importlib.import_module(f"skuflow.contracts.{found.name}")
        for (name, version), payload in sorted(module.EVENTS.items()):
            yield Contract(found.name, module.SOURCE, name, version, payload)


def schema(contract: Contract) -> dict[str, Any]:
    """The JSON Schema of the event as EventBridge delivers it. Unknown fields pass: consumers read tolerantly."""
    data = TypeAdapter(contract.payload).json_schema(ref_template="#/$defs/{model}")
    shared = data.pop("$defs", {})
    return {
        "$schema": DIALECT,
        "$id": f"{contract.source}/{contract.title}",
        "title": contract.title,
        "type": "object",
        "required": ["source", "detail-type", "detail"],
        "properties": {
            "source": {"const": contract.source},
            "detail-type": {"const": contract.name},
            "detail": _envelope(contract, data),
        },
        **({"$defs": {name: shared[name] for name in sorted(shared)}} if shared else {}),
    }


def _envelope(contract: Contract, data: dict[str, Any]) -> dict[str, Any]:
    properties = {
        "event_id": {"type": "string", "pattern": "^evt_[0-9a-f]{32}$", "description": "The same for every repeat."},
        "occurred_at": {"type": "string", "pattern": _MILLISECONDS, "description": "UTC, to the millisecond."},
        "client_id": {"type": "string", "pattern": "^cli_[0-9a-z]{8,40}$"},
        "schema_version": {"const": contract.version},
        "correlation_id": {"type": "string", "description": "The request or webhook that began it all."},
        "causation_id": {"type": "string", "description": "The event or call just before."},
        "data": data,
    }
    return {"type": "object", "required": list(properties), "properties": properties}


def text(content: Any) -> str:
    """`content` as it is kept in a file."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def readme() -> str:
    """`events/README.md`: which event is whose, and who listens."""
    listeners = consumers()
    rows = [
        f"| `{one.name}` | {one.version} | `{one.source}` | {', '.join(listeners.get((one.source, one.name), [])) or '—'} "
        f"| [schema]({one.context}/{one.schema_path.name}) · [example]({one.context}/{one.example_path.name}) |"
        for one in contracts()
    ]
    return "\n".join([*_PREFACE, *rows, *_EPILOGUE, ""])


def consumers() -> dict[tuple[str, str], list[str]]:
    """(source, event) → the functions whose queues receive it, as the infrastructure's files say."""
    found: dict[tuple[str, str], list[str]] = {}
    for file in sorted((ROOT / "infra").glob("*/*.py")):
        for source, name in _received(ast.parse(file.read_text(encoding="utf-8"))):
            found.setdefault((source, name), []).append(f"`{file.parent.name}/{file.stem}`")
    return found


def _received(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """The arguments of every `….receive_events(bus, source=…, names=[…])`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "receive_events":
            given = {keyword.arg: ast.literal_eval(keyword.value) for keyword in node.keywords}
            yield from ((given["source"], name) for name in given["names"])


_PREFACE = [
    "# Events",
    "",
    "What the contexts tell each other, over one EventBridge bus. This page and the schemas are written by `make events` from",
    "`skuflow.contracts`; a test fails when they are not up to date, when an example does not match its schema, or when a schema",
    "has changed in a way that would break a reader of the main branch's version.",
    "",
    "An event is a fact in the past tense. Each schema describes it as EventBridge delivers it: `source`, `detail-type` and, in",
    "`detail`, the envelope around `data`. Delivery is at least once and in order per aggregate up to the bus; `event_id` is",
    "derived from what happened, so a repeat keeps it. Fields are added, never changed or removed: a new meaning is a new version.",
    "",
    "| Event | Version | Publisher | Consumers | |",
    "| --- | --- | --- | --- | --- |",
]
_EPILOGUE = [
    "",
    "`aws/` holds what AWS calls our functions with, one sample per kind of trigger; tests and `skuflow invoke` use them.",
]


def write() -> None:
    for contract in contracts():
        contract.schema_path.parent.mkdir(parents=True, exist_ok=True)
        contract.schema_path.write_text(text(schema(contract)), encoding="utf-8")
    (EVENTS / "README.md").write_text(readme(), encoding="utf-8")


if __name__ == "__main__":
    write()
