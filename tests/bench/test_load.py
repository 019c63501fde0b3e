"""The parts of the load bench that need no platform: what users do, when, what is counted, what is tried again. Times are never
asserted."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from random import Random
from types import SimpleNamespace

import httpx
import pytest

from local.stage import queueing
from skuflow.sync.shopify.signatures import webhook_is_genuine
from tests.bench.load_driver import Ramp, act
from tests.bench.load_figures import Inside, Sample, faults, named, percentile, summary
from tests.bench.load_inside import HITS, measured
from tests.bench.load_platform import catalogue, filters
from tests.bench.load_users import Call, Kind, Targets, call, choose, pauses
from tests.shopify_samples import sample

NOW = datetime(2026, 3, 14, 9, tzinfo=UTC)
TARGETS = Targets(
    key="sk_test",
    product_ids=("prd_1", "prd_2"),
    filters=(("brand", "Lumen"), ("tag", "desk")),
    shop="load.myshopify.com",
    secret="hush",
    product=sample("products/update"),
)
ASKED = Call(Kind.READ, "GET", "/v1/products/prd_1", {})


def test_users_come_spread_over_the_first_pause_and_think_as_long_as_they_should() -> None:
    first = sorted(next(pauses(Random(number))) for number in range(300))
    assert first[0] < 1
    assert first[-1] > 14
    assert all(5 <= pause <= 15 for pause in islice(pauses(Random(1)), 1, 200))


def test_the_same_seed_does_the_same() -> None:
    did = [
        [call(choose(random), TARGETS, random, NOW) for _ in range(50)] for random in (Random(7), Random(7), Random(8))
    ]
    assert did[0] == did[1]
    assert did[0] != did[2]


def test_all_kinds_are_done_the_more_often_the_more_they_weigh() -> None:
    random = Random(3)
    done = Counter(choose(random) for _ in range(5000))
    assert [kind for kind, _ in done.most_common()] == [Kind.READ, Kind.SEARCH, Kind.HISTORY, Kind.WEBHOOK]


def test_reading_kinds_ask_the_api_with_the_key() -> None:
    read, search, history = (call(kind, TARGETS, Random(1), NOW) for kind in (Kind.READ, Kind.SEARCH, Kind.HISTORY))
    assert {each.headers["Authorization"] for each in (read, search, history)} == {"Bearer sk_test"}
    assert read.path in {"/v1/products/prd_1", "/v1/products/prd_2"}
    assert history.path in {"/v1/products/prd_1/price-history", "/v1/products/prd_2/price-history"}
    assert (search.path, search.query["limit"]) == ("/v1/products", "20")
    assert set(search.query) & {"brand", "tag"}


def test_a_webhook_is_signed_as_the_platform_asks_for() -> None:
    sent = call(Kind.WEBHOOK, TARGETS, Random(1), NOW)
    assert webhook_is_genuine(sent.content, sent.headers["X-Shopify-Hmac-SHA256"], ("hush",))
    assert "Authorization" not in sent.headers


def test_webhooks_tell_of_several_products_and_none_twice_under_one_id() -> None:
    random = Random(5)
    sent = [call(Kind.WEBHOOK, TARGETS, random, NOW) for _ in range(800)]
    told = [json.loads(each.content) for each in sent]
    assert len({each["id"] for each in told}) == TARGETS.shop_products
    assert len({each.headers["X-Shopify-Webhook-Id"] for each in sent}) == 800
    skus = {(variant["sku"], each["id"]) for each in told for variant in each["variants"]}
    assert len({sku for sku, _ in skus}) == len(skus)


def test_whoever_has_come_stays_at_the_next_level() -> None:
    ramp = Ramp((2, 5), seconds=60)
    assert ramp.arrivals() == [0, 0, 60, 60, 60]
    assert [ramp.level_at(second) for second in (0, 59.9, 60, 500)] == [2, 2, 5, 5]


def test_the_percentile_is_a_value_that_was_measured() -> None:
    values = [float(n) for n in range(1, 101)]
    assert [percentile(values, p) for p in (0, 50, 99, 100)] == [1, 50, 99, 100]
    assert percentile([7.0], 99) == 7


def test_failures_and_repetitions_are_counted_and_named_by_level() -> None:
    samples = [
        Sample(50, Kind.READ, 10),
        Sample(1000, Kind.READ, 30, retries=2),
        Sample(1000, Kind.WEBHOOK, 50, fault="500"),
    ]
    figures = named(samples, Inside(3.456, 0.00123, 9))
    assert (figures["load_50_errors"], figures["load_1000_errors"], figures["load_1000_retries"]) == (0, 1, 2)
    assert (figures["load_1000_mean_ms"], figures["load_1000_p50_ms"], figures["load_1000_p99_ms"]) == (40, 30, 50)
    assert (figures["data_access_mean_ms"], figures["cache_hit_mean_ms"]) == (3.46, 0.0012)
    assert faults(samples) == {"webhook: 500": 1}


def test_a_level_without_answers_is_no_level_without_errors() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        summary([])


@pytest.mark.parametrize(
    ("answers", "fault", "retries"),
    [([200], "", 0), ([429, 429, 200], "", 2), ([500], "500", 0), ([404], "404", 0)],
)
def test_what_is_too_much_is_tried_again_and_what_fails_is_a_fault(
    answers: list[int], fault: str, retries: int
) -> None:
    left = iter(answers)
    done = acted(httpx.MockTransport(lambda _: httpx.Response(next(left), headers={"Retry-After": "0"})))
    assert (done.fault, done.retries, done.level, done.kind) == (fault, retries, 50, Kind.READ)


def test_no_answer_at_all_is_a_fault_by_its_name() -> None:
    def hang_up(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("too slow", request=request)

    assert acted(httpx.MockTransport(hang_up)).fault == "ReadTimeout"


def acted(transport: httpx.MockTransport) -> Sample:
    async def run() -> Sample:
        async with httpx.AsyncClient(transport=transport) as http:
            return await act(http, "http://platform", ASKED, 50)

    return asyncio.run(run())


def test_filters_find_something_and_each_is_asked_as_often() -> None:
    products = [
        {"brand": f"Brand {n}", "tags": ["a", "b"], "variants": [{"sku": f"S-{n}"}, {"sku": f"M-{n}"}]}
        for n in range(3)
    ]
    found = filters(products)
    assert len(set(Counter(name for name, _ in found).values())) == 1
    assert {value for name, value in found if name == "sku"} == {f"{size}-{n}" for size in "SM" for n in range(3)}


def test_the_catalogue_has_two_variants_of_each_product() -> None:
    header, *rows = catalogue(3, 20).decode().splitlines()
    assert len(rows) == 6
    assert all(row.count(",") == header.count(",") for row in rows)


def test_inside_every_reading_and_every_look_up_has_its_turn() -> None:
    done: Counter[str] = Counter()
    ended = threading.Event()

    def read(name: str) -> None:
        done[name] += 1
        if done["last"] == 3:
            ended.set()

    found = measured((lambda: read("first"), lambda: read("last")), (lambda: read("hit"),), ended, every=0)
    assert found.count == 4
    assert (done["first"], done["last"], done["hit"]) == (3, 3, 1 + 4 * (HITS + 1))


@pytest.mark.parametrize(
    ("event", "places"),
    [
        ({"version": "2.0"}, queueing.AT_ONCE),
        ([], queueing.AT_ONCE),
        ({"type": "REQUEST"}, queueing.AUTHORIZERS_AT_ONCE),
    ],
)
def test_calls_that_are_too_many_wait_their_turn(event: object, places: int) -> None:
    let_go, busy, most = threading.Event(), [0], [0]
    lock, begun = threading.Lock(), threading.Semaphore(0)

    def run(_function: object, _config: object, _event: object, number: int) -> int:
        with lock:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
        begun.release()
        assert let_go.wait(30)
        with lock:
            busy[0] -= 1
        return number

    functions = SimpleNamespace(_execute_function_dispatch=run, _invoke_depth=SimpleNamespace(get=lambda: 0))
    queueing.install(functions)
    answers: list[int] = []
    calls = [
        threading.Thread(target=lambda n=n: answers.append(functions._execute_function_dispatch(None, {}, event, n)))
        for n in range(3 * places)
    ]
    for each in calls:
        each.start()
    for _ in range(places):
        assert begun.acquire(timeout=30)
    let_go.set()
    for each in calls:
        each.join(30)
    assert sorted(answers) == list(range(3 * places))
    assert most[0] == places
