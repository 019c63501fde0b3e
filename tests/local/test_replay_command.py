"""`skuflow replay`: events of the archive reach their consumers once more, and nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.local.stage_in_memory import CONSUMER, Stage, stage_in_memory

NOW = datetime.now(UTC).replace(microsecond=0)
EARLIER = NOW - timedelta(minutes=30)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with stage_in_memory(monkeypatch) as found:
        for number in (1, 2):
            found.archive("ProductBatchReady", f"evt_{number}", EARLIER, correlation_id=f"corr-{number}")
        found.archive("ImportCompleted", "evt_3", EARLIER, correlation_id="corr-1")
        yield found


def received(stage: Stage) -> list[str]:
    return sorted(json.loads(message["Body"])["detail"]["event_id"] for message in stage.waiting(CONSUMER))


def left_behind(stage: Stage) -> tuple[list[str], list[str]]:
    """Rules and queues that a command made for itself and did not take away."""
    rules = [rule["Name"] for rule in stage.aws.events.list_rules(EventBusName="skuflow-dev")["Rules"]]
    queues = stage.aws.sqs.list_queues(QueueNamePrefix="skuflow-read").get("QueueUrls", [])
    return [name for name in rules if name.startswith("skuflow-read")], queues


def test_a_dry_run_counts_and_sends_nothing_of_its_own(stage: Stage) -> None:
    done = stage.skuflow(
        "replay", "--from", "1h", "--event", "ProductBatchReady", "--client", "cli_1", "--dry", "--json"
    )
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["events"], told["messages"], told["sent"], told["dry"]) == (2, 2, 0, True)
    assert told["counts"] == {"ProductBatchReady": {"events": 2, CONSUMER: 2}}
    assert left_behind(stage) == ([], [])


def test_chosen_events_go_to_those_that_listen_with_the_ids_they_had(stage: Stage) -> None:
    read = stage.skuflow("replay", "--from", "1h", "--correlation-id", "corr-2", "--dry", "--json")
    assert json.loads(read.stdout)["counts"] == {"ProductBatchReady": {"events": 1, CONSUMER: 1}}
    stage.aws.sqs.purge_queue(QueueUrl=stage.url(CONSUMER))
    done = stage.skuflow("replay", "--from", "1h", "--correlation-id", "corr-2", "--yes", "--json", "--rate", "1000")
    assert json.loads(done.stdout)["sent"] == 1
    own = [json.loads(message["Body"]) for message in stage.waiting(CONSUMER)]
    [sent] = [one for one in own if str(one["replay-name"]).startswith("skuflow-replay-")]
    assert (sent["detail-type"], sent["source"], sent["detail"]["event_id"]) == (
        "ProductBatchReady",
        "skuflow.sync",
        "evt_2",
    )


def test_nothing_that_fits_is_no_failure(stage: Stage) -> None:
    done = stage.skuflow("replay", "--from", "1h", "--event", "PriceChanged")
    assert done.exit_code == 0
    assert "no event fits" in done.stdout


def test_more_events_than_the_limit_are_refused(stage: Stage) -> None:
    done = stage.skuflow("replay", "--from", "1h", "--event", "ProductBatchReady", "--limit", "1", "--yes")
    assert done.exit_code == 1
    assert "2 events are more than --limit 1" in done.stderr


def test_the_whole_span_is_played_by_eventbridge(stage: Stage) -> None:
    done = stage.skuflow("replay", "--from", "1h", "--consumer", "catalog/apply_product_batch", "--yes", "--json")
    told = json.loads(done.stdout)
    assert told["state"] == "COMPLETED"
    assert received(stage) == ["evt_1", "evt_2"]
    replay = stage.aws.events.describe_replay(ReplayName=told["replay"])
    assert replay["Destination"]["FilterArns"] == [
        f"arn:aws:events:ca-central-1:123456789012:rule/skuflow-dev/skuflow-dev-{CONSUMER}"
    ]


def test_it_asks_before_it_plays(stage: Stage) -> None:
    done = stage.skuflow("replay", "--from", "1h", typed="n\n")
    assert done.exit_code == 1
    assert "consumers do nothing for an event whose id they know" in done.stderr
    assert received(stage) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "1h", "--until", "2999-01-01"), "reaches into the future"),
        (("--from", "1h", "--until", "2h"), "ends before it begins"),
        (("--from", "90d", "--until", "60d"), "the archive keeps 30 days"),
        (("--from", "1h", "--consumer", "sync/nobody"), f"consumers are: {CONSUMER}"),
    ],
)
def test_what_cannot_be_played_is_refused_with_the_way_out(stage: Stage, arguments: tuple[str, ...], said: str) -> None:
    done = stage.skuflow("replay", *arguments, "--yes")
    assert done.exit_code == 1
    assert said in done.stderr


def test_a_moment_that_is_none_is_wrong_usage(stage: Stage) -> None:
    done = stage.skuflow("replay", "--from", "yesterday")
    assert done.exit_code == 2
    assert "how long ago" in done.stderr


def test_a_stage_without_an_archive_is_told_so(stage: Stage) -> None:
    stage.aws.events.delete_archive(ArchiveName="skuflow-dev")
    done = stage.skuflow("replay", "--from", "1h", "--yes")
    assert done.exit_code == 1
    assert "the bus has no archive skuflow-dev" in done.stderr
