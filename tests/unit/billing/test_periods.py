"""Billing periods at month ends, in leap years, and where clocks jump."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skuflow.billing.periods import Cycle, end_of_day, local_date, next_period, period_at, start_of_day, zone_problems
from skuflow.billing.timeline_model import Interval

ZONES = (
    "UTC",
    "America/Toronto",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Africa/Cairo",
    "Atlantic/Azores",
)
MINUTE = timedelta(minutes=1)
moments = st.integers(0, 17 * 366 * 24 * 60).map(lambda minutes: datetime(2015, 1, 1, tzinfo=UTC) + minutes * MINUTE)


def wall(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def starts(cycle: Cycle, first: datetime, count: int) -> list[str]:
    """Local wall time at which `count` periods begin, from the one that holds `first`."""
    period, found = period_at(cycle, first), []
    for _ in range(count):
        found.append(period.start.astimezone(ZoneInfo(cycle.time_zone)).strftime("%Y-%m-%d %H:%M"))
        period = next_period(cycle, period)
    return found


@pytest.mark.parametrize(
    ("interval", "anchor", "expected"),
    [
        ("month", "2023-12-31T15:30", "2023-12-31 2024-01-31 2024-02-29 2024-03-31 2024-04-30 2024-05-31"),
        ("month", "2025-01-30T15:30", "2025-01-30 2025-02-28 2025-03-30 2025-04-30 2025-05-30 2025-06-30"),
        ("month", "2025-01-29T15:30", "2025-01-29 2025-02-28 2025-03-29 2025-04-29 2025-05-29 2025-06-29"),
        ("quarter", "2024-11-30T15:30", "2024-11-30 2025-02-28 2025-05-30 2025-08-30 2025-11-30 2026-02-28"),
        ("year", "2024-02-29T15:30", "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29 2029-02-28"),
        ("week", "2024-02-26T15:30", "2024-02-26 2024-03-04 2024-03-11 2024-03-18 2024-03-25 2024-04-01"),
    ],
)
def test_anchored_periods_keep_their_day_wherever_the_month_has_it(
    interval: Interval, anchor: str, expected: str
) -> None:
    cycle = Cycle(interval, "anchored", "America/Toronto", wall(anchor, "America/Toronto"))
    assert starts(cycle, cycle.anchor, 6) == [f"{day} 15:30" for day in expected.split()]


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ("week", "2024-02-19 2024-02-26 2024-03-04"),
        ("month", "2024-02-01 2024-03-01 2024-04-01"),
        ("quarter", "2024-01-01 2024-04-01 2024-07-01"),
        ("year", "2024-01-01 2025-01-01 2026-01-01"),
    ],
)
@pytest.mark.parametrize("zone", ["America/Toronto", "Asia/Kolkata", "Pacific/Apia"])
def test_calendar_periods_begin_with_the_local_month_quarter_year_and_monday(
    interval: Interval, expected: str, zone: str
) -> None:
    cycle = Cycle(interval, "calendar", zone, wall("2021-06-17T09:00", zone))
    assert starts(cycle, wall("2024-02-22T23:59", zone), 3) == [f"{day} 00:00" for day in expected.split()]


def test_a_boundary_in_the_gap_of_a_clock_is_moved_beyond_it_and_the_next_one_is_not() -> None:
    cycle = Cycle("month", "anchored", "America/Toronto", wall("2024-02-10T02:30", "America/Toronto"))
    assert starts(cycle, cycle.anchor, 3) == ["2024-02-10 02:30", "2024-03-10 03:30", "2024-04-10 02:30"]


def test_of_a_time_that_comes_twice_the_first_is_the_boundary() -> None:
    cycle = Cycle("month", "anchored", "America/Toronto", wall("2024-10-03T01:30", "America/Toronto"))
    assert period_at(cycle, cycle.anchor).end == datetime(2024, 11, 3, 5, 30, tzinfo=UTC)


def test_a_subscription_that_begins_in_the_second_of_two_equal_hours_has_a_whole_first_period() -> None:
    second = datetime(2024, 11, 3, 6, 30, tzinfo=UTC)
    period = period_at(Cycle("month", "anchored", "America/Toronto", second), second)
    assert (period.start, period.end) == (second, wall("2024-12-03T01:30", "America/Toronto"))


def test_where_midnight_is_skipped_the_day_begins_when_the_clock_has_jumped() -> None:
    noon = wall("2024-04-26T12:00", "Africa/Cairo")
    assert start_of_day(noon, "Africa/Cairo") == wall("2024-04-26T01:00", "Africa/Cairo")
    cycle = Cycle("month", "anchored", "Africa/Cairo", wall("2024-03-26T15:00", "Africa/Cairo"), whole_days=True)
    assert starts(cycle, noon, 2) == ["2024-04-26 01:00", "2024-05-26 00:00"]


def test_a_day_that_a_zone_left_out_does_not_stop_the_grid() -> None:
    """Samoa had no 30 December 2011: it went from the 29th to the 31st."""
    cycle = Cycle("month", "anchored", "Pacific/Apia", wall("2011-11-30T09:00", "Pacific/Apia"))
    assert starts(cycle, cycle.anchor, 3) == ["2011-11-30 09:00", "2011-12-31 09:00", "2012-01-30 09:00"]


def test_a_midnight_ends_the_day_before_it() -> None:
    midnight = wall("2024-05-01T00:00", "America/Toronto")
    assert end_of_day(midnight, "America/Toronto") == midnight
    assert end_of_day(midnight + MINUTE, "America/Toronto") == wall("2024-05-02T00:00", "America/Toronto")


cycles = st.builds(
    Cycle,
    st.sampled_from(["week", "month", "quarter", "year"]),
    st.sampled_from(["anchored", "calendar"]),
    st.sampled_from(ZONES),
    moments,
    st.booleans(),
)


@given(cycles, moments)
def test_periods_tile_all_time_and_every_moment_lies_in_the_one_that_holds_it(cycle: Cycle, moment: datetime) -> None:
    period = period_at(cycle, moment)
    assert period.start <= moment < period.end
    assert period == period_at(cycle, period.start) == period_at(cycle, period.end - MINUTE / 60)
    assert next_period(cycle, period).start == period.end
    shortest, longest = {"week": (6, 8), "month": (27, 32), "quarter": (88, 93), "year": (364, 367)}[cycle.interval]
    assert timedelta(days=shortest) < period.end - period.start < timedelta(days=longest)
    if cycle.whole_days or cycle.alignment == "calendar":
        assert local_date(period.start - MINUTE, cycle.time_zone) < local_date(period.start, cycle.time_zone)


@given(moments, st.sampled_from(ZONES))
def test_a_day_holds_the_moments_of_its_date_and_no_others(moment: datetime, zone: str) -> None:
    begun = start_of_day(moment, zone)
    assert begun <= moment
    assert local_date(begun, zone) == local_date(moment, zone)
    assert local_date(begun - MINUTE, zone) < local_date(moment, zone)
    assert local_date(end_of_day(moment + MINUTE, zone), zone) > local_date(moment, zone)


@pytest.mark.parametrize(
    "name", ["", "Toronto", "../etc/passwd", "/etc/localtime", "America", "EST5EDT4,nonsense", "\0"]
)
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    (problem,) = zone_problems("time_zone", name)
    assert problem.field == "time_zone"
    assert "America/Toronto" in problem.remedy


def test_a_time_zone_is_let_through() -> None:
    assert [zone_problems("time_zone", zone) for zone in ZONES] == [()] * len(ZONES)
