"""Reading usage back for whoever bills it: quantities by metric in windows of time.

Days of UTC that lie whole in a window are taken from the counters: one strongly consistent Query for all windows and all metrics,
over the days from the first to the last. Of a count or sum, events are read only for days that a window cuts, and then only if the
counter says that there are some; of other aggregations, which do not add up, for the whole window.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from skuflow.billing.metering.aggregation import aggregated
from skuflow.billing.metering.counters import DayCounts, DynamoCounters
from skuflow.billing.metering.metric_store import DynamoMetrics
from skuflow.billing.metering.model import ADDITIVE, Aggregation, Counted, Metric, RawUsage, midnight, value_of
from skuflow.kernel.tenancy import ClientId

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """The time from `start` (included) to `end` (excluded), UTC instants; `start` before `end`."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None or self.start >= self.end:
            raise ValueError("a window is from one instant to a later one")

    @property
    def days(self) -> tuple[datetime, ...]:
        """The midnights at which the UTC days begin that the window touches."""
        first = midnight(self.start)
        count = -((first - self.end.astimezone(UTC)) // _DAY)
        return tuple(first + number * _DAY for number in range(count))

    def holds(self, day: datetime) -> bool:
        """Whether the whole day lies in it."""
        return self.start <= day and day + _DAY <= self.end


@dataclass(frozen=True, slots=True)
class Quantity:
    """What was used of `metric` in a window: `value` by the metric's aggregation, exact (weighted_sum: rounded half-even to 12
    decimals), from `events` events."""

    metric: str
    aggregation: Aggregation
    value: Decimal
    events: int


class UsageReader:
    """Every method may raise TransientError."""

    def __init__(self, counters: DynamoCounters, metrics: DynamoMetrics) -> None:
        self._counters = counters
        self._metrics = metrics

    def quantities(
        self,
        client_id: ClientId,
        subject: str,
        windows: Sequence[Window],
        *,
        metrics: Collection[str] | None = None,
    ) -> tuple[dict[str, Quantity], ...]:
        """Per window, in the given order, metric code -> quantity; a metric without usage is left out. `metrics`: only these."""
        if not windows:
            return ()
        first = min(one.start for one in windows).astimezone(UTC).date()
        last = max(one.days[-1] for one in windows).date()
        known = self._known(client_id, metrics)
        from_the_beginning = any(one.carries_over for code, one in known.items() if metrics is None or code in metrics)
        counts = self._counters.days(client_id, subject, None if from_the_beginning else first, last)
        codes = {code for _, code in counts if metrics is None or code in metrics}
        known = self._metrics.known(client_id, codes)
        reading = _Reading(self._counters, client_id, subject, windows, counts)
        return tuple(
            {code: found for code in sorted(codes) if (found := reading.quantity(known[code], one)) is not None}
            for one in windows
        )

    def _known(self, client_id: ClientId, metrics: Collection[str] | None) -> Mapping[str, Metric]:
        if metrics is None:
            return {one.code: one for one in self._metrics.all(client_id)}
        return self._metrics.known(client_id, metrics)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One subject's counters, and its events where they are needed; `_cut` are those of days that a window cuts."""

    counters: DynamoCounters
    client_id: ClientId
    subject: str
    windows: Sequence[Window]
    counts: DayCounts
    _cut: dict[tuple[str, datetime], list[RawUsage]] = field(default_factory=dict)

    def quantity(self, metric: Metric, window: Window) -> Quantity | None:
        if metric.aggregation in ADDITIVE:
            total = self._added_up(metric.code, window)
            value = Decimal(total.events) if metric.aggregation == "count" else value_of(total.units)
            return Quantity(metric.code, metric.aggregation, value, total.events) if total.events else None
        level = self._level(metric.code, window.start) if metric.carries_over else 0
        events = self._raw(metric.code, window.start, window.end) if self._any(metric.code, window) else []
        if not events and not level:
            return None
        value = aggregated(metric, events, window.start, window.end, level=level)
        return Quantity(metric.code, metric.aggregation, value, len(events))

    def _added_up(self, code: str, window: Window) -> Counted:
        total = Counted()
        for day in window.days:
            counted = self._on(code, day)
            if counted.events and not window.holds(day):
                raw = [one for one in self._of_cut_day(code, day) if window.start <= one.at < window.end]
                counted = Counted(len(raw), sum(one.units for one in raw))
            total = total + counted
        return total

    def _of_cut_day(self, code: str, day: datetime) -> list[RawUsage]:
        """The day's events, as far as any window reaches: two windows that meet in a day share one Query."""
        if (code, day) not in self._cut:
            touching = [one for one in self.windows if one.start < day + _DAY and one.end > day]
            start = max(day, min(one.start for one in touching))
            end = min(day + _DAY, max(one.end for one in touching))
            self._cut[code, day] = self._raw(code, start, end)
        return self._cut[code, day]

    def _level(self, code: str, start: datetime) -> int:
        """The sum of everything before `start`, in units of 10^-12."""
        day = midnight(start)
        before = [
            counted.units for (at, name), counted in self.counts.items() if name == code and at < day.date().isoformat()
        ]
        if day < start and self._on(code, day).events:
            before += [one.units for one in self._raw(code, day, start)]
        return sum(before)

    def _any(self, code: str, window: Window) -> bool:
        return any(self._on(code, day).events for day in window.days)

    def _on(self, code: str, day: datetime) -> Counted:
        return self.counts.get((day.date().isoformat(), code), Counted())

    def _raw(self, code: str, start: datetime, end: datetime) -> list[RawUsage]:
        return [one.usage for one in self.counters.events(self.client_id, self.subject, code, start, end)]
