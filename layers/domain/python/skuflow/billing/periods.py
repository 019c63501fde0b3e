"""Billing periods: where they begin and end, as instants, for a calendar kept in a time zone.

Boundaries are counted from one origin, never from the boundary before: monthly from the 31st is the 31st wherever there is one and
the last day elsewhere. Local times that a clock skips are taken as far beyond the gap as they lie in it (RFC 5545, 3.3.5); of
a time that comes twice the first is meant. Months and years are added by python-dateutil, zones are those of zoneinfo.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from skuflow.billing.timeline_model import Alignment, Interval, Span, Terms
from skuflow.kernel.errors import Problem

_OF_THE_MACHINE = re.compile(r"(posix|right)/|localtime$|posixrules$|Factory$")
"""What a machine's own copy of the database holds beside the names of IANA: another machine may know another one, or none."""

_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Cycle:
    """A grid of periods. `anchor` is an instant; `whole_days` puts the boundaries at local midnight, also where anchored."""

    interval: Interval
    alignment: Alignment
    time_zone: str
    anchor: datetime
    whole_days: bool = False


def cycle_of(terms: Terms, anchor: datetime, time_zone: str) -> Cycle:
    """The grid of a plan's periods. A plan that is prorated by day has periods of whole days."""
    return Cycle(terms.interval, terms.alignment, time_zone, anchor, whole_days=terms.proration != "second")


def period_at(cycle: Cycle, moment: datetime) -> Span:
    """The period that holds `moment`; a moment on a boundary belongs to the period that it begins. Instants are in UTC."""
    number = _guess(cycle, moment)
    while boundary(cycle, number) > moment:
        number -= 1
    while boundary(cycle, number + 1) <= moment:
        number += 1
    return Span(boundary(cycle, number), boundary(cycle, number + 1))


def next_period(cycle: Cycle, period: Span) -> Span:
    """The period after `period`."""
    return period_at(cycle, period.end)


@lru_cache(maxsize=4096)
def boundary(cycle: Cycle, number: int) -> datetime:
    """The instant at which period `number` begins; period 0 begins at the origin, others before and after it."""
    if number == 0 and cycle.alignment == "anchored" and not cycle.whole_days:
        return cycle.anchor.astimezone(UTC)
    return _instant(_origin(cycle) + _step(cycle.interval, number), cycle.time_zone)


def start_of_day(moment: datetime, time_zone: str) -> datetime:
    """The instant at which the local day of `moment` begins: midnight, or later where the clock skips it."""
    return midnight(local_date(moment, time_zone), time_zone)


def end_of_day(moment: datetime, time_zone: str) -> datetime:
    """The instant at which the local day that `moment` is in, or has just ended, ends: a midnight is its own."""
    begun = start_of_day(moment, time_zone)
    return begun if begun == moment else midnight(local_date(moment, time_zone) + timedelta(days=1), time_zone)


def midnight(day: date, time_zone: str) -> datetime:
    """The instant at which the local `day` begins."""
    return _instant(datetime.combine(day, time.min), time_zone)


def local_date(moment: datetime, time_zone: str) -> date:
    """The day that it is in `time_zone` at `moment`."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def zone_problems(field: str, time_zone: str) -> tuple[Problem, ...]:
    """The fault of a name that is no IANA time zone."""
    try:
        if not _OF_THE_MACHINE.match(time_zone):
            ZoneInfo(time_zone)
            return ()
    except (KeyError, ValueError, OSError):  # unknown; a path instead of a name; a folder of the database
        pass
    return (Problem(field, f"{time_zone!r} is not a time zone", "give an IANA name such as America/Toronto"),)


def _origin(cycle: Cycle) -> datetime:
    """Local wall time from which boundaries are counted."""
    local = cycle.anchor.astimezone(ZoneInfo(cycle.time_zone)).replace(tzinfo=None, fold=0)
    if cycle.alignment == "anchored":
        return datetime.combine(local.date(), time.min) if cycle.whole_days else local
    day = local.date()
    if cycle.interval == "week":
        return datetime.combine(day - timedelta(days=day.weekday()), time.min)
    months = _MONTHS[cycle.interval]
    first = (day.month - 1) // months * months + 1
    return datetime(day.year, first, 1)  # noqa: DTZ001  wall time: the zone is applied to the boundary


def _step(interval: Interval, number: int) -> relativedelta:
    if interval == "week":
        return relativedelta(weeks=number)
    return relativedelta(months=number * _MONTHS[interval])


def _guess(cycle: Cycle, moment: datetime) -> int:
    """A number at most one off: how many steps lie between the two dates."""
    origin = _origin(cycle).date()
    day = local_date(moment, cycle.time_zone)
    if cycle.interval == "week":
        return (day - origin).days // 7
    return ((day.year - origin.year) * 12 + day.month - origin.month) // _MONTHS[cycle.interval]


def _instant(local: datetime, time_zone: str) -> datetime:
    """The instant of a wall time: of two the first, and of none (a gap) what the offset before the gap makes of it."""
    return local.replace(tzinfo=ZoneInfo(time_zone), fold=0).astimezone(UTC)
