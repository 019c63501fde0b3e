"""What a part of a period costs. Parts that lie side by side add up to the whole, to the minor unit, however it is cut.

The fee is thought to accrue over the period; a part costs what has accrued at its end less what had at its start, each rounded
half-even. So it is the running total that is rounded, and no cent is lost or made by cutting.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from skuflow.billing.charges.arithmetic import as_decimal
from skuflow.billing.periods import local_date
from skuflow.billing.timeline_model import Proration, Span, UsageWindow
from skuflow.kernel.currency import minor_digits
from skuflow.kernel.money import Money

MONTH_DAYS = 30
"""Days of every month where proration is by days of months that are all alike (30/360)."""


@dataclass(frozen=True, slots=True)
class Ruler:
    """How time is measured: by elapsed microseconds, by local days, or by days of months of `month_days` days each."""

    by: Proration
    time_zone: str = "UTC"
    month_days: int = MONTH_DAYS

    def length(self, start: datetime, end: datetime) -> int:
        """Units from `start` to `end`: microseconds, or whole days between their local dates."""
        if self.by == "second":
            gap = end - start
            return (gap.days * 86_400 + gap.seconds) * 1_000_000 + gap.microseconds
        first, last = local_date(start, self.time_zone), local_date(end, self.time_zone)
        if self.by == "day":
            return (last - first).days
        return self._even_days(last) - self._even_days(first)

    def share(self, period: Span, part: Span) -> Fraction:
        """Which fraction of `period` the `part` is; 0 for a period without length."""
        whole = self.length(period.start, period.end)
        return Fraction(self.length(part.start, part.end), whole) if whole > 0 else Fraction(0)

    def _even_days(self, day: date) -> int:
        """Days since year 0 if every month had as many; the 31st, and the 30th of a shorter one, count as its last day's end."""
        return (day.year * 12 + day.month) * self.month_days + min(day.day - 1, self.month_days)


def prorated(fee: Decimal, currency: str, period: Span, part: Span, ruler: Ruler) -> Money:
    """What `part` of `period` costs if the whole costs `fee` (major units). `part` must lie within `period`."""
    if not period.start <= part.start <= part.end <= period.end:
        raise ValueError("a part must lie within its period")
    whole = Fraction(fee) * 10 ** minor_digits(currency)
    before = whole * ruler.share(period, Span(period.start, part.start))
    after = whole * ruler.share(period, Span(period.start, part.end))
    return Money(round(after) - round(before), currency)


def exact_share(fee: Decimal, period: Span, part: Span, ruler: Ruler) -> Decimal:
    """`fee` × the share of the part in major units, before it is money: 12 decimals, for explanations."""
    return as_decimal(Fraction(fee) * ruler.share(period, part))


def mean_over_period(window: UsageWindow, means: Iterable[tuple[Span, Decimal]]) -> Decimal:
    """The level of a weighted sum over the whole period of `window`, from its mean over each span in which the plan was in force:
    2500 held for 27 of 31 days is 2177.419354838710, whether there was a subscription before them or not. So the windows of one
    period, also those of other plans, never charge for more time than it has. 12 decimals, half-even.

    Source: Lago, spec/scenarios/current_usage/by_aggregation_type/weighted_sum_agg_spec.rb."""
    ruler = Ruler("second")
    period = Span(window.period_from, window.period_to)
    return as_decimal(sum((Fraction(mean) * ruler.share(period, span) for span, mean in means), Fraction(0)))
