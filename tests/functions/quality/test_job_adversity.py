"""Jobs whose workers die, meet their twins, or hear everything twice: each comes to what an undisturbed one comes to, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from functions.quality.record_fix_outcome.handler import handle as record_fix_outcome
from functions.quality.run_quality_job.handler import handle as run_quality_job
from skuflow.quality.products_store import segment_of
from tests.calls import Killer
from tests.doubles import START, FakeLambdaContext
from tests.functions.quality.job_world import JobWorld, product, sqs_event
from tests.http import CLIENT
from tests.interleaving import interleaved

PRODUCTS = 51
"""One more than a chunk takes."""
_known: list[dict[str, Any]] = []


@dataclass
class OneChunk(FakeLambdaContext):
    """A run that has the time for one chunk."""

    asked: int = 0

    def get_remaining_time_in_millis(self) -> int:
        self.asked += 1
        return 120_000 if self.asked == 1 else 1


def stocked(jobs: JobWorld) -> JobWorld:
    """Two of three products untidy, and the very last one, in a chunk of its own, the same as the first."""
    last = max(range(PRODUCTS), key=lambda n: (segment_of(f"prd_{n:05d}"), n))
    for n in range(PRODUCTS):
        name = f"shirt {0 if n == last else n}"
        jobs.stock(product(n, title=f"  Linen   {name}" if n % 3 else f"Linen {name}"))
    jobs.clock.now = START
    jobs.ask("PUT", "/v1/quality/thresholds", body={"metric": "score", "direction": "below", "limit": "100"})
    return jobs


def doubles_of(jobs: JobWorld, job_id: str) -> list[dict[str, Any]]:
    return jobs.all_of(f"/v1/quality/jobs/{job_id}/findings", rule_id="product.duplicate")


def started(jobs: JobWorld) -> str:
    """A job that fixes, and takes a second from now."""
    job_id = jobs.start("fix")
    jobs.clock.advance(timedelta(seconds=1))
    return job_id


def outcome(jobs: JobWorld, job_id: str) -> dict[str, Any]:
    """All that a job leaves behind, but for times."""
    seen = jobs.job(job_id)
    report = jobs.ask("GET", f"/v1/quality/jobs/{job_id}/report")
    series = jobs.ask(
        "GET", "/v1/quality/series", query={"start": "2026-01-01T00:00:00Z", "end": "2027-01-01T00:00:00Z"}
    )["items"]
    return {
        "result": seen["result"],
        "progress": seen["progress"],
        "fields": report["fields"],
        "rules": report["rules"],
        "worst": report["worst"],
        "doubles": doubles_of(jobs, job_id),
        "series": [one["value"] for one in series],
        "completed": len(jobs.events("JobCompleted")),
        "alerts": len(jobs.events("QualityThresholdCrossed")),
        "listed": len(jobs.ask("GET", "/v1/quality/alerts")["items"]),
        "titles": sorted(one.title for one in jobs.products.page(CLIENT, "", 200)[0]),  # type: ignore[arg-type]
    }


@pytest.fixture
def undisturbed(jobs: JobWorld, make_jobs: Callable[[], JobWorld]) -> dict[str, Any]:
    """What the job comes to when nothing happens; found out once."""
    if not _known:
        other = stocked(make_jobs())
        job_id = started(other)
        other.settle()
        _known.append(outcome(other, job_id))
        assert (_known[0]["result"]["items_fixed"], len(_known[0]["series"])) == (34, 2)
        assert len(_known[0]["doubles"]) == 2
    return _known[0]


@pytest.mark.parametrize("first", [1, 2, 5, *(pytest.param(n, marks=pytest.mark.slow) for n in range(6, 40))])
def test_a_worker_that_dies_at_any_request_loses_nothing_and_doubles_nothing(
    jobs: JobWorld, undisturbed: dict[str, Any], first: int
) -> None:
    """The first worker dies at its request number `first`, the one after it a request later, and so on."""
    killers = iter(Killer(after) for after in range(first, first + 99))
    stocked(jobs)
    job_id = started(jobs)
    killer = next(killers)
    while jobs.announce(mind=killer) | jobs.work(mind=killer):
        killer = next(killers) if killer.killed else killer
    assert outcome(jobs, job_id) == undisturbed


def test_everything_twice_comes_to_the_same(jobs: JobWorld, undisturbed: dict[str, Any]) -> None:
    stocked(jobs)
    job_id = started(jobs)
    jobs.settle(times=2)
    assert outcome(jobs, job_id) == undisturbed


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(n, marks=pytest.mark.slow) for n in range(2, 8))])
def test_two_workers_on_one_job_come_to_the_same(jobs: JobWorld, undisturbed: dict[str, Any], seed: int) -> None:
    stocked(jobs)
    job_id = started(jobs)
    message = sqs_event({"client_id": CLIENT, "job_id": job_id})
    jobs.catalogue.deaf = True

    def both(handle: Callable[..., Any], event: dict[str, Any], trigger: str) -> None:
        answers = interleaved(seed, [lambda: handle(event, jobs.context, jobs.deps[trigger])] * 2)
        for answer in answers:
            if answer["batchItemFailures"]:
                handle(event, jobs.context, jobs.deps[trigger])

    both(run_quality_job, message, "run_quality_job")
    jobs.announce()
    while jobs.catalogue.kept:
        both(record_fix_outcome, sqs_event(jobs.catalogue.kept.pop(0)), "record_fix_outcome")
    both(run_quality_job, message, "run_quality_job")
    jobs.catalogue.deaf = False
    jobs.settle()
    assert outcome(jobs, job_id) == undisturbed


def test_answers_may_come_before_the_last_product_is_checked(jobs: JobWorld, undisturbed: dict[str, Any]) -> None:
    stocked(jobs)
    job_id = started(jobs)
    message = sqs_event({"client_id": CLIENT, "job_id": job_id})
    run_quality_job(message, OneChunk(), jobs.deps["run_quality_job"])
    assert jobs.job(job_id)["status"] == "checking"
    jobs.announce()
    assert jobs.job(job_id)["progress"]["batches_answered"] == 1
    jobs.settle()
    assert outcome(jobs, job_id) == undisturbed


def test_an_answer_to_a_job_that_nobody_has_is_put_aside(jobs: JobWorld) -> None:
    jobs.stock(product(1, title="  Linen shirt"))
    jobs.catalogue.deaf = True
    jobs.start("fix")
    jobs.settle()
    (told,) = jobs.catalogue.kept
    stranger = {**told, "detail": {**told["detail"], "client_id": "cli_0000000000000099"}}
    answer = record_fix_outcome(sqs_event(stranger), jobs.context, jobs.deps["record_fix_outcome"])
    assert answer["batchItemFailures"] == []
    jobs.catalogue.deaf = False
    jobs.settle()
    assert jobs.events("JobCompleted")[0]["items_fixed"] == 1
