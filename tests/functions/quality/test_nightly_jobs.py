"""Every night: a job for each client that has products and wants one, and no second one that night."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from functions.quality.record_product.handler import handle as record_product
from functions.quality.run_quality_job.handler import handle as run_quality_job
from functions.quality.start_nightly_jobs.handler import handle as start_nightly_jobs
from skuflow.kernel.tenancy import ClientId
from skuflow.platform.aws import client
from tests.calls import Killer, Tally, WorkerKilled, watched
from tests.doubles import START, FakeLambdaContext
from tests.functions.quality.copied_products import gone, message, whole
from tests.functions.quality.job_world import JobWorld, sqs_event
from tests.http import CLIENT, OTHER_CLIENT
from tests.interleaving import interleaved
from tests.product_batches import queue_event

NIGHTLY = "/v1/quality/nightly"
TONIGHT = START.date().isoformat()


def hears(jobs: JobWorld, *told: Any, client_id: str = CLIENT) -> None:
    news = queue_event(message(one, ClientId(client_id)) for one in told)
    assert record_product(news, jobs.context, jobs.deps["record_product"]) == {"batchItemFailures": []}


def falls(jobs: JobWorld) -> None:
    """The schedule's call."""
    start_nightly_jobs({}, jobs.context, jobs.deps["start_nightly_jobs"])


def listed(jobs: JobWorld, client_id: str = CLIENT) -> list[dict[str, Any]]:
    return list(jobs.ask("GET", "/v1/quality/jobs", client_id=client_id)["items"])


def test_every_client_with_products_is_scored_once_a_night(jobs: JobWorld) -> None:
    hears(jobs, whole(), whole(name="prd_2"))
    hears(jobs, whole(), client_id=OTHER_CLIENT)
    for _ in range(2):
        falls(jobs)
        jobs.settle()
    (mine,), (other,) = listed(jobs), listed(jobs, OTHER_CLIENT)
    assert (mine["mode"], mine["status"], mine["nightly"]) == ("score", "completed", True)
    assert (mine["result"]["items_processed"], other["result"]["items_processed"]) == (2, 1)
    assert [told["billable_items"] for told in jobs.events("JobCompleted")] == [0, 0]
    jobs.clock.advance(timedelta(days=1))
    falls(jobs)
    jobs.settle()
    assert (len(listed(jobs)), len(listed(jobs, OTHER_CLIENT))) == (2, 2)


def test_each_night_is_a_point_of_the_series(jobs: JobWorld) -> None:
    hears(jobs, whole())
    for _ in range(3):
        falls(jobs)
        jobs.settle()
        jobs.clock.advance(timedelta(days=1))
    assert len(jobs.ask("GET", "/v1/quality/series")["items"]) == 3


def test_a_client_says_what_it_wants_by_night(jobs: JobWorld) -> None:
    assert jobs.ask("GET", NIGHTLY) == {"enabled": True, "mode": "score", "check_images": False}
    off = jobs.ask("PUT", NIGHTLY, body={"enabled": False})
    assert jobs.ask("GET", NIGHTLY) == off == {"enabled": False, "mode": "score", "check_images": False}
    assert jobs.ask("GET", NIGHTLY, client_id=OTHER_CLIENT)["enabled"] is True
    hears(jobs, whole())
    falls(jobs)
    jobs.settle()
    assert listed(jobs) == []
    jobs.ask("PUT", NIGHTLY, body={"mode": "fix", "check_images": True})
    falls(jobs)
    jobs.settle()
    (job,) = listed(jobs)
    assert (job["mode"], job["nightly"]) == ("fix", True)


def test_nothing_is_mended_by_night_unless_the_client_wants_it_and_what_is_mended_is_billed(jobs: JobWorld) -> None:
    hears(jobs, whole(title="Tea  pot"))
    falls(jobs)
    jobs.settle()
    assert jobs.events("ProductFixesDecided") == []
    jobs.clock.advance(timedelta(days=1))
    jobs.ask("PUT", NIGHTLY, body={"mode": "fix"})
    falls(jobs)
    jobs.settle()
    scored, mended = jobs.events("JobCompleted")
    assert (scored["billable_items"], scored["items_fixed"]) == (0, 0)
    assert (mended["billable_items"], mended["items_fixed"]) == (1, 1)


def test_a_client_whose_products_are_gone_has_a_quiet_night(jobs: JobWorld) -> None:
    hears(jobs, whole(), gone(2))
    falls(jobs)
    jobs.settle()
    assert listed(jobs) == []


def test_a_products_news_cost_one_write_once_its_client_is_known(jobs: JobWorld) -> None:
    hears(jobs, whole())
    tally = Tally()
    with watched(tally):
        hears(jobs, whole(2))
    assert tally.requests == {"dynamodb:PutItem": 1}


@pytest.mark.parametrize("first", range(1, 8))
def test_whoever_dies_when_each_client_has_one_job(jobs: JobWorld, first: int) -> None:
    """The first worker dies at its request number `first`, the one after it a request later, and so on."""
    hears(jobs, whole())
    hears(jobs, whole(), client_id=OTHER_CLIENT)
    killers = iter(Killer(after) for after in range(first, first + 99))
    try:
        with watched(next(killers)):
            falls(jobs)
    except WorkerKilled:
        falls(jobs)
    killer = next(killers)
    while jobs.announce(mind=killer) | jobs.work(mind=killer):
        killer = next(killers) if killer.killed else killer
    assert [job["status"] for job in (*listed(jobs), *listed(jobs, OTHER_CLIENT))] == ["completed"] * 2
    assert len(jobs.events("JobCompleted")) == 2


def test_every_message_twice_comes_to_one_job(jobs: JobWorld) -> None:
    hears(jobs, whole())
    falls(jobs)
    jobs.settle(times=2)
    (job,) = listed(jobs)
    assert job["status"] == "completed"
    assert len(jobs.events("JobCompleted")) == 1


@pytest.mark.parametrize("seed", range(4))
def test_two_planners_at_once_come_to_one_job(jobs: JobWorld, seed: int) -> None:
    hears(jobs, whole())
    for shard in range(16):
        event = sqs_event({"night": TONIGHT, "shard": shard})
        plan = [lambda event=event: run_quality_job(event, jobs.context, jobs.deps["run_quality_job"])] * 2
        assert interleaved(seed, plan) == [{"batchItemFailures": []}] * 2
    jobs.settle()
    (job,) = listed(jobs)
    assert job["status"] == "completed"


def test_a_planner_without_time_hands_the_rest_of_its_shard_on(jobs: JobWorld) -> None:
    """Each first run of a shard has time for one client."""
    names = [f"cli_{n:016x}" for n in range(40)]
    for name in names:
        hears(jobs, whole(), client_id=name)
    hasty = FakeLambdaContext(remaining_ms=1)
    for shard in range(16):
        run_quality_job(sqs_event({"night": TONIGHT, "shard": shard}), hasty, jobs.deps["run_quality_job"])
    started = sum(len(jobs.ask("GET", "/v1/quality/jobs", client_id=name)["items"]) for name in names)
    assert started <= 16
    jobs.settle()
    assert len(jobs.events("JobCompleted")) == len(names)


def test_a_night_long_over_starts_nothing(jobs: JobWorld) -> None:
    hears(jobs, whole())
    falls(jobs)
    jobs.clock.advance(timedelta(days=2))
    jobs.settle()
    assert listed(jobs) == []


@pytest.mark.parametrize("body", [{"night": "tonight"}, {"night": TONIGHT, "shard": 16}, {"night": None}])
def test_a_message_that_names_no_night_is_put_aside(jobs: JobWorld, body: dict[str, Any]) -> None:
    assert run_quality_job(sqs_event(body), jobs.context, jobs.deps["run_quality_job"]) == {"batchItemFailures": []}
    parked = client("sqs").receive_message(QueueUrl=jobs.deps["run_quality_job"].dead_letters.queue_url)["Messages"]
    assert [json.loads(one["Body"]) for one in parked] == [body]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"enabled": "no"}, "enabled"),
        ({"mode": "preview"}, "mode"),
        ({"hour": 3}, "hour"),
        ({"check_images": 1}, "check_images"),
    ],
)
def test_what_cannot_be_done_by_night_is_refused_with_its_name(
    jobs: JobWorld, body: dict[str, Any], field: str
) -> None:
    refused = jobs.call("PUT", NIGHTLY, body=body)
    assert refused.status == 422
    (fault,) = refused.body["errors"]
    assert fault["field"] == field
    assert fault["remedy"]
    assert jobs.ask("GET", NIGHTLY)["enabled"] is True
