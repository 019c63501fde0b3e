"""Contracts, schemas, examples and the main branch's schemas agree."""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict, fields
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from skuflow.platform.consumer import Message, bus_event, payload
from tests.architecture.event_schemas import EVENTS, ROOT, Contract, consumers, contracts, readme, schema, text

EVERY = list(contracts())
NAMED = pytest.mark.parametrize("contract", EVERY, ids=lambda contract: contract.title)


@NAMED
def test_the_schema_is_what_the_contract_says(contract: Contract) -> None:
    """Mend with `make events`."""
    assert contract.schema_path.read_text(encoding="utf-8") == text(schema(contract))


def test_the_readme_is_what_contracts_and_infrastructure_say() -> None:
    """Mend with `make events`."""
    assert (EVENTS / "README.md").read_text(encoding="utf-8") == readme()


def test_no_schema_or_example_is_left_over() -> None:
    kept = {path for one in EVERY for path in (one.schema_path, one.example_path)}
    contexts = {one.context for one in EVERY}
    assert {path for context in contexts for path in (EVENTS / context).iterdir()} == kept


@NAMED
def test_the_schema_is_a_schema(contract: Contract) -> None:
    Draft202012Validator.check_schema(schema(contract))


@NAMED
def test_the_example_is_valid_and_reads_as_the_contract(contract: Contract) -> None:
    example = contract.example_path.read_text(encoding="utf-8")
    Draft202012Validator(schema(contract)).validate(json.loads(example))
    event = bus_event(Message("m-1", example))
    assert (event.source, event.name, event.schema_version) == (contract.source, contract.name, contract.version)
    data = payload(event, contract.payload, version=contract.version)
    assert json.loads(msgspec.json.encode(data)) == event.data, (
        "the example leaves out a field, or has one that nobody reads"
    )


@NAMED
def test_a_field_that_a_reader_does_not_know_is_dropped(contract: Contract) -> None:
    example = json.loads(contract.example_path.read_text(encoding="utf-8"))
    example["detail"]["data"]["added_tomorrow"] = {"deep": [1]}
    example["detail"]["added_tomorrow"] = True
    Draft202012Validator(schema(contract)).validate(example)
    event = bus_event(Message("m-1", json.dumps(example)))
    assert set(asdict(payload(event, contract.payload, version=contract.version))) == {
        field.name for field in fields(contract.payload)
    }


def test_every_event_is_published_by_the_context_that_its_source_names() -> None:
    assert all(one.source == f"skuflow.{one.context}" for one in EVERY)


def test_nobody_listens_for_what_nobody_says() -> None:
    assert set(consumers()) <= {(one.source, one.name) for one in EVERY}


def breaking_changes(old: Any, new: Any, where: str = "") -> list[str]:
    """What a reader that was written for `old` could stumble over in `new`, or a reader for `new` over a stored `old`."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return [] if old == new else [f"{where}: {old!r} became {new!r}"]
    faults: list[str] = []
    if set(old.get("required", [])) != set(new.get("required", [])):
        faults.append(f"{where}: the required fields changed")
    for name in sorted((set(old) | set(new)) - {"title", "description", "required", "$id", "properties", "$defs"}):
        faults += breaking_changes(old.get(name), new.get(name), f"{where}/{name}")
    for group in ("properties", "$defs"):
        for name, kept in old.get(group, {}).items():
            if name not in new.get(group, {}):
                faults.append(f"{where}/{name}: is gone")
            else:
                faults += breaking_changes(kept, new[group][name], f"{where}/{name}")
    return faults


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def test_no_schema_of_the_main_branch_is_broken() -> None:
    known = (ref for ref in ("origin/main", "HEAD") if _git("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}"))
    main = next(known, None)
    if main is None:
        pytest.skip("there is no git history to compare with")
    listed = _git("ls-tree", "-r", "--name-only", main, "events") or ""
    faults: list[str] = []
    for name in (line for line in listed.splitlines() if line.endswith(".schema.json")):
        old = _git("show", f"{main}:{name}")
        assert old is not None
        here = ROOT / name
        if not here.exists():
            faults.append(f"{name}: is gone")
        else:
            faults += breaking_changes(json.loads(old), json.loads(here.read_text(encoding="utf-8")), name)
    assert not faults, "add optional fields, or publish a new version beside the old:\n" + "\n".join(faults)


def _changed(change: Any) -> list[str]:
    old = schema(next(one for one in EVERY if one.name == "ProductBatchApplied"))
    new = json.loads(json.dumps(old))
    change(new["properties"]["detail"]["properties"]["data"], new["$defs"]["RejectedRows"])
    return breaking_changes(old, new)


@pytest.mark.parametrize(
    "change",
    [
        lambda data, _rows: data["properties"].pop("batch"),
        lambda data, _rows: data["properties"]["batch"].update(type="string"),
        lambda data, _rows: data["required"].remove("batch"),
        lambda data, _rows: data["required"].append("rejected"),
        lambda data, _rows: data.update(additionalProperties=False),
        lambda _data, rows: rows["properties"].pop("hint"),
        lambda _data, rows: rows["properties"]["lines"]["items"].update(type="number"),
        lambda _data, rows: rows["properties"]["field"].update(maxLength=3),
    ],
)
def test_a_breaking_change_is_seen(change: Any) -> None:
    assert _changed(change)


@pytest.mark.parametrize(
    "change",
    [
        lambda data, _rows: data["properties"].update(note={"type": "string", "default": ""}),
        lambda data, _rows: data.update(description="better words"),
        lambda _data, rows: rows["properties"].update(severity={"type": "string", "default": "error"}),
    ],
)
def test_an_added_optional_field_breaks_nothing(change: Any) -> None:
    assert _changed(change) == []
