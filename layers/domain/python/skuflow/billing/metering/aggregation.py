"""From events to one quantity. Pure and exact; a weighted_sum alone has to be rounded: half-even, to 12 decimals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal

from skuflow.billing.metering.model import PLACES, Metric, RawUsage, value_of

_WIDE = Context(prec=100)
_STEP = Decimal(1).scaleb(-PLACES)
_MICROSECOND = timedelta(microseconds=1)


def aggregated(
    metric: Metric, events: Sequence[RawUsage], start: datetime, end: datetime, *, level: int = 0
) -> Decimal:
    """The quantity of `events`, all from `start` (included) to `end` (excluded), in the order of time. `level`: what a weighted_sum
    begins with, in units of 10^-12."""
    if metric.aggregation == "count":
        return Decimal(len(events))
    if metric.aggregation == "sum":
        return value_of(sum(one.units for one in events))
    if metric.aggregation == "weighted_sum":
        return weighted(events, start, end, level)
    if not events:
        return Decimal(0)
    if metric.aggregation == "max":
        return value_of(max(one.units for one in events))
    if metric.aggregation == "latest":
        return value_of(events[-1].units)
    return Decimal(len({one.properties.get(metric.property, "") for one in events}))


def weighted(events: Sequence[RawUsage], start: datetime, end: datetime, level: int) -> Decimal:
    """The mean level over the window, weighted by time: (level x whole + sum of change x time left at it) / whole. Lago
    documents it as `weighted_sum_agg`; times are whole microseconds here, so only the last division is rounded."""
    whole = (end - start) // _MICROSECOND
    area = level * whole + sum(one.units * ((end - one.at) // _MICROSECOND) for one in events)
    mean = _WIDE.divide(Decimal(area).scaleb(-PLACES, _WIDE), Decimal(whole))
    return mean.quantize(_STEP, ROUND_HALF_EVEN, _WIDE)
