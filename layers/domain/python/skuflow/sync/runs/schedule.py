"""When something is done again: polls that grow apart, nights that are spread, pauses after failures. Nothing here is random: the
same shop gets the same minute every night, and a repeat of a calculation gives what it gave."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from skuflow.kernel.tenancy import ClientId

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

NIGHT_BEGINS = time(1, 0)
NIGHT_MINUTES = 240
"""Reconciliations begin between 01:00 and 05:00, in the shop's own time zone."""

FIRST_PAUSE = timedelta(minutes=15)
LONGEST_PAUSE = timedelta(hours=24)

SOONEST_POLL = timedelta(seconds=10)
LATEST_POLL = timedelta(minutes=2)

SOONEST_RETRY = timedelta(minutes=1)
LATEST_RETRY = timedelta(hours=1)


def next_night(owner: ClientId, shop: str, time_zone: str, after: datetime) -> datetime:
    """The next moment after `after` at which the shop's reconciliation begins, in UTC. Where clocks are put forward over it, it
    is as much later; where they are put back, it is the first of the two."""
    zone = _zone(time_zone)
    minute = _share(owner, shop, "night") * NIGHT_MINUTES
    day = after.astimezone(zone).date() - timedelta(days=1)
    while True:
        wall_clock = datetime.combine(day, NIGHT_BEGINS) + timedelta(minutes=int(minute))
        moment = wall_clock.replace(tzinfo=zone).astimezone(UTC)
        if moment > after:
            return moment
        day += timedelta(days=1)


def pause_after(owner: ClientId, shop: str, failures: int) -> timedelta:
    """How long a shop is left alone after its `failures`-th failure in a row (from 1): 15 minutes, doubled each time, a day at
    most; up to a fifth less, differently for each shop, so that shops which failed together do not come back together."""
    doublings = min(max(failures - 1, 0), 7)
    pause = min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
    return pause * (1 - _share(owner, shop, f"failure {failures}") / 5)


def poll_after(begun_at: datetime, now: datetime) -> timedelta:
    """How long to wait before looking again at what began at `begun_at`: half its age, from 10 seconds to 2 minutes."""
    return min(max((now - begun_at) / 2, SOONEST_POLL), LATEST_POLL)


def retry_after(since: datetime, now: datetime) -> timedelta:
    """How long to wait before trying again what has failed since `since`: as long as it has lasted, from a minute to an hour."""
    return min(max(now - since, SOONEST_RETRY), LATEST_RETRY)


def _share(owner: ClientId, shop: str, purpose: str) -> float:
    """A number from 0 up to 1 that stands for the shop; another one for each purpose."""
    digest = hashlib.sha256(f"{owner}#{shop}#{purpose}".encode()).digest()
    return int.from_bytes(digest[:4]) / 2**32


def _zone(name: str) -> ZoneInfo:
    """The time zone; UTC for a name that nobody knows: reconciling at an odd hour beats not reconciling. The
    library is loaded by those who plan a night; most runs of a function plan none."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
