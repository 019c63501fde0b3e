"""What a client may define as a metric."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skuflow.billing.metering.model import AGGREGATIONS, BUILT_IN, Metric
from skuflow.billing.model import UNSEEN
from skuflow.kernel.errors import Conflict, Invalid, Problem

CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
MOST_METRICS = 200
"""Of one client: all of them are read together."""


def checked(metric: Metric) -> Metric:
    """`metric`, if it may be defined. Raises Invalid that names every fault, Conflict for the code of one that is built in."""
    faults = [*_texts(metric), *_aggregation(metric)]
    if faults:
        raise Invalid("the metric is not valid", problems=faults)
    if metric.code in BUILT_IN:
        raise Conflict(f"{metric.code} is built in")
    return metric


def _texts(metric: Metric) -> Iterator[Problem]:
    if not CODE.fullmatch(metric.code):
        yield Problem("code", "is not a metric's code", "use a-z, 0-9 and _, a letter first, at most 64")
    for field, text in (("name", metric.name), ("unit", metric.unit), ("property", metric.property)):
        if UNSEEN.search(text):
            yield Problem(field, "holds control characters", "leave them out")


def _aggregation(metric: Metric) -> Iterator[Problem]:
    if metric.aggregation not in AGGREGATIONS:
        yield Problem("aggregation", "is not known", f"use one of {', '.join(AGGREGATIONS)}")
    if metric.aggregation == "unique_count" and not metric.property:
        yield Problem("property", "is missing", "name the property whose distinct values are counted")
    if metric.aggregation != "unique_count" and metric.property:
        yield Problem("property", f"means nothing to a {metric.aggregation}", "leave it out")
    if metric.aggregation != "weighted_sum" and metric.carries_over:
        yield Problem("carries_over", f"means nothing to a {metric.aggregation}", "leave it out")
