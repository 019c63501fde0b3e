"""The functions of a stage: when each was deployed, how often it ran in the last hour, and how that went."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from local.aws import Aws
from local.operations import log_lines, metrics
from local.operations.log_lines import Source, Wanted
from local.operations.metrics import Metric

HOUR = timedelta(hours=1)
_GRAVE = Wanted(level="ERROR")


@dataclass(frozen=True, slots=True)
class Function:
    """`runs`, `failed` (raised, timed out, ran out of memory), `throttled` and `errors` (log lines of level ERROR) are of the last
    hour; None: not measured here."""

    name: str
    deployed_at: str
    runs: int | None
    failed: int | None
    throttled: int | None
    errors: int


def all_functions(aws: Aws, now: datetime) -> list[Function]:
    """Every function of the stage, by name."""
    deployed = _deployed(aws)
    sources = [Source(name, group) for name, (group, _at) in deployed.items()]
    since = round((now - HOUR).timestamp() * 1000)
    errors = Counter(
        line.function for line in log_lines.in_order(aws, sources, since, words=("ERROR",)) if _GRAVE(line)
    )
    runs, failed, throttled = _counted(aws, sources, since, now)
    return [
        Function(name, at, runs.get(name), failed.get(name), throttled.get(name), errors[name])
        for name, (_group, at) in deployed.items()
    ]


def _deployed(aws: Aws) -> dict[str, tuple[str, str]]:
    """Log group and last change (ISO 8601) of each function."""
    pages = aws.functions.get_paginator("list_functions").paginate()
    found = {
        item["FunctionName"].removeprefix(aws.prefix): (
            item.get("LoggingConfig", {}).get("LogGroup", ""),
            item.get("LastModified", ""),
        )
        for page in pages
        for item in page["Functions"]
        if item["FunctionName"].startswith(aws.prefix)
    }
    return dict(sorted(found.items()))


def _counted(
    aws: Aws, sources: list[Source], since: int, now: datetime
) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Runs, failed ones and refused ones by function: measured by CloudWatch, or the runs counted in the embedded AWS's log."""
    if aws.endpoint:
        reports = log_lines.in_order(aws, sources, since, words=("REPORT",))
        runs = Counter(line.function for line in reports if line.text.startswith("REPORT "))
        return {source.function: runs[source.function] for source in sources}, {}, {}
    names = ("Invocations", "Errors", "Throttles")
    asked = [_metric(aws, name, source.function) for name in names for source in sources]
    found = metrics.read(aws, asked, "Sum", over=HOUR, now=now)
    runs_, failed, throttled = (
        {source.function: round(found.get(_metric(aws, name, source.function), 0)) for source in sources}
        for name in names
    )
    return runs_, failed, throttled


def _metric(aws: Aws, name: str, function: str) -> Metric:
    return Metric("AWS/Lambda", name, "FunctionName", aws.prefix + function)
