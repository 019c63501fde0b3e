"""Usage read back: windows of any shape, every aggregation, and how few requests it takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skuflow.billing.metering.reading import Quantity, UsageReader, Window
from skuflow.billing.wiring.metering import usage_reader
from skuflow.kernel.tenancy import ClientId
from tests.doubles import START
from tests.functions.billing.metering_world import MeteringWorld, requests_of, usage
from tests.http import CLIENT

OWNER = ClientId(CLIENT)
DAY = timedelta(days=1)
BEGIN = datetime(2026, 2, 10, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def reader(_metering: MeteringWorld) -> UsageReader:
    return usage_reader("skuflow-test-usage")


def values(found: dict[str, Quantity]) -> dict[str, tuple[Decimal, int]]:
    return {code: (one.value, one.events) for code, one in found.items()}


def test_whole_days_are_read_from_the_counters_in_one_query(metering: MeteringWorld) -> None:
    metering.define("calls", "count")
    metering.send(*(usage(n, value=n, at=BEGIN + n * DAY) for n in range(20)))
    metering.send(*(usage(f"c{n}", "calls", None, at=BEGIN + n * DAY) for n in range(20)))
    reading = reader(metering)
    reading.quantities(OWNER, "client", [Window(BEGIN, BEGIN + DAY)], metrics=["calls"])
    windows = [Window(BEGIN, BEGIN + 5 * DAY), Window(BEGIN + 5 * DAY, BEGIN + 20 * DAY)]

    def read() -> None:
        first, second = reading.quantities(OWNER, "client", windows, metrics=["calls", "billable_items"])
        assert values(first) == {"billable_items": (Decimal(10), 5), "calls": (Decimal(5), 5)}
        assert values(second) == {"billable_items": (Decimal(180), 15), "calls": (Decimal(15), 15)}

    assert requests_of(read) == {"dynamodb:Query": 1}


def test_days_that_windows_cut_take_one_query_each_and_none_without_usage(metering: MeteringWorld) -> None:
    """Months of Toronto: 2026-02-10 05:00 UTC to 2026-03-10 04:00 UTC, daylight saving time having begun."""
    toronto = ZoneInfo("America/Toronto")
    start, middle, end = (datetime(2026, month, 10, tzinfo=toronto) for month in (2, 3, 4))
    metering.send(
        usage("before", value=1000, at="2026-02-10T04:59:59.999Z"),
        usage("first", value=1, at="2026-02-10T05:00:00Z"),
        usage("last", value=2, at="2026-03-10T03:59:59.999Z"),
        usage("next", value=4, at="2026-03-10T04:00:00Z"),
    )
    reading = reader(metering)
    windows = [Window(start, middle), Window(middle, end)]

    def read() -> None:
        first, second = reading.quantities(OWNER, "client", windows, metrics=["billable_items"])
        assert values(first) == {"billable_items": (Decimal(3), 2)}
        assert values(second) == {"billable_items": (Decimal(4), 1)}

    assert requests_of(read) == {"dynamodb:Query": 3}


def test_a_subject_without_usage_costs_one_query(metering: MeteringWorld) -> None:
    reading = reader(metering)

    def read() -> None:
        window = Window(BEGIN + timedelta(hours=5), BEGIN + 30 * DAY)
        assert reading.quantities(OWNER, "nobody", [window], metrics=["billable_items"]) == ({},)

    assert requests_of(read) == {"dynamodb:Query": 1}


@given(
    hours=st.lists(st.integers(0, 30 * 24 * 4 - 1), max_size=12),
    cuts=st.lists(st.integers(1, 30 * 24 * 4 - 1), unique=True, max_size=4),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_windows_that_meet_share_out_all_usage(metering: MeteringWorld, hours: list[int], cuts: list[int]) -> None:
    """Each event, to the quarter of an hour, is in exactly the window that holds its time."""
    metering.clear()
    quarter = timedelta(minutes=15)
    if hours:
        metering.send(*(usage(n, value=n + 1, at=BEGIN + one * quarter) for n, one in enumerate(hours)))
    edges = [0, *sorted(cuts), 30 * 24 * 4]
    windows = [Window(BEGIN + a * quarter, BEGIN + b * quarter) for a, b in pairwise(edges)]
    found = reader(metering).quantities(OWNER, "client", windows, metrics=["billable_items"])
    for (first, last), one in zip(pairwise(edges), found, strict=True):
        own = [n + 1 for n, place in enumerate(hours) if first <= place < last]
        assert values(one) == ({"billable_items": (Decimal(sum(own)), len(own))} if own else {})


def test_a_window_may_lie_at_the_end_of_the_calendar(metering: MeteringWorld) -> None:
    assert metering.quantities(**{"from": "9999-12-31T22:00:00Z", "to": "9999-12-31T23:00:00Z"}) == {}


def test_every_aggregation_says_what_it_is_called_for(metering: MeteringWorld) -> None:
    metering.define("calls", "count")
    metering.define("peak", "max")
    metering.define("stored", "latest")
    metering.define("visitors", "unique_count", property="visitor")
    metering.define("seats", "weighted_sum")
    noon = at("2026-03-10T12:00:00")
    metering.send(
        *(usage(f"c{n}", "calls", at=noon) for n in range(3)),
        usage("p1", "peak", "7.5", at=noon),
        usage("p2", "peak", 3, at=noon + DAY),
        usage("l2", "stored", 4, at=noon + DAY),
        usage("l1", "stored", 9, at=noon),
        *(usage(f"v{n}", "visitors", None, at=noon, properties={"visitor": f"v{n % 2}"}) for n in range(5)),
        usage("s1", "seats", 10, at=noon),
        usage("s2", "seats", -4, at=noon + 2 * DAY),
    )
    month = Window(at("2026-03-10T00:00:00"), at("2026-03-14T00:00:00"))
    [found] = reader(metering).quantities(OWNER, "client", [month])
    assert values(found) == {
        "calls": (Decimal(3), 3),
        "peak": (Decimal("7.5"), 2),
        "stored": (Decimal(4), 2),
        "visitors": (Decimal(2), 5),
        "seats": (Decimal("7.25"), 2),  # 10 for 3.5 of 4 days, 4 fewer for 1.5 of them
    }


def test_a_level_that_carries_over_counts_from_the_windows_beginning(metering: MeteringWorld) -> None:
    metering.define("seats", "weighted_sum", carries_over=True)
    metering.define("boosts", "weighted_sum")
    for metric in ("seats", "boosts"):
        metering.send(
            usage(f"{metric}1", metric, 10, at="2026-02-20T12:00:00Z"),
            usage(f"{metric}2", metric, 2, at="2026-03-01T06:00:00Z"),
        )
    march = Window(at("2026-03-01T12:00:00"), at("2026-03-11T12:00:00"))
    april = Window(at("2026-03-11T12:00:00"), at("2026-03-12T00:00:00"))
    found = reader(metering).quantities(OWNER, "client", [march, april], metrics=["seats", "boosts"])
    assert [values(one) for one in found] == [{"seats": (Decimal(12), 0)}] * 2


def test_the_mean_level_of_the_field_s_own_example(metering: MeteringWorld) -> None:
    """Lago, weighted_sum_agg_spec: 2500 held for 27 of 31 days is 2177.4193548387."""
    metering.clock.now = at("2026-04-01T00:00:00")
    metering.define("storage", "weighted_sum")
    metering.send(usage(1, "storage", 2500, at="2026-03-05T00:00:00Z"))
    month = Window(at("2026-03-01T00:00:00"), at("2026-04-01T00:00:00"))
    [found] = reader(metering).quantities(OWNER, "client", [month])
    assert found["storage"].value == Decimal("2177.419354838710")


@pytest.mark.parametrize(
    ("start", "end"), [(START, START), (START, START - DAY), (START.replace(tzinfo=None), START + DAY)]
)
def test_a_window_goes_from_an_instant_to_a_later_one(start: datetime, end: datetime) -> None:
    with pytest.raises(ValueError, match="window"):
        Window(start, end)
