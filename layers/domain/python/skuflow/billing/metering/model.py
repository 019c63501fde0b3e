"""What is metered: metrics, events, and the answer that each event gets. Quantities are exact decimals, never floats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal, Inexact
from typing import Literal

from skuflow.kernel.errors import Problem

Aggregation = Literal["count", "sum", "max", "unique_count", "latest", "weighted_sum"]
AGGREGATIONS: tuple[Aggregation, ...] = ("count", "sum", "max", "unique_count", "latest", "weighted_sum")
ADDITIVE: frozenset[str] = frozenset({"count", "sum"})
"""Whose total over a range is the sum of the totals over its parts: daily counters are enough for these."""
VALUELESS: frozenset[str] = frozenset({"count", "unique_count"})
"""Which need no value in an event: there, 1 stands for it."""

LATE = timedelta(days=35)
"""How long after it happened an event is still taken."""
EARLY = timedelta(minutes=5)
"""How far a sender's clock may be ahead of ours."""

PLACES = 12
"""Decimals that a value may have."""
MOST_DIGITS = 12
"""Digits before the point that a value may have. 10^12 units of 10^-12 are 24 digits; DynamoDB adds exactly up to 38, which is
a sum over 10^14 such events."""
OWN_SUBJECT = "client"
"""The subject that stands for the client itself."""

_EXACT = Context(prec=100, traps=[Inexact])


@dataclass(frozen=True, slots=True)
class Metric:
    """What is counted, and how events become one quantity. `whole`: values are whole numbers. `property`: whose distinct values a
    unique_count counts. `carries_over`: the level of a weighted_sum at the end of a window is the level at the next one's start;
    otherwise each window starts at zero. `created_at` is RFC 3339, "" for what is built in. Immutable: what was counted under a
    definition must mean the same for ever."""

    code: str
    aggregation: Aggregation
    unit: str
    name: str = ""
    whole: bool = False
    property: str = ""
    carries_over: bool = False
    created_at: str = ""


BILLABLE_ITEMS = Metric("billable_items", "sum", "items", "Billable items", whole=True)
BUILT_IN: Mapping[str, Metric] = {BILLABLE_ITEMS.code: BILLABLE_ITEMS}


@dataclass(frozen=True, slots=True)
class UsageEvent:
    """Something used. `at` is when, UTC to the microsecond; `digest` stands for the body as it was sent, whatever its spelling:
    two bodies of one meaning have one digest."""

    transaction_id: str
    metric: str
    subject: str
    value: Decimal
    at: datetime
    digest: str
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def day(self) -> str:
        """The UTC day that the event belongs to, `YYYY-MM-DD`."""
        return self.at.date().isoformat()


@dataclass(frozen=True, slots=True)
class Counted:
    """How many events, and the sum of their values in units of 10^-12."""

    events: int = 0
    units: int = 0

    def __add__(self, other: Counted) -> Counted:
        return Counted(self.events + other.events, self.units + other.units)


@dataclass(frozen=True, slots=True)
class RawUsage:
    """An event as it is stored: when, its value in units of 10^-12, its id and properties."""

    at: datetime
    units: int
    transaction_id: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventAnswer:
    """What became of the event at `index` of those sent. `status` `rejected` comes with `code` (`invalid`, `conflict`) and what is
    wrong; nothing of such an event is counted."""

    index: int
    transaction_id: str
    status: Literal["accepted", "duplicate", "rejected"]
    code: Literal["", "invalid", "conflict"] = ""
    problems: tuple[Problem, ...] = ()


def units_of(value: Decimal) -> int:
    """`value` in units of 10^-12. Raises decimal.Inexact for more decimals than that."""
    return int(value.scaleb(PLACES, _EXACT).to_integral_exact(context=_EXACT))


def value_of(units: int) -> Decimal:
    """The inverse of `units_of`, without zeros at the end of the decimals."""
    whole, rest = divmod(abs(units), 10**PLACES)
    decimals = f"{rest:0{PLACES}d}".rstrip("0")
    return Decimal(f"{'-' if units < 0 else ''}{whole}{'.' if decimals else ''}{decimals}")


def midnight(moment: datetime) -> datetime:
    """The beginning of the UTC day of `moment`."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
