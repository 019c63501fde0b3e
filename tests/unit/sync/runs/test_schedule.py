"""When things are done again: nights, pauses, polls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from skuflow.kernel.tenancy import ClientId
from skuflow.sync.runs.schedule import next_night, pause_after, poll_after, retry_after

MINE = ClientId("cli_0000000000000001")
SHOPS = [f"shop-{number}.myshopify.com" for number in range(400)]
ZONES = ["America/Toronto", "Asia/Kolkata", "Pacific/Apia", "America/St_Johns", "Europe/Berlin", "UTC"]


@pytest.mark.parametrize("zone", ZONES)
def test_a_night_begins_between_one_and_five_where_the_shop_is(zone: str) -> None:
    after = datetime(2026, 6, 15, 12, 34, 56, tzinfo=UTC)
    for shop in SHOPS[:50]:
        night = next_night(MINE, shop, zone, after)
        assert 1 <= night.astimezone(ZoneInfo(zone)).hour < 5
        assert timedelta() < night - after <= timedelta(days=1)


def test_shops_are_spread_over_the_night() -> None:
    after = datetime(2026, 6, 15, 12, tzinfo=UTC)
    per_hour = dict.fromkeys(range(1, 5), 0)
    for shop in SHOPS:
        per_hour[next_night(MINE, shop, "UTC", after).hour] += 1
    assert all(70 <= shops <= 130 for shops in per_hour.values())
    assert len({next_night(MINE, shop, "UTC", after) for shop in SHOPS}) > 150


def test_a_shop_keeps_its_minute_from_night_to_night() -> None:
    moment = datetime(2026, 6, 15, 12, tzinfo=UTC)
    clocks = set()
    for _ in range(5):
        moment = next_night(MINE, SHOPS[0], "Asia/Kolkata", moment)
        clocks.add(moment.astimezone(ZoneInfo("Asia/Kolkata")).time())
    assert len(clocks) == 1
    assert timedelta(days=4) < moment - datetime(2026, 6, 15, 12, tzinfo=UTC) <= timedelta(days=5)


@pytest.mark.parametrize("changes", [datetime(2026, 3, 7, 12, tzinfo=UTC), datetime(2026, 10, 31, 12, tzinfo=UTC)])
def test_nights_in_which_clocks_are_changed_have_one_reconciliation_each(changes: datetime) -> None:
    """Toronto: 02:00 becomes 03:00 on 2026-03-08, and 01:00 to 02:00 comes twice on 2026-11-01."""
    zone = ZoneInfo("America/Toronto")
    for shop in SHOPS[:60]:
        nights = [changes]
        for _ in range(4):
            nights.append(next_night(MINE, shop, "America/Toronto", nights[-1]))
        local = [night.astimezone(zone) for night in nights[1:]]
        assert [night.date() for night in local] == [changes.date() + timedelta(days=n + 1) for n in range(4)]
        assert all(1 <= night.hour < 5 for night in local)


def test_a_night_that_has_just_begun_is_not_begun_again() -> None:
    night = next_night(MINE, SHOPS[0], "UTC", datetime(2026, 6, 15, 12, tzinfo=UTC))
    assert next_night(MINE, SHOPS[0], "UTC", night) == night + timedelta(days=1)
    assert next_night(MINE, SHOPS[0], "UTC", night - timedelta(microseconds=1)) == night


@pytest.mark.parametrize("zone", ["Nowhere/Land", "", "../etc/passwd", "\0"])
def test_a_time_zone_that_nobody_knows_is_taken_for_utc(zone: str) -> None:
    after = datetime(2026, 6, 15, 12, tzinfo=UTC)
    assert next_night(MINE, SHOPS[0], zone, after) == next_night(MINE, SHOPS[0], "UTC", after)


@pytest.mark.parametrize(
    ("failures", "longest"), [(1, 15), (2, 30), (3, 60), (7, 960), (8, 1440), (9, 1440), (500, 1440)]
)
def test_pauses_double_up_to_a_day_and_differ_from_shop_to_shop(failures: int, longest: int) -> None:
    pauses = {pause_after(MINE, shop, failures) for shop in SHOPS}
    assert len(pauses) > 300
    assert timedelta(minutes=longest * 0.8) <= min(pauses) <= max(pauses) <= timedelta(minutes=longest)
    assert pause_after(MINE, SHOPS[0], failures) == pause_after(MINE, SHOPS[0], failures)


@pytest.mark.parametrize(("age", "wait"), [(-5, 10), (0, 10), (20, 10), (60, 30), (240, 120), (9_999, 120)])
def test_the_older_something_is_the_more_seldom_it_is_looked_at(age: int, wait: int) -> None:
    begun = datetime(2026, 6, 15, 12, tzinfo=UTC)
    assert poll_after(begun, begun + timedelta(seconds=age)) == timedelta(seconds=wait)


@pytest.mark.parametrize(("lasts", "wait"), [(0, 1), (1, 1), (2, 2), (30, 30), (60, 60), (600, 60)])
def test_what_has_failed_for_long_is_tried_less_often(lasts: int, wait: int) -> None:
    since = datetime(2026, 6, 15, 12, tzinfo=UTC)
    assert retry_after(since, since + timedelta(minutes=lasts)) == timedelta(minutes=wait)
