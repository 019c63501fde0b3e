"""Every function: its own name, role, log group and limits; the layers it needs and the environment its settings ask for."""

from __future__ import annotations

from dataclasses import fields
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

from skuflow.platform.settings import names
from tests.architecture.repository import ROOT, doors
from tests.infra.templates import Assembly, Resource

DOORS = [f"{context}/{trigger}" for context, trigger in doors()]
EVERYWHERE = {"SKUFLOW_STAGE", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "LOG_LEVEL"}
SANITISES_HTML = {"catalog/api", "catalog/apply_product_batch"}


def settings_of(door: str) -> type[Any] | None:
    context, trigger = door.split("/")
    if find_spec(f"skuflow.{context}.wiring") is None:
        return None
    found: type[Any] = import_module(f"skuflow.{context}.wiring").SETTINGS[trigger]
    return found


def layer_names(assembly: Assembly, function: Resource) -> set[str]:
    layers = [assembly.target(function.stack, layer) for layer in function.properties["Layers"]]
    return {layer.properties["LayerName"] for layer in layers if layer is not None}


def expected_layers(door: str) -> set[str]:
    context, trigger = door.split("/")
    names_ = {"layer-core", f"domain-{context}"}
    if trigger == "api":
        names_.add("layer-http")
    if door in SANITISES_HTML:
        names_.add("layer-text")
    return {f"skuflow-test-{context}-{name}" for name in names_}


def test_every_folder_is_deployed_and_nothing_else(staging: Assembly) -> None:
    assert set(staging.functions) == set(DOORS)
    assert len(list(staging.all("AWS::Lambda::Function"))) == len(DOORS)


def test_every_function_has_one_infra_file_of_its_own(staging: Assembly) -> None:
    assert all((ROOT / "infra" / f"{door}.py").is_file() for door in staging.functions)


def test_names_follow_context_and_trigger(staging: Assembly) -> None:
    named = {door: function.properties["FunctionName"] for door, function in staging.functions.items()}
    assert named == {door: f"skuflow-test-{door.replace('/', '-').replace('_', '-')}" for door in DOORS}


def test_every_function_runs_python_on_arm_with_limits_and_traces(staging: Assembly) -> None:
    for door, function in staging.functions.items():
        properties = function.properties
        assert properties["Runtime"] == "python3.13", door
        assert properties["Architectures"] == ["arm64"], door
        assert properties["TracingConfig"] == {"Mode": "Active"}, door
        assert 128 < properties["MemorySize"] <= 3008, door
        assert 3 < properties["Timeout"] <= 300, door


def test_http_functions_answer_before_the_gateway_gives_up(staging: Assembly) -> None:
    assert all(f.properties["Timeout"] < 30 for door, f in staging.functions.items() if door.endswith("/api"))


def test_logs_are_json_in_a_group_of_their_own_that_expires(staging: Assembly) -> None:
    groups = set()
    for door, function in staging.functions.items():
        logging = function.properties["LoggingConfig"]
        group = staging.target(function.stack, logging["LogGroup"])
        assert group is not None, door
        assert logging["LogFormat"] == "JSON", door
        assert group.properties["RetentionInDays"] == 30, door
        groups.add(group.where)
    assert len(groups) == len(DOORS)


@pytest.mark.parametrize("door", DOORS)
def test_layers_are_those_the_function_needs(staging: Assembly, door: str) -> None:
    assert layer_names(staging, staging.functions[door]) == expected_layers(door)


@pytest.mark.parametrize("door", DOORS)
def test_the_environment_is_what_the_settings_ask_for(staging: Assembly, door: str) -> None:
    given = set(staging.environment(staging.functions[door]))
    settings = settings_of(door)
    required = set(names(settings)) if settings else set()
    known = {field.name.upper() for field in fields(settings)} if settings else set()
    assert required <= given
    assert given - EVERYWHERE <= known
    assert given >= EVERYWHERE


def test_queue_urls_point_at_the_queues_they_are_named_for(staging: Assembly) -> None:
    expected = {
        ("sync/api", "WORK_QUEUE_URL"): "sync-read-import",
        ("sync/receive_upload", "WORK_QUEUE_URL"): "sync-read-import",
        ("sync/read_import", "WORK_QUEUE_URL"): "sync-read-import",
        ("sync/read_import", "REPORT_QUEUE_URL"): "sync-write-report",
        ("sync/record_batch_outcome", "REPORT_QUEUE_URL"): "sync-write-report",
    }
    for door, function in staging.functions.items():
        for name, value in staging.environment(function).items():
            if not name.endswith("_QUEUE_URL"):
                continue
            queue = staging.target(function.stack, value)
            assert queue is not None, (door, name)
            tail = {"DEAD_LETTER_QUEUE_URL": "-dlq", "REJECTS_QUEUE_URL": "-rejects"}.get(name, "")
            own = door.replace("/", "-").replace("_", "-")
            assert queue.properties["QueueName"] == f"skuflow-test-{expected.get((door, name), own + tail)}"


def test_the_scheduled_function_never_overlaps_itself(staging: Assembly) -> None:
    door = "catalog/release_expired_reservations"
    (schedule,) = staging.all("AWS::Scheduler::Schedule")
    assert staging.target(schedule.stack, schedule.properties["Target"]["Arn"]) == staging.functions[door]
    assert schedule.properties["ScheduleExpression"] == "rate(1 minute)"
    assert staging.functions[door].properties["ReservedConcurrentExecutions"] == 1
    assert staging.functions[door].properties["Timeout"] < 60


def test_only_the_function_that_continues_its_own_work_may_call_itself(staging: Assembly) -> None:
    allowed = {door for door, f in staging.functions.items() if f.properties.get("RecursiveLoop") == "Allow"}
    assert allowed == {"sync/read_import"}
