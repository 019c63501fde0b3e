"""The deep health check: what it asks, what it says, how long it waits, whom it answers."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from functions.platform.check_health.handler import handle
from skuflow.platform import wiring
from skuflow.platform.aws import client
from skuflow.platform.health import Finding, HealthDeps, Named
from skuflow.platform.outbound.calls import Service
from skuflow.platform.outbound.circuits import DynamoCircuits
from skuflow.platform.outbound.state import OutboundItem
from skuflow.platform.table import bind
from tests.doubles import START
from tests.http import Answer, Api
from tests.tables import create_table

SHOPIFY = Service("shopify", failures=1, open_for=300)
OPERATOR = "platform:read"


@pytest.fixture
def stage(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts of a small stage."""
    for name, value in {
        "SKUFLOW_STAGE": "test",
        "EVENT_BUS": "skuflow-test",
        "OUTBOUND_TABLE": "skuflow-test-outbound",
        "TABLES": "catalog outbound",
        "QUEUES": "sync-read-import",
        "DEAD_LETTER_QUEUES": "sync-read-import-dlq",
        "PROVIDERS": "shopify shopify_files",
    }.items():
        monkeypatch.setenv(name, value)
    for table in ("catalog", "outbound"):
        create_table(table)
    client("events").create_event_bus(Name="skuflow-test")
    for queue in ("sync-read-import", "sync-read-import-dlq"):
        client("sqs").create_queue(QueueName=f"skuflow-test-{queue}")


def ask(deps: HealthDeps | None = None, **how: Any) -> Answer:
    how.setdefault("scopes", OPERATOR)
    return Api(handle, deps or wiring.build_check_health()).call("GET", "/health/deep", **how)


def check(answer: Answer, kind: str, name: str) -> dict[str, Any]:
    (found,) = (one for one in answer.body["checks"] if (one["kind"], one["name"]) == (kind, name))
    return dict(found)


def circuits() -> DynamoCircuits:
    return DynamoCircuits(bind(OutboundItem, "skuflow-test-outbound"), lambda: START)


def fail_once(credential: str) -> None:
    made = circuits()
    made.settle(made.admit(SHOPIFY, credential, lease_seconds=10), "failed")


def queue_url(name: str) -> str:
    return client("sqs").get_queue_url(QueueName=f"skuflow-test-{name}")["QueueUrl"]


def test_all_that_there_is_is_asked_and_answers(stage: None) -> None:
    answer = ask()
    assert (answer.status, answer.body["status"]) == (200, "ok")
    asked = [(one["kind"], one["name"]) for one in answer.body["checks"]]
    assert asked == [
        *(("table", "catalog"), ("table", "outbound"), ("bus", "skuflow-test")),
        *(("queue", "sync-read-import"), ("queue", "sync-read-import-dlq")),
        *(("circuit", "shopify"), ("circuit", "shopify_files")),
    ]


def test_work_that_waits_is_counted_and_no_reason_to_worry(stage: None) -> None:
    client("sqs").send_message(QueueUrl=queue_url("sync-read-import"), MessageBody="work")
    answer = ask()
    assert answer.body["status"] == "ok"
    assert check(answer, "queue", "sync-read-import")["figures"] == {"waiting": 1}


def test_what_was_given_up_is_a_reason_to_look(stage: None) -> None:
    client("sqs").send_message(QueueUrl=queue_url("sync-read-import-dlq"), MessageBody="given up")
    answer = ask()
    assert (answer.status, answer.body["status"]) == (200, "degraded")
    assert check(answer, "queue", "sync-read-import-dlq")["status"] == "degraded"


def test_circuits_are_counted_by_service_and_state_and_name_no_client(stage: None) -> None:
    credentials = [f"cli_{n:016}#shop{n}.myshopify.com" for n in range(3)]
    fail_once(credentials[0])
    for credential in credentials[1:]:
        made = circuits()
        made.settle(made.admit(Service("shopify", failures=9), credential, lease_seconds=10), "failed")
    deps = wiring.build_check_health()
    answer = ask(deps)
    assert (answer.status, answer.body["status"]) == (200, "degraded")
    assert check(answer, "circuit", "shopify")["figures"]["closed"] == 2
    assert check(answer, "circuit", "shopify_files")["figures"] == {"closed": 0, "open": 0, "half_open": 0}
    assert "cli_" not in str(answer.body)
    assert "myshopify" not in str(answer.body)


@pytest.mark.parametrize(("later", "state"), [(1, "open"), (301, "half_open")])
def test_an_open_circuit_is_half_open_once_a_probe_may_go_out(
    stage: None, monkeypatch: pytest.MonkeyPatch, later: int, state: str
) -> None:
    fail_once("")
    monkeypatch.setattr(wiring, "utc_now", lambda: START + timedelta(seconds=later))
    assert check(ask(), "circuit", "shopify")["figures"][state] == 1


@pytest.mark.parametrize(
    ("kind", "name", "reason"),
    [
        ("table", "catalog", "ResourceNotFoundException"),
        ("queue", "sync-read-import", "NonExistentQueue"),
        ("bus", "skuflow-test", "ResourceNotFoundException"),
    ],
)
def test_what_does_not_answer_is_named_with_the_class_of_its_failure(
    stage: None, kind: str, name: str, reason: str
) -> None:
    deps = wiring.build_check_health()
    if kind == "table":
        client("dynamodb").delete_table(TableName="skuflow-test-catalog")
    elif kind == "queue":
        client("sqs").delete_queue(QueueUrl=queue_url("sync-read-import"))
    else:
        client("events").delete_event_bus(Name="skuflow-test")
    answer = ask(deps)
    assert (answer.status, answer.body["code"]) == (503, "unavailable")
    (fault,) = answer.body["errors"]
    assert fault["field"] == f"{kind} {name}"
    assert reason in fault["message"]
    assert "123456789012" not in str(answer.body)


def test_what_hangs_is_given_up_and_the_others_are_told(stage: None) -> None:
    released = threading.Event()

    def hang() -> Finding:
        released.wait(30)
        return Finding("table", "stuck", "ok")

    built = wiring.build_check_health()
    try:
        answer = ask(
            HealthDeps([*built.probes, Named("table", "stuck", hang)], built.seconds, built.clock, patience=2.0)
        )
    finally:
        released.set()
    assert answer.status == 503
    assert [fault["field"] for fault in answer.body["errors"]] == ["table stuck"]
    assert answer.body["errors"][0]["message"].startswith("no answer within 2 s")


def test_a_message_of_another_party_is_never_told(stage: None) -> None:
    def shout() -> Finding:
        raise RuntimeError("password=hunter2")

    built = wiring.build_check_health()
    answer = ask(HealthDeps([Named("bus", "loud", shout)], built.seconds, built.clock))
    assert answer.status == 503
    assert "hunter2" not in str(answer.body)
    assert "RuntimeError" in answer.body["errors"][0]["message"]


def test_a_table_that_is_going_or_has_lost_its_key_is_failing(stage: None) -> None:
    class Table:
        def describe_table(self, **_: Any) -> dict[str, Any]:
            return {"Table": {"TableStatus": "INACCESSIBLE_ENCRYPTION_CREDENTIALS"}}

    from skuflow.platform.health import table_probe

    built = wiring.build_check_health()
    named: Any = table_probe(Table(), "skuflow-test-", "catalog")  # type: ignore[arg-type]
    answer = ask(HealthDeps([named], built.seconds, built.clock))
    assert answer.body["errors"][0]["message"].startswith("inaccessible_encryption_credentials")


def test_nobody_but_an_operator_is_answered(stage: None) -> None:
    assert ask(scopes="catalog:read client:read shops:write").status == 403
    assert ask(client_id=None).status == 401


def test_no_key_of_a_clients_can_hold_the_scope() -> None:
    from skuflow.access.keys import SCOPES

    assert OPERATOR not in SCOPES
