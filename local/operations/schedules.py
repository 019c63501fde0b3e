"""What runs by the clock: is it switched on, and did it run when it should have?"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from local.aws import Aws
from local.operations.log_lines import read, sources

_AT_ONCE = 8
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_LATE = 5
"""Periods without a run before it counts as late: a platform that has just started, or a log that lags, is not."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Named like the function that it starts. `last_run`: when that last said something, ISO 8601; "" if it has not within the time
    looked back. `is_late`: it should have run since; never for what does not run at a fixed rate."""

    name: str
    expression: str
    enabled: bool
    last_run: str
    is_late: bool


def all_schedules(aws: Aws, now: datetime) -> list[Schedule]:
    """Every schedule of the stage, by name."""
    pages = aws.schedules.get_paginator("list_schedules").paginate(NamePrefix=aws.prefix)
    names = sorted(item["Name"] for page in pages for item in page["Schedules"])
    known = {source.function for source in sources(aws)} if names else set()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda name: _schedule(aws, name, known, now), names))


def _schedule(aws: Aws, name: str, known: set[str], now: datetime) -> Schedule:
    described = aws.schedules.get_schedule(Name=name)
    expression, function = str(described["ScheduleExpression"]), name.removeprefix(aws.prefix)
    enabled = described.get("State") == "ENABLED"
    period = _period(expression)
    back = max(timedelta(hours=1), 2 * period) if period else timedelta(days=1)
    last = _last_said(aws, function, now - back) if function in known else None
    since = last or described["CreationDate"]
    late = bool(period) and enabled and now - since > _LATE * (period or back)
    shown = last.isoformat(timespec="seconds") if last else ""
    return Schedule(function, expression, enabled, shown, late)


def _last_said(aws: Aws, function: str, since: datetime) -> datetime | None:
    (source,) = sources(aws, function)
    moments = [line.at for line in read(aws, source, round(since.timestamp() * 1000))]
    return datetime.fromtimestamp(max(moments) / 1000, UTC) if moments else None


def _period(expression: str) -> timedelta | None:
    """Of `rate(5 minutes)`; None for what is not a rate."""
    found = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression)
    return int(found[1]) * _UNITS[found[2]] if found else None
