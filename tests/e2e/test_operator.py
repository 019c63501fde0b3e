"""What an operator sees and mends on the running platform: `status`, `trace`, `dlq`, `replay`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from local.cli.main import app
from tests.e2e.shop import Platform, Shop, catalogue, eventually

pytestmark = pytest.mark.e2e

CONSUMER = "catalog-apply-product-batch"
DLQ = f"{CONSUMER}-dlq"
Skuflow = Callable[..., Any]


@pytest.fixture
def skuflow(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Skuflow:
    """One command against the platform: what it tells machines."""
    monkeypatch.delenv("SKUFLOW_DEBUG", raising=False)

    def run(*arguments: str, codes: tuple[int, ...] = (0,)) -> Any:
        done = CliRunner().invoke(app, [*arguments, "--instance", platform.instance.name, "--json"])
        assert done.exit_code in codes, done.stderr
        return json.loads(done.stdout)

    return run


def waiting(skuflow: Skuflow, queue: str) -> int:
    return next(one["waiting"] for one in skuflow("dlq", "list") if one["queue"] == queue)


def word_of(traced: Any, function: str) -> list[str]:
    """What a function said in a trace."""
    return [line["message"] for step in traced["steps"] if step["function"] == function for line in step["lines"]]


def test_an_import_is_traced_from_its_announcement_to_its_report_and_its_events_play_again(
    shop: Shop, skuflow: Skuflow
) -> None:
    ended = shop.import_file(catalogue(3))
    traced = eventually(
        lambda: skuflow("trace", ended["import_id"]),
        lambda seen: not seen["missing"] and "import completed" in word_of(seen, "sync-write-report"),
        "the last step to be in the log",
    )
    told = [row["what"] for row in traced["tree"]]
    assert told[0] == "sync-api: ok"
    assert "ProductAdded ×3" in told
    assert {step["function"] for step in traced["steps"]} >= {
        "sync-api", "sync-receive-upload", "sync-read-import", CONSUMER, "sync-record-batch-outcome", "sync-write-report",
    }  # fmt: skip
    assert all(step["duration_ms"] is not None and step["client_id"] == shop.client_id for step in traced["steps"])
    assert traced["went_wrong"] is False
    [flow] = traced["correlation_ids"]
    ready = next(event["event_id"] for event in traced["events"] if event["name"] == "ProductBatchReady")
    assert skuflow("trace", ready)["correlation_ids"] == [flow]

    chosen = ("replay", "--from", "1h", "--client", shop.client_id, "--event", "ProductBatchReady")
    assert skuflow(*chosen, "--dry")["counts"] == {"ProductBatchReady": {"events": 1, CONSUMER: 1}}
    assert skuflow(*chosen, "--consumer", "catalog/apply_product_batch", "--yes")["sent"] == 1
    eventually(
        lambda: word_of(skuflow("trace", flow), CONSUMER),
        lambda said: "batch was applied before" in said,
        "the consumer to see the event again",
    )
    assert skuflow("replay", "--from", "1h", "--yes")["state"] == "COMPLETED"
    eventually(
        lambda: word_of(skuflow("trace", flow), CONSUMER),
        lambda said: said.count("batch was applied before") >= 2,
        "the consumer to see it a third time",
    )
    assert sum(1 for _ in shop.pages("/v1/products")) == 3


def test_a_dead_letter_is_seen_explained_sent_back_and_in_the_end_taken_out(
    platform: Platform, skuflow: Skuflow, tmp_path_factory: pytest.TempPathFactory
) -> None:
    url = platform.aws.sqs.get_queue_url(QueueName=platform.aws.function_name(CONSUMER))["QueueUrl"]
    platform.aws.sqs.send_message(QueueUrl=url, MessageBody='{"email": "ann@example.com"}')
    eventually(lambda: waiting(skuflow, DLQ), lambda count: count == 1, "the message to be put aside")
    status = skuflow("status", codes=(4,))
    assert status["dead_letters"] == {DLQ: 1}
    assert {"what": f"1 in {DLQ}", "look": f"skuflow dlq show {DLQ}"} in status["needs_a_look"]

    [letter] = skuflow("dlq", "show", DLQ)
    assert letter["attributes"]["reason"].startswith("malformed: not an event of ours")
    assert json.loads(letter["body"]) == {"email": "***"}
    assert skuflow("dlq", "redrive", DLQ, "--message", letter["message_id"])["moved"] == 1
    again = eventually(
        lambda: [one["message_id"] for one in skuflow("dlq", "show", DLQ)],
        lambda ids: bool(ids) and letter["message_id"] not in ids,
        "what nobody can read to be put aside again",
    )
    saved = tmp_path_factory.mktemp("saved") / "letters.jsonl"
    assert skuflow("dlq", "purge", DLQ, "--yes", "--save", str(saved))["deleted"] == len(again) == 1
    assert json.loads(saved.read_text())["body"] == '{"email": "ann@example.com"}'
    assert skuflow("status", codes=(0, 4))["dead_letters"] == {}
