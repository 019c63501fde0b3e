"""Data-quality jobs: counted once each, in the daily record and as usage, however they are told of."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import ROUND_HALF_EVEN, Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skuflow.platform.aws import client
from tests.calls import Killer, WorkerKilled, watched
from tests.functions.billing.metering_world import JOB, MeteringWorld, another, requests_of, usage
from tests.http import OTHER_CLIENT
from tests.interleaving import interleaved

MARCH = {"start": "2026-03-01", "end": "2026-03-31"}


def job(number: int, **changes: Any) -> dict[str, Any]:
    return {**JOB, "job_id": f"job_{number}", **changes}


def shown(metering: MeteringWorld, **how: Any) -> Any:
    answer = metering.call("GET", "/v1/analytics/usage", query=MARCH, **how)
    assert answer.status == 200
    return answer.body


def test_a_job_is_in_the_daily_record_and_in_usage(metering: MeteringWorld) -> None:
    assert metering.tell(JOB) == []
    body = shown(metering)
    figures = {
        "items_processed": 40,
        "items_fixed": 12,
        "quality_score_before": "71.25",
        "quality_score_after": "88.50",
        "job_count": 1,
        "job_seconds": 33,
        "source_items": 120,
        "billable_items": 40,
    }
    assert body["totals"] == figures
    assert body["by_source"] == [{"source_type": "shopify", **figures}]
    assert body["series"] == [{"date": "2026-03-14", "source_type": "shopify", **figures}]
    assert metering.quantities() == {"billable_items": ("40", 1)}


def test_scores_are_means_weighted_by_items_by_day_source_and_in_all(metering: MeteringWorld) -> None:
    metering.tell(
        job(1, items_processed=30, quality_score_before="50.00", quality_score_after="60.00"),
        job(2, items_processed=10, quality_score_before="90.00", quality_score_after="100.00"),
        job(
            3,
            source_type="csv",
            items_processed=1,
            quality_score_before="0.00",
            completed_at="2026-03-13T23:59:59.999Z",
        ),
        job(4, source_type="", items_processed=0, billable_items=0, completed_at="2026-03-12T00:00:00.000Z"),
    )
    body = shown(metering)
    rows = [(one["date"], one["source_type"], one["quality_score_before"], one["job_count"]) for one in body["series"]]
    assert rows == [
        ("2026-03-12", "unknown", None, 1),
        ("2026-03-13", "csv", "0.00", 1),
        ("2026-03-14", "shopify", "60.00", 2),
    ]
    assert body["totals"]["quality_score_before"] == "58.54"  # (30 x 50 + 10 x 90 + 0) / 41
    assert [one["source_type"] for one in body["by_source"]] == ["csv", "shopify", "unknown"]


def test_a_job_counts_once_however_often_it_is_told_and_whoever_hears_it(metering: MeteringWorld) -> None:
    for one in (metering, metering, another(metering)):
        assert one.tell(JOB, JOB) == []
    assert shown(metering)["totals"]["job_count"] == 1
    assert metering.quantities() == {"billable_items": ("40", 1)}


def test_a_job_told_with_other_figures_is_put_aside(metering: MeteringWorld) -> None:
    metering.tell(JOB)
    assert metering.tell({**JOB, "billable_items": 41}) == []
    [message] = client("sqs").receive_message(QueueUrl=metering.queues["DEAD_LETTER"], MessageAttributeNames=["All"])[
        "Messages"
    ]
    assert message["MessageAttributes"]["reason"]["StringValue"].startswith("conflict: job job_1")
    assert metering.quantities() == {"billable_items": ("40", 1)}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"quality_score_before": "100.01"}, "quality_score_before"),
        ({"quality_score_after": "NaN"}, "quality_score_after"),
        ({"billable_items": -1}, "billable_items"),
        ({"items_processed": 10**10}, "items_processed"),
        ({"completed_at": "soon"}, "completed_at"),
        ({"completed_at": "2026-01-01T00:00:00.000Z"}, "cannot be counted now"),
        ({"completed_at": "2027-01-01T00:00:00.000Z"}, "cannot be counted now"),
        ({"billable_items": "many"}, "billable_items"),
    ],
)
def test_a_job_that_cannot_be_is_put_aside_and_counted_nowhere(
    metering: MeteringWorld, changes: dict[str, Any], reason: str, logged: Callable[[], list[dict[str, Any]]]
) -> None:
    assert metering.tell({**JOB, **changes}) == []
    assert metering.items("C#") == []
    assert len(metering.take("DEAD_LETTER")) == 1
    assert any("message put aside" in line["message"] for line in logged())


def test_jobs_that_end_together_lose_no_increment(metering: MeteringWorld) -> None:
    """The record of one client, day and source, by twenty consumers at once, each job told twice."""
    worlds = [another(metering) for _ in range(5)]
    with ThreadPoolExecutor(20) as pool:
        told = pool.map(lambda n: worlds[n % 5].tell(job(n % 20, billable_items=n % 20)), range(40))
        assert list(told) == [[]] * 40
    totals = shown(metering)["totals"]
    assert (totals["job_count"], totals["items_processed"], totals["billable_items"]) == (20, 800, sum(range(20)))
    assert totals["quality_score_before"] == "71.25"


@pytest.mark.parametrize("seed", range(8))
def test_consumers_that_take_turns_at_every_request_count_each_job_once(metering: MeteringWorld, seed: int) -> None:
    tasks = [partial(another(metering).tell, *(job(n) for n in numbers)) for numbers in ((1, 2), (2, 1), (3, 2))]
    assert interleaved(seed, tasks) == [[], [], []]
    assert shown(metering)["totals"]["job_count"] == 3
    assert metering.quantities() == {"billable_items": ("120", 3)}


def test_a_crash_after_any_request_and_a_second_delivery_count_a_job_once(metering: MeteringWorld) -> None:
    deaths = 0
    for after in range(1, 10):
        killer = Killer(after)
        with watched(killer), suppress(WorkerKilled):
            another(metering).tell(job(after), job(after))
        assert another(metering).tell(job(after)) == []
        assert shown(metering)["totals"]["job_count"] == after
        if not killer.killed:
            break
        deaths += 1
    assert deaths >= 3
    assert metering.counted() == metering.raw()


def test_an_id_that_a_caller_made_up_does_not_stand_in_a_jobs_way(metering: MeteringWorld) -> None:
    metering.send(usage("x", value=1, at=JOB["completed_at"]) | {"transaction_id": "job:job_1"})
    metering.tell(JOB)
    assert metering.quantities() == {"billable_items": ("41", 2)}


def test_nobody_sees_the_jobs_of_another(metering: MeteringWorld) -> None:
    metering.tell(JOB)
    assert shown(metering, client_id=OTHER_CLIENT)["series"] == []
    metering.tell(JOB, client_id=OTHER_CLIENT)
    assert shown(metering)["totals"]["job_count"] == 1


def test_a_job_is_one_request(metering: MeteringWorld) -> None:
    metering.tell(JOB)
    assert requests_of(lambda: metering.tell(job(2))) == {"dynamodb:TransactWriteItems": 1}


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({"start": "2026-03-31", "end": "2026-03-01"}, ["end"]),
        ({"start": "2026-02-29", "end": "2026-13-01"}, ["start", "end"]),
        ({"start": "2025-01-01", "end": "2026-01-02"}, ["end"]),
        ({"start": "2026-3-1", "end": "20260331"}, ["start", "end"]),
        ({"start": "2026-03-01"}, ["end"]),
    ],
)
def test_days_that_are_none_are_refused_by_name(
    metering: MeteringWorld, query: dict[str, str], fields: list[str]
) -> None:
    refused = metering.call("GET", "/v1/analytics/usage", query=query)
    assert (refused.status, [one["field"] for one in refused.body["errors"]]) == (422, fields)


JOBS = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 10_000), st.sampled_from(["shopify", "csv"]), st.integers(1, 14)),
    min_size=1,
    max_size=8,
)


@given(jobs=JOBS, seed=st.integers(0, 999))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_record_is_the_same_in_any_order_and_with_any_repetition(
    metering: MeteringWorld, jobs: list[tuple[int, int, str, int]], seed: int
) -> None:
    metering.clear()
    told = [
        job(
            number,
            items_processed=items,
            quality_score_before=f"{score // 100}.{score % 100:02d}",
            source_type=source,
            completed_at=f"2026-03-{day:02d}T01:00:00.000Z",
        )
        for number, (items, score, source, day) in enumerate(jobs)
    ]
    repeated = told + told[: len(told) // 2]
    random.Random(seed).shuffle(repeated)
    metering.tell(*repeated)
    totals = shown(metering)["totals"]
    items = sum(one[0] for one in jobs)
    assert (totals["job_count"], totals["items_processed"]) == (len(jobs), items)
    if items:
        mean = Decimal(sum(one[0] * one[1] for one in jobs)) / items / 100
        assert totals["quality_score_before"] == str(mean.quantize(Decimal("0.01"), ROUND_HALF_EVEN))
