"""When things come: ends of months, leap years, clocks that change, trials."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from skuflow.billing import lifecycle
from skuflow.billing.plans import Plan
from skuflow.billing.settling import settled
from skuflow.billing.subscriptions import Subscription
from tests.unit.billing.subscriptions.samples import PLANS, PREMIUM, asked, plan, subscribed

TORONTO = ZoneInfo("America/Toronto")
BY_DAY = plan("daily", "30", proration="day")
TRYING = plan("trying", "25", trial_days=14)
TRYING_BY_DAY = plan("trying-daily", "25", trial_days=14, proration="day")
CALENDAR = plan("calendar", "25", alignment="calendar")
ALL = {**PLANS, **{one.ref.key: one for one in (BY_DAY, TRYING, TRYING_BY_DAY, CALENDAR)}}


def local(*when: int) -> datetime:
    return datetime(*when, tzinfo=TORONTO).astimezone(UTC)  # type: ignore[arg-type, misc]  # year, month, day, hour, minute


def ends(item: Subscription, at: datetime) -> datetime:
    """When it ends if it is cancelled `at` for the end of its period."""
    ending = lifecycle.cancel(item, "period_end", asked(at), plans=ALL).cancel_at
    assert ending is not None
    return ending


@pytest.mark.parametrize(
    ("begun", "at", "end"),
    [
        pytest.param((2026, 1, 31, 10), (2026, 2, 10, 0), (2026, 2, 28, 10), id="the 31st in February"),
        pytest.param((2026, 1, 31, 10), (2026, 3, 1, 0), (2026, 3, 31, 10), id="the 31st comes back"),
        pytest.param((2028, 1, 31, 10), (2028, 2, 10, 0), (2028, 2, 29, 10), id="leap year"),
        pytest.param((2026, 2, 8, 2, 30), (2026, 2, 20, 0), (2026, 3, 8, 3, 30), id="an hour that the clock skips"),
        pytest.param((2026, 10, 1, 1, 30), (2026, 10, 20, 0), (2026, 11, 1, 1, 30), id="an hour that comes twice"),
        pytest.param((2026, 1, 31, 10), (2026, 2, 28, 10), (2026, 3, 31, 10), id="the boundary begins the next period"),
    ],
)
def test_periods_end_at_the_local_time_that_they_began_at(
    begun: tuple[int, ...], at: tuple[int, ...], end: tuple[int, ...]
) -> None:
    assert ends(subscribed(at=local(*begun)), local(*at)) == local(*end)


def test_periods_of_the_calendar_end_with_it() -> None:
    assert ends(subscribed(CALENDAR, local(2026, 1, 31, 10)), local(2026, 2, 3, 0)) == local(2026, 3, 1, 0)


def test_where_days_are_whole_periods_end_at_midnight() -> None:
    assert ends(subscribed(BY_DAY, local(2026, 1, 31, 10)), local(2026, 2, 3, 0)) == local(2026, 2, 28, 0)


@pytest.mark.parametrize(
    ("on", "end"),
    [
        pytest.param(TRYING, (2026, 3, 15, 10), id="at the time of day it began at, over a change of clocks"),
        pytest.param(TRYING_BY_DAY, (2026, 3, 15, 0), id="at midnight, where days are whole"),
    ],
)
def test_a_trial_ends_at_a_local_time_and_periods_are_counted_from_there(on: Plan, end: tuple[int, ...]) -> None:
    item = subscribed(on, local(2026, 3, 1, 10))
    over = local(*end)
    assert (item.status, item.anchor_at, item.phases[0].end) == ("trialing", over, over)
    assert ends(item, local(2026, 3, 2, 0)) == over
    assert settled(item, over - timedelta(microseconds=1)).status == "trialing"
    here = settled(item, over)
    assert (here.status, [act.kind for act in here.acts]) == ("active", ["trial_ended"])


def test_a_trial_that_lies_back_is_over_from_the_start() -> None:
    item = subscribed(TRYING, local(2026, 3, 1, 10), now=local(2026, 3, 20, 0))
    assert (item.status, [act.kind for act in item.acts]) == ("active", ["started", "trial_ended"])


def test_what_comes_true_at_one_moment_is_told_once_and_in_order() -> None:
    item = subscribed(TRYING, local(2026, 3, 1, 10))
    cheap = plan("cheap", "5")
    known = {**ALL, cheap.ref.key: cheap}
    item = lifecycle.change(item, cheap, None, asked(local(2026, 3, 2, 0)), plans=known)
    assert (item.pending is not None, item.plan.code) == (True, "trying")
    here = settled(item, local(2026, 4, 1, 0))
    assert [(act.kind, act.effective_at) for act in here.acts] == [
        ("trial_ended", item.anchor_at),
        ("changed", item.anchor_at),
    ]
    assert (here.plan.code, here.status, here.pending) == ("cheap", "active", None)
    paused = lifecycle.pause(item, asked(local(2026, 4, 1, 0)))
    assert [act.kind for act in paused.acts] == ["trial_ended", "changed", "paused"]


def test_a_change_that_is_pending_survives_a_pause() -> None:
    item = subscribed(PREMIUM, local(2026, 3, 1, 10))
    down = lifecycle.change(item, plan(), None, asked(local(2026, 3, 2, 0)), plans=ALL)
    paused = lifecycle.pause(down, asked(local(2026, 3, 3, 0)))
    back = lifecycle.resume(settled(paused, local(2026, 4, 2, 0)), asked(local(2026, 4, 3, 0)))
    assert (back.plan.code, back.status) == ("basic", "active")
    assert [(one.plan, one.kind) for one in back.phases] == [
        ("premium@1", "active"),
        ("premium@1", "paused"),
        ("basic@1", "paused"),
        ("basic@1", "active"),
    ]
