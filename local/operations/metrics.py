"""What CloudWatch has measured; nothing on the embedded AWS, which keeps no such figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from local.aws import Aws

_AT_ONCE = 500
"""Metrics that one GetMetricData call may ask for."""


@dataclass(frozen=True, slots=True)
class Metric:
    """`name` of the AWS service `namespace` about the resource that its only dimension names."""

    namespace: str
    name: str
    dimension: str
    resource: str


def read(aws: Aws, metrics: Sequence[Metric], stat: str, *, over: timedelta, now: datetime) -> dict[Metric, float]:
    """Each metric's `stat` (Sum or Maximum) from `now - over` to `now`. One without data is missing."""
    found: dict[Metric, float] = {}
    if aws.endpoint is not None:
        return found
    join = sum if stat == "Sum" else max
    for begin in range(0, len(metrics), _AT_ONCE):
        asked = metrics[begin : begin + _AT_ONCE]
        pages = aws.cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=[_query(index, metric, stat) for index, metric in enumerate(asked)],
            StartTime=now - over,
            EndTime=now,
        )
        values: dict[str, list[float]] = {}
        for page in pages:
            for result in page["MetricDataResults"]:
                values.setdefault(result["Id"], []).extend(result["Values"])
        found |= {asked[int(name[1:])]: join(numbers) for name, numbers in values.items() if numbers}
    return found


def _query(index: int, metric: Metric, stat: str) -> dict[str, Any]:
    described = {
        "Namespace": metric.namespace,
        "MetricName": metric.name,
        "Dimensions": [{"Name": metric.dimension, "Value": metric.resource}],
    }
    return {"Id": f"m{index}", "MetricStat": {"Metric": described, "Period": 300, "Stat": stat}}
