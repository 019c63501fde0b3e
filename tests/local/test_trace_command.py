"""`skuflow trace` and `skuflow logs`: what functions said, put together."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.local.stage_in_memory import CONSUMER, Stage, stage_in_memory

BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)
FLOW = {"correlation_id": "corr-1", "client_id": "cli_1"}


def after(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """An import that was announced, read and applied; the log of a client who watched it; and another import."""
    with stage_in_memory(monkeypatch) as found:
        call = {**FLOW, "causation_id": "corr-1", "request_id": "r-1"}
        found.say("sync-api", BEGAN, message="answered", method="POST", path="/v1/imports", status=201, **call)
        found.ended("sync-api", after(1), "r-1", 42.5)
        told = {**FLOW, "causation_id": "evt_1", "request_id": "r-2", "message_id": "m-1", "import_id": "imp_1"}
        found.say(CONSUMER, after(5), message="batch applied", batch=1, **told)
        found.ended(CONSUMER, after(6), "r-2", 1200)
        for number in range(7):
            seen = {"correlation_id": f"look-{number}", "request_id": f"l-{number}", "path": "/v1/imports/imp_1"}
            found.say(
                "sync-api", after(number), message="answered", method="GET", status=200, client_id="cli_1", **seen
            )
        other = {"correlation_id": "corr-2", "client_id": "cli_2", "import_id": "imp_2", "request_id": "r-9"}
        found.say("sync-api", after(7), message="the import failed", **{**other, "level": "ERROR"})
        found.archive("ProductBatchReady", "evt_1", after(2), correlation_id="corr-1", causation_id="corr-1")
        yield found


def traced(stage: Stage, *arguments: str) -> dict[str, Any]:
    done = stage.skuflow("trace", *arguments, "--json")
    assert done.exit_code in (0, 4), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("asked", ["corr-1", "imp_1", "evt_1", "r-2"])
def test_any_id_of_a_flow_leads_to_all_of_it(stage: Stage, asked: str) -> None:
    found = traced(stage, asked)
    assert found["correlation_ids"] == ["corr-1"]
    assert [(step["function"], step["outcome"], step["duration_ms"]) for step in found["steps"]] == [
        ("sync-api", "ok", 42.5),
        (CONSUMER, "ok", 1200.0),
    ]
    assert found["events"] is None
    assert found["missing"] == [
        "the events between the steps: --events reads them from the bus archive, which takes minutes"
    ]


def test_events_of_the_archive_join_what_they_caused_to_what_caused_them(stage: Stage) -> None:
    found = traced(stage, "imp_1", "--events")
    assert found["tree"] == [
        {"depth": 0, "what": "sync-api: ok"},
        {"depth": 1, "what": "ProductBatchReady evt_1"},
        {"depth": 2, "what": f"{CONSUMER}: ok"},
    ]
    assert found["missing"] == []


def test_many_events_alike_are_one_line(stage: Stage) -> None:
    for number in range(16):
        stage.archive("ProductAdded", f"evt_p{number}", after(4), correlation_id="corr-1", causation_id="evt_1")
    assert {"depth": 2, "what": "ProductAdded ×16"} in traced(stage, "corr-1", "--events")["tree"]


def test_it_tells_what_is_missing(stage: Stage) -> None:
    stage.archive("ProductBatchReady", "evt_2", after(3), correlation_id="corr-1", causation_id="evt_0")
    begun = {**FLOW, "causation_id": "evt_2", "request_id": "r-5"}
    stage.say("sync-run-due-shops", after(8), message="begun", **begun)
    assert traced(stage, "corr-1", "--events")["missing"] == [
        "what caused ProductBatchReady, evt_0: older than what was read, or not on the bus",
        "the end of sync-run-due-shops (r-5): it still runs, or it was stopped",
        f"a word of {CONSUMER} about 1 ProductBatchReady, such as evt_2",
    ]


def test_a_run_by_the_clock_is_found_by_its_request_id_though_it_belongs_to_nothing(stage: Stage) -> None:
    stage.say("sync-run-due-shops", after(9), message="shops due", request_id="r-clock", asked=0)
    stage.ended("sync-run-due-shops", after(10), "r-clock", 49)
    found = traced(stage, "r-clock")
    assert found["correlation_ids"] == []
    assert [(step["function"], step["duration_ms"]) for step in found["steps"]] == [("sync-run-due-shops", 49.0)]


def test_a_flow_in_which_something_went_wrong_ends_with_4(stage: Stage) -> None:
    done = stage.skuflow("trace", "imp_2")
    assert done.exit_code == 4
    assert "failed the import failed import_id=imp_2" in done.stdout


@pytest.mark.parametrize(
    ("said", "outcome", "code"),
    [
        ({"message": "message put aside", "level": "ERROR", "reason": "malformed: x"}, "put aside", 4),
        ({"message": "message put back", "level": "WARNING"}, "put back", 0),
        ({"message": "answered", "method": "GET", "path": "/x", "status": 404}, "refused", 0),
        ({"message": "answered", "method": "GET", "path": "/x", "status": 500}, "failed", 4),
    ],
)
def test_a_step_tells_how_it_ended(stage: Stage, said: dict[str, Any], outcome: str, code: int) -> None:
    stage.say(CONSUMER, after(9), **said, correlation_id="corr-7", request_id="r-7")
    done = stage.skuflow("trace", "corr-7", "--json")
    assert done.exit_code == code
    assert [step["outcome"] for step in json.loads(done.stdout)["steps"]] == [outcome]


def test_an_id_of_too_many_flows_is_answered_with_some_of_them(stage: Stage) -> None:
    done = stage.skuflow("trace", "cli_1")
    assert done.exit_code == 1
    assert "cli_1 belongs to 8 requests or webhooks" in done.stderr


def test_an_id_that_nobody_has_spoken_of_is_not_found(stage: Stage) -> None:
    done = stage.skuflow("trace", "imp_9", "--since", "2h")
    assert done.exit_code == 1
    assert "nothing was said about imp_9" in done.stderr
    assert "look further back" in done.stderr


def test_an_id_that_would_mean_something_to_a_pattern_is_refused(stage: Stage) -> None:
    assert stage.skuflow("trace", 'x" "y').exit_code == 2


def lines(stage: Stage, *arguments: str) -> list[str]:
    done = stage.skuflow("logs", "--json", "--since", "1h", *arguments)
    assert done.exit_code == 0, done.stderr
    return [f"{one['function']} {one['message']}" for one in map(json.loads, done.stdout.splitlines())]


def test_logs_of_all_functions_come_in_order_without_lambdas_own(stage: Stage) -> None:
    found = lines(stage)
    assert len(found) == 10
    assert found[-1] == "sync-api the import failed"


def test_logs_are_chosen_by_function_client_flow_and_level(stage: Stage) -> None:
    assert lines(stage, "--function", "catalog/apply_product_batch") == [f"{CONSUMER} batch applied"]
    assert lines(stage, "--client", "cli_2") == ["sync-api the import failed"]
    assert lines(stage, "--correlation-id", "corr-1") == ["sync-api answered", f"{CONSUMER} batch applied"]
    assert lines(stage, "--level", "warning") == ["sync-api the import failed"]


def test_a_level_that_is_none_is_wrong_usage(stage: Stage) -> None:
    done = stage.skuflow("logs", "--level", "loud")
    assert done.exit_code == 2
    assert "choose one of debug, info" in done.stderr
