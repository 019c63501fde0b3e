"""The daily record: what a client's data-quality jobs did, by day and by where the data came from. Sums only, so that jobs may
come in any order and any number of them at once; the means are worked out when the record is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from skuflow.kernel.errors import Invalid, Problem

_CENT = Decimal("0.01")
MOST = 10**9
"""Items, or seconds, of one job at most."""


@dataclass(frozen=True, slots=True)
class JobFigures:
    """Sums over jobs. `score_before_items` and `score_after_items` are scores in hundredths (0 to 10,000) times items, added up:
    divided by the items they are the item-weighted means. `job_seconds` are whole seconds."""

    items_processed: int = 0
    items_fixed: int = 0
    score_before_items: int = 0
    score_after_items: int = 0
    job_count: int = 0
    job_seconds: int = 0
    source_items: int = 0
    billable_items: int = 0

    def __add__(self, other: JobFigures) -> JobFigures:
        return JobFigures(*(getattr(self, name) + getattr(other, name) for name in FIGURES))

    @property
    def quality_score_before(self) -> Decimal | None:
        """Item-weighted mean, 0 to 100 with two places, half-even; None if no item was processed."""
        return self._mean(self.score_before_items)

    @property
    def quality_score_after(self) -> Decimal | None:
        return self._mean(self.score_after_items)

    def _mean(self, hundredths: int) -> Decimal | None:
        if not self.items_processed:
            return None
        mean = Decimal(hundredths) / (100 * self.items_processed)
        return mean.quantize(_CENT, ROUND_HALF_EVEN)


FIGURES = (
    "items_processed",
    "items_fixed",
    "score_before_items",
    "score_after_items",
    "job_count",
    "job_seconds",
    "source_items",
    "billable_items",
)
"""The fields of JobFigures, which are attributes of an item too."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job that has ended, `at` by its own account."""

    job_id: str
    source_type: str
    at: datetime
    figures: JobFigures

    @property
    def day(self) -> str:
        """The UTC day that it is counted in."""
        return self.at.date().isoformat()


@dataclass(frozen=True, slots=True)
class DailyFigures:
    """A day's figures of one source type."""

    day: str
    source_type: str
    figures: JobFigures


def hundredths(field: str, score: str) -> int:
    """A score from 0 to 100, as text, in hundredths; finer ones are rounded half-even. Raises Invalid that names `field`."""
    try:
        value = Decimal(score)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 <= value <= 100:
        raise Invalid("the job is not valid", problems=[Problem(field, "is not a score", "give 0 to 100")])
    return int((value * 100).to_integral_value(ROUND_HALF_EVEN))


def counted(field: str, number: int) -> int:
    """`number`, if it can be a count. Raises Invalid that names `field`."""
    if not 0 <= number <= MOST:
        raise Invalid("the job is not valid", problems=[Problem(field, "is out of range", f"give 0 to {MOST}")])
    return number


def total_of(days: Iterable[DailyFigures]) -> JobFigures:
    total = JobFigures()
    for one in days:
        total = total + one.figures
    return total
