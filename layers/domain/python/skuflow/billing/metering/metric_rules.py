"""What a client may define as a metric."""

from __future__ import annotations

import re

from skuflow.billing.metering.model import AGGREGATIONS, BUILT_IN, Metric
from skuflow.kernel.errors import Conflict, Invalid, Problem

CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
MOST_METRICS = 200
"""Of one client: all of them are read together."""


def checked(metric: Metric) -> Metric:
    """`metric`, if it may be defined. Raises Invalid that names every fault, Conflict for the code of one that is built in."""
    faults: list[Problem] = []
    if not CODE.fullmatch(metric.code):
        faults.append(Problem("code", "is not a metric's code", "use a-z, 0-9 and _, a letter first, at most 64"))
    if metric.aggregation not in AGGREGATIONS:
        faults.append(Problem("aggregation", "is not known", f"use one of {', '.join(AGGREGATIONS)}"))
    if metric.aggregation == "unique_count" and not metric.property:
        faults.append(Problem("property", "is missing", "name the property whose distinct values are counted"))
    if metric.aggregation != "unique_count" and metric.property:
        faults.append(Problem("property", f"means nothing to a {metric.aggregation}", "leave it out"))
    if metric.aggregation != "weighted_sum" and metric.carries_over:
        faults.append(Problem("carries_over", f"means nothing to a {metric.aggregation}", "leave it out"))
    if faults:
        raise Invalid("the metric is not valid", problems=faults)
    if metric.code in BUILT_IN:
        raise Conflict(f"{metric.code} is built in")
    return metric
