"""`skuflow dlq`: messages that were given up are seen, sent back or deleted, and none is lost on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.operations import dead_letters
from local.operations.dead_letters import Selection
from local.operations.invocation import Invocation
from local.operations.pacing import paced
from tests.local.stage_in_memory import CONSUMER, Stage, stage_in_memory

DLQ = f"{CONSUMER}-dlq"


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with stage_in_memory(monkeypatch) as found:
        yield found


def bodies(stage: Stage, queue: str) -> list[str]:
    return sorted(message["Body"] for message in stage.waiting(queue))


def test_the_list_tells_how_much_waits(stage: Stage) -> None:
    stage.put(DLQ, "{}")
    done = stage.skuflow("dlq", "list", "--json")
    assert done.exit_code == 0, done.stderr
    assert [(one["queue"], one["waiting"]) for one in json.loads(done.stdout)] == [
        (DLQ, 1),
        ("catalog-on-table-change-rejects", 0),
    ]


def test_show_covers_persons_and_secrets_unless_told_otherwise(stage: Stage) -> None:
    body = json.dumps({"id": 7, "email": "ann@example.com", "body": json.dumps({"customer": {"first_name": "Ann"}})})
    stage.put(DLQ, body, reason="malformed: ann@example.com is no price")
    covered = stage.skuflow("dlq", "show", "catalog/apply_product_batch", "--json")
    [letter] = json.loads(covered.stdout)
    assert letter["attributes"]["reason"] == "malformed: *** is no price"
    assert json.loads(letter["body"])["id"] == 7
    assert "ann" not in covered.stdout.lower()
    [raw] = json.loads(stage.skuflow("dlq", "show", DLQ, "--json", "--raw").stdout)
    assert raw["body"] == body
    assert raw["receives"] == 2
    assert raw["age_seconds"] >= 0
    assert "malformed" in stage.skuflow("dlq", "show", DLQ).stdout


def test_what_is_shown_is_there_for_the_next_who_looks(stage: Stage) -> None:
    stage.put(DLQ, "{}")
    for _ in range(3):
        assert len(json.loads(stage.skuflow("dlq", "show", DLQ, "--json").stdout)) == 1


def test_a_redriven_message_keeps_its_body_and_what_its_sender_said_and_loses_what_its_way_here_left(
    stage: Stage,
) -> None:
    stage.put(
        DLQ, '{"work": 1}', topic="orders", reason="circuit_open", returned="9", first_sent_at="2026-01-01T00:00:00Z"
    )
    done = stage.skuflow("dlq", "redrive", DLQ, "--json")
    assert json.loads(done.stdout) == {"queue": DLQ, "moved": 1}
    [message] = stage.waiting(CONSUMER)
    assert message["Body"] == '{"work": 1}'
    assert {name: value["StringValue"] for name, value in message["MessageAttributes"].items()} == {"topic": "orders"}
    assert stage.waiting(DLQ) == []


def test_messages_are_chosen_by_reason_and_by_id_and_the_others_stay_visible(stage: Stage) -> None:
    stage.put(DLQ, "a", reason="needs_reauth: x")
    stage.put(DLQ, "b", reason="malformed: y")
    wanted = stage.put(DLQ, "c")
    assert json.loads(stage.skuflow("dlq", "redrive", DLQ, "--reason", "needs_reauth", "--json").stdout)["moved"] == 1
    assert bodies(stage, CONSUMER) == ["a"]
    assert bodies(stage, DLQ) == ["b", "c"]
    assert json.loads(stage.skuflow("dlq", "redrive", DLQ, "--message", wanted, "--json").stdout)["moved"] == 1
    assert bodies(stage, DLQ) == ["b"]


def test_no_more_than_the_limit_go_back(stage: Stage) -> None:
    for number in range(4):
        stage.put(DLQ, str(number))
    assert json.loads(stage.skuflow("dlq", "redrive", DLQ, "--limit", "3", "--json").stdout)["moved"] == 3
    assert len(stage.waiting(DLQ)) == 1


def test_an_interruption_loses_nothing_and_says_how_to_go_on(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        stage.put(DLQ, str(number))
    calls = iter([None, KeyboardInterrupt])

    def pace() -> None:
        if failure := next(calls):
            raise failure

    monkeypatch.setattr("local.cli.dlq_commands.paced", lambda _rate: pace)
    done = stage.skuflow("dlq", "redrive", DLQ)
    assert done.exit_code == 1
    assert "interrupted after 1 messages" in done.stderr
    assert "run it again" in done.stderr
    assert bodies(stage, DLQ) + bodies(stage, CONSUMER) != []
    assert sorted(bodies(stage, DLQ) + bodies(stage, CONSUMER)) == ["0", "1", "2"]


def test_a_copy_that_is_refused_leaves_the_message_where_it_was(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.put(DLQ, "kept")
    sqs = stage.aws.sqs

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "SendMessage")

    monkeypatch.setattr(sqs, "send_message", refuse)
    with pytest.raises(ClientError):
        dead_letters.redrive(stage.aws, dead_letters.find(stage.aws, DLQ), 10)
    assert bodies(stage, DLQ) == ["kept"]


def test_what_came_after_the_redrive_began_does_not_go_round(stage: Stage) -> None:
    stage.put(DLQ, "new")
    queue = dead_letters.find(stage.aws, DLQ)
    assert dead_letters.redrive(stage.aws, queue, 10, Selection(until=1)) == 0
    assert bodies(stage, DLQ) == ["new"]


def test_messages_go_no_faster_than_asked() -> None:
    now, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))
        now[0] += seconds

    pace = paced(4, clock=lambda: now[0], sleep=sleep)
    for _ in range(3):
        pace()
    assert slept == [0.25, 0.25]


REJECTS = "catalog-on-table-change-rejects"
RECORD = {"eventName": "MODIFY", "dynamodb": {"NewImage": {"pk": {"S": "C#cli_1"}}}}


@pytest.fixture
def invoked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, object]]:
    """Functions that were run, and on what; each fails on the word `bad`."""
    calls: list[tuple[str, object]] = []

    def run(_aws: object, function: str, event: object) -> Invocation:
        calls.append((function, event))
        return Invocation(None, "bad" in json.dumps(event))

    monkeypatch.setattr(dead_letters, "invoke", run)
    return calls


def test_a_rejected_stream_record_goes_to_its_function_once_more(
    stage: Stage, invoked: list[tuple[str, object]]
) -> None:
    stage.put(REJECTS, json.dumps(RECORD), reason="KeyError: 'price'")
    assert json.loads(stage.skuflow("dlq", "redrive", REJECTS, "--json").stdout)["moved"] == 1
    assert invoked == [("catalog-on-table-change", {"Records": [RECORD]})]
    assert stage.waiting(REJECTS) == []


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({**RECORD, "eventName": "bad"}, "catalog-on-table-change failed"),
        ({"dynamodb": {"Keys": {}}}, "was too large to be kept whole"),
    ],
)
def test_a_record_that_does_not_get_through_stays(
    stage: Stage, invoked: list[tuple[str, object]], record: object, said: str
) -> None:
    stage.put(REJECTS, json.dumps(record))
    done = stage.skuflow("dlq", "redrive", REJECTS)
    assert done.exit_code == 1
    assert said in done.stderr
    assert len(stage.waiting(REJECTS)) == 1


def test_places_in_a_stream_have_no_queue_to_go_back_to(stage: Stage) -> None:
    stage.aws.sqs.create_queue(QueueName="skuflow-dev-catalog-on-table-change-dlq")
    done = stage.skuflow("dlq", "redrive", "catalog-on-table-change-dlq")
    assert done.exit_code == 1
    assert "it holds places in a table's stream" in done.stderr


def test_purge_asks_first(stage: Stage) -> None:
    stage.put(DLQ, "{}")
    assert stage.skuflow("dlq", "purge", DLQ, typed="n\n").exit_code == 1
    assert len(stage.waiting(DLQ)) == 1
    assert stage.skuflow("dlq", "purge", DLQ, typed="y\n").exit_code == 0
    assert stage.waiting(DLQ) == []


def test_purge_saves_what_it_deletes_where_only_its_owner_reads(stage: Stage, tmp_path: Path) -> None:
    stage.put(DLQ, '{"email": "ann@example.com"}', reason="malformed: x")
    stage.put(DLQ, "other", reason="needs_reauth")
    out = tmp_path / "saved.jsonl"
    done = stage.skuflow("dlq", "purge", DLQ, "--yes", "--reason", "malformed", "--save", str(out), "--json")
    assert json.loads(done.stdout) == {"queue": DLQ, "deleted": 1, "saved": str(out)}
    [saved] = [json.loads(line) for line in out.read_text().splitlines()]
    assert saved["body"] == '{"email": "ann@example.com"}'
    assert saved["attributes"] == {"reason": "malformed: x"}
    assert out.stat().st_mode & 0o777 == 0o600
    assert bodies(stage, DLQ) == ["other"]


def test_binary_attributes_are_saved_too_and_go_back_as_they_were(stage: Stage, tmp_path: Path) -> None:
    attribute: Any = {"seal": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}}
    stage.aws.sqs.send_message(QueueUrl=stage.url(DLQ), MessageBody="sealed", MessageAttributes=attribute)
    assert stage.skuflow("dlq", "redrive", DLQ).exit_code == 0
    [message] = stage.waiting(CONSUMER)
    assert message["MessageAttributes"]["seal"]["BinaryValue"] == b"\x00\xff"
    stage.aws.sqs.send_message(QueueUrl=stage.url(DLQ), MessageBody="sealed", MessageAttributes=attribute)
    out = tmp_path / "saved.jsonl"
    assert stage.skuflow("dlq", "purge", DLQ, "--yes", "--save", str(out)).exit_code == 0
    assert json.loads(out.read_text())["attributes"] == {"seal": "base64:AP8="}


def test_purge_never_writes_over_a_file(stage: Stage, tmp_path: Path) -> None:
    stage.put(DLQ, "{}")
    out = tmp_path / "saved.jsonl"
    out.write_text("mine")
    done = stage.skuflow("dlq", "purge", DLQ, "--yes", "--save", str(out))
    assert done.exit_code == 1
    assert "is there already" in done.stderr
    assert out.read_text() == "mine"
    assert len(stage.waiting(DLQ)) == 1


def test_an_unknown_queue_is_answered_with_those_that_there_are(stage: Stage) -> None:
    done = stage.skuflow("dlq", "show", "sync-nothing")
    assert done.exit_code == 1
    assert f"queues are: {DLQ}, catalog-on-table-change-rejects" in done.stderr
