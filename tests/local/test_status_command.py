"""`skuflow status`: a stage at one glance, and an exit code that says whether to look closer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.local.stage_in_memory import CONSUMER, Stage, stage_in_memory


def present() -> datetime:
    """The real one, which the commands read too; asked for by each test, for the run before it may have taken long."""
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with stage_in_memory(monkeypatch) as found:
        monkeypatch.setattr("local.operations.clients.listed", lambda _aws: [{"client_id": "cli_1"}])
        yield found


def seen(stage: Stage, code: int) -> dict[str, Any]:
    done = stage.skuflow("status", "--json")
    assert done.exit_code == code, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def concerns(stage: Stage) -> list[str]:
    return [one["what"] for one in seen(stage, 4)["needs_a_look"]]


def test_a_quiet_stage_is_healthy(stage: Stage) -> None:
    found = seen(stage, 0)
    assert found["healthy"] is True
    assert found["api"] == "https://api.example"
    assert [one["name"] for one in found["functions"]] == [CONSUMER, "sync-api", "sync-run-due-shops"]
    assert [(one["name"], one["waiting"], one["oldest_seconds"]) for one in found["queues"]] == [(CONSUMER, 0, None)]
    assert found["dead_letters"] == {}
    assert "all is well" in stage.skuflow("status").stdout


def test_dead_letters_need_a_look(stage: Stage) -> None:
    stage.put(f"{CONSUMER}-dlq", "{}")
    found = seen(stage, 4)
    assert found["dead_letters"] == {f"{CONSUMER}-dlq": 1}
    assert found["needs_a_look"] == [
        {"what": f"1 in {CONSUMER}-dlq", "look": f"skuflow dlq show {CONSUMER}-dlq"},
    ]
    assert f"→ skuflow dlq show {CONSUMER}-dlq --stage dev" in stage.skuflow("status").stdout


def test_errors_in_the_log_of_the_last_hour_need_a_look(stage: Stage) -> None:
    now = present()
    stage.say("sync-api", now - timedelta(minutes=5), level="ERROR", message="request failed")
    stage.say("sync-api", now - timedelta(hours=3), level="ERROR", message="long ago")
    stage.say("sync-api", now - timedelta(minutes=5), level="INFO", message="the word ERROR alone is none")
    assert concerns(stage) == ["sync-api: 1 errors logged within the hour"]


def test_what_cloudwatch_measured_is_told(stage: Stage) -> None:
    for name, value in (("Invocations", 9), ("Errors", 2), ("Throttles", 0)):
        measured(stage, "AWS/Lambda", name, {"FunctionName": "skuflow-dev-sync-api"}, value)
    stage.put(CONSUMER, "{}")
    measured(stage, "AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": f"skuflow-dev-{CONSUMER}"}, 2_400)
    found = seen(stage, 4)
    [api] = [one for one in found["functions"] if one["name"] == "sync-api"]
    assert (api["runs"], api["failed"], api["throttled"]) == (9, 2, 0)
    assert found["queues"][0]["oldest_seconds"] == 2_400
    assert [one["what"] for one in found["needs_a_look"]] == [
        f"the oldest message of {CONSUMER} waits for 40 min",
        "sync-api: 2 runs failed within the hour",
    ]


def test_an_open_circuit_needs_a_look_and_a_closed_one_is_only_shown(stage: Stage) -> None:
    now = present()
    retry = now + timedelta(minutes=3)
    circuit(stage, "C#cli_1#SERVICE#shopify#maple.myshopify.com", state="open", failures=3, retry_at=retry)
    circuit(stage, "SERVICE#rates", state="closed", failures=1)
    found = seen(stage, 4)
    assert found["circuits"] == [
        {
            "service": "shopify",
            "client": "cli_1",
            "account": "maple.myshopify.com",
            "state": "open",
            "failures": 3,
            "retry_at": retry.isoformat(timespec="seconds"),
        },
        {"service": "rates", "client": "", "account": "", "state": "closed", "failures": 1, "retry_at": ""},
    ]
    [concern] = found["needs_a_look"]
    assert concern["what"].startswith("the circuit of shopify for maple.myshopify.com is open until ")


def test_a_circuit_whose_time_has_come_is_half_open(stage: Stage) -> None:
    now = present()
    circuit(stage, "SERVICE#rates", state="open", failures=5, retry_at=now - timedelta(minutes=1))
    assert seen(stage, 4)["circuits"][0]["state"] == "half_open"


def test_a_schedule_that_is_late_or_off_needs_a_look(stage: Stage) -> None:
    now = present()
    schedule(stage, "sync-run-due-shops", "ENABLED")
    stage.say("sync-run-due-shops", now - timedelta(minutes=1), message="shops due")
    [found] = seen(stage, 0)["schedules"]
    assert (found["name"], found["enabled"], found["is_late"]) == ("sync-run-due-shops", True, False)
    assert found["last_run"] == (now - timedelta(minutes=1)).isoformat(timespec="seconds")
    schedule(stage, "sync-api", "DISABLED")
    assert concerns(stage) == ["the schedule sync-api is switched off"]


def test_the_last_imports_and_shop_runs_are_shown_and_failed_ones_need_a_look(stage: Stage) -> None:
    why = {"code": "unreadable", "detail": "the file is gone", "remedy": ""}
    run(
        stage,
        "imp_1",
        "IMPORTS",
        "2026-01-31T10:00:00Z",
        import_id="imp_1",
        file_name="a.csv",
        status="failed",
        failure=why,
    )
    put(stage, "C#cli_1#SHOP#maple", "SHOP", ("C#cli_1#SHOPS", "maple"), {})
    run(
        stage,
        "run_1",
        "SHOP#maple#RUNS",
        "2026-01-31T11:00:00Z",
        run_id="run_1",
        shop="maple",
        kind="nightly",
        status="reading",
    )
    found = seen(stage, 4)
    assert [(one["run_id"], one["kind"], one["what"], one["status"]) for one in found["runs"]] == [
        ("run_1", "shop run, nightly", "maple", "reading"),
        ("imp_1", "import", "a.csv", "failed"),
    ]
    assert [one["what"] for one in found["needs_a_look"]] == ["import imp_1 failed: unreadable: the file is gone"]


def test_what_cannot_be_read_is_told_and_the_rest_is_shown(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "x"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
        ("AWS_DEFAULT_REGION", "ca-central-1"),
    ):
        monkeypatch.setenv(name, value)
    found = seen(stage, 4)
    assert len(found["functions"]) == 3
    [concern] = found["needs_a_look"]
    assert concern["what"].startswith("last runs could not be read: there is no function skuflow-dev-access-administer")


def measured(stage: Stage, namespace: str, name: str, dimensions: dict[str, str], value: float) -> None:
    told = [{"Name": key, "Value": text} for key, text in dimensions.items()]
    data = [{"MetricName": name, "Dimensions": told, "Value": value, "Timestamp": present() - timedelta(minutes=6)}]
    stage.aws.cloudwatch.put_metric_data(Namespace=namespace, MetricData=data)


def circuit(stage: Stage, pk: str, *, state: str, failures: int, retry_at: datetime | None = None) -> None:
    item: dict[str, Any] = {
        "pk": {"S": pk},
        "sk": {"S": "CIRCUIT"},
        "state": {"S": state},
        "failures": {"N": str(failures)},
    }
    if retry_at:
        item["retry_at"] = {"N": str(round(retry_at.timestamp() * 1000))}
    stage.aws.dynamodb.put_item(TableName="skuflow-dev-outbound", Item=item)


def schedule(stage: Stage, function: str, state: str) -> None:
    arn = f"arn:aws:lambda:ca-central-1:123456789012:function:skuflow-dev-{function}"
    stage.aws.schedules.create_schedule(
        Name=f"skuflow-dev-{function}",
        ScheduleExpression="rate(1 minute)",
        FlexibleTimeWindow={"Mode": "OFF"},
        State=state,
        Target={"Arn": arn, "RoleArn": "arn:aws:iam::123456789012:role/role"},
    )


def run(stage: Stage, name: str, listing: str, at: str, **document: Any) -> None:
    told = {"created_at": at, "updated_at": at, **document}
    sk = "IMPORT" if name.startswith("imp_") else "RUN"
    put(stage, f"C#cli_1#IMPORT#{name}", sk, (f"C#cli_1#{listing}", f"{at}#{name}"), told)


def put(stage: Stage, pk: str, sk: str, listing: tuple[str, str], document: dict[str, Any]) -> None:
    named = {"pk": pk, "sk": sk, "listing_pk": listing[0], "listing_sk": listing[1], "doc": json.dumps(document)}
    stage.aws.dynamodb.put_item(TableName="skuflow-dev-sync", Item={name: {"S": text} for name, text in named.items()})
