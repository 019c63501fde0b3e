"""What was used in the windows that an invoice closes, as the billing engine wants it and as the invoice shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from skuflow.billing.charges.model import Measured
from skuflow.billing.invoices.model import UsageFigure
from skuflow.billing.metering.aggregation import aggregated
from skuflow.billing.metering.counters import DynamoCounters
from skuflow.billing.metering.metric_store import DynamoMetrics
from skuflow.billing.metering.model import ADDITIVE, Metric, RawUsage, value_of
from skuflow.billing.metering.reading import Quantity, UsageReader, Window
from skuflow.billing.proration import mean_over_period
from skuflow.billing.timeline_model import Span, UsageWindow, WindowKey
from skuflow.kernel.tenancy import ClientId

Usage = Mapping[tuple[WindowKey, str], Measured]
Told = Sequence[tuple[Span, Quantity]]
"""What was used in each span of a window that has any usage."""


@dataclass(frozen=True, slots=True)
class UsageSource:
    """Where usage is read. Every method may raise TransientError."""

    reader: UsageReader
    counters: DynamoCounters
    metrics: DynamoMetrics

    def measured(
        self, client_id: ClientId, subject: str, windows: Sequence[UsageWindow]
    ) -> tuple[Usage, tuple[UsageFigure, ...]]:
        """For every metric of every window what was measured, nothing being zero; and the figures of those with usage. One Query
        for all of it, unless a window begins or ends within a day of UTC that has usage, or values of single events are needed."""
        if not windows:
            return {}, ()
        codes = frozenset(chain.from_iterable(one.metrics for one in windows))
        spans = [Window(span.start, span.end) for one in windows for span in one.spans]
        found = iter(self.reader.quantities(client_id, subject, spans, metrics=codes))
        known = self.metrics.known(client_id, codes)
        usage: dict[tuple[WindowKey, str], Measured] = {}
        figures: list[UsageFigure] = []
        for window in windows:
            parts = [next(found) for _ in window.spans]
            for code in window.metrics:
                told = [(span, part[code]) for span, part in zip(window.spans, parts, strict=True) if code in part]
                measured = self._measured(client_id, subject, window, known.get(code), told) if told else Measured()
                usage[window.key, code] = measured
                if told:
                    figures.append(_figure(window, known[code], measured))
        return usage, tuple(figures)

    def _measured(
        self, client_id: ClientId, subject: str, window: UsageWindow, metric: Metric | None, told: Told
    ) -> Measured:
        """All spans of `window` together."""
        events = sum(one.events for _, one in told)
        code = told[0][1].metric
        amounts: tuple[Decimal, ...] = ()
        if code in window.with_events:
            found = self._raw(client_id, subject, window, code)
            events, amounts = len(found), tuple(value_of(one.units) for one in found)
            if metric is not None and metric.aggregation in ADDITIVE:
                # Counters were read a moment before: what came since is in both figures or in none.
                value = aggregated(metric, found, window.spans[0].start, window.spans[-1].end)
                return Measured(value, events, amounts)
        if metric is not None and metric.aggregation == "weighted_sum":
            means = [(span, one.value) for span, one in told]
            return Measured(mean_over_period(window, means), events, amounts)
        if len(told) == 1:
            return Measured(told[0][1].value, events, amounts)
        if metric is None or metric.aggregation in ADDITIVE:
            return Measured(sum((one.value for _, one in told), Decimal(0)), events, amounts)
        raw = self._raw(client_id, subject, window, code)
        start, end = window.spans[0].start, window.spans[-1].end
        return Measured(aggregated(metric, raw, start, end), events, amounts)

    def _raw(self, client_id: ClientId, subject: str, window: UsageWindow, code: str) -> list[RawUsage]:
        return [
            stored.usage
            for span in window.spans
            for stored in self.counters.events(client_id, subject, code, span.start, span.end)
        ]


def _figure(window: UsageWindow, metric: Metric, measured: Measured) -> UsageFigure:
    start, end = window.spans[0].start, window.spans[-1].end
    return UsageFigure(metric.code, metric.unit, measured.units, measured.events, start, end)
