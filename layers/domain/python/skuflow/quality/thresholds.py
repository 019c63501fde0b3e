"""Limits that a client sets on measures. Pure.

A threshold that was crossed is not crossed again until the measure has come back by `margin`: a value that swings about the limit
alarms once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

from skuflow.kernel.errors import Invalid, Problem
from skuflow.quality.measures import Metric

Direction = Literal["below", "above"]
MOST = 100
"""Thresholds of a client."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Alarms when the `metric` of `field` ("" : the whole collection) is `direction` the `limit`. `crossings` counts the alarms;
    `value` is what was measured last, at `measured_at`."""

    threshold_id: str
    collection: str
    field: str
    metric: Metric
    direction: Direction
    limit: Decimal
    margin: Decimal
    created_at: datetime
    crossed: bool = False
    crossings: int = 0
    value: Decimal | None = None
    measured_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Alert:
    """A threshold was crossed at `at`, by what the job `job_id` measured."""

    alert_id: str
    threshold_id: str
    collection: str
    field: str
    metric: Metric
    direction: Direction
    limit: Decimal
    value: Decimal
    job_id: str
    at: datetime


def checked_limits(limit: Decimal, margin: Decimal) -> None:
    """Raises Invalid unless both are from 0 to 100 with at most two places."""
    faults = [
        Problem(name, "is not a percentage", "give a number from 0 to 100 with at most two decimal places")
        for name, value in (("limit", limit), ("margin", margin))
        if not value.is_finite() or not 0 <= value <= 100 or value != round(value, 2)
    ]
    if faults:
        raise Invalid("the threshold is not valid", problems=faults)


def set_to(known: Threshold | None, wanted: Threshold) -> Threshold:
    """What is stored when a client sets `wanted`. Another limit or margin is judged anew by the next measure; the same changes
    nothing."""
    if known is None:
        return wanted
    if (known.limit, known.margin) == (wanted.limit, wanted.margin):
        return known
    return replace(known, limit=wanted.limit, margin=wanted.margin, crossed=False)


def measured(threshold: Threshold, value: Decimal, at: datetime) -> Threshold:
    """The threshold after `value` was measured at `at`; its `crossings` are one more if this crossed it. A measure that is no newer
    than the last changes nothing."""
    if threshold.measured_at is not None and at <= threshold.measured_at:
        return threshold
    over = threshold.limit - value if threshold.direction == "below" else value - threshold.limit
    near = threshold.crossed and threshold.margin > 0 and over > -threshold.margin
    crossed = over > 0 or near
    crossings = threshold.crossings + (1 if crossed and not threshold.crossed else 0)
    return replace(threshold, crossed=crossed, crossings=crossings, value=value, measured_at=at)
