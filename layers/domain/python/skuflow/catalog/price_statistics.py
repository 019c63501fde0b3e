"""What a course of prices says: low, high and usual price, reductions, and the badges that a shop may show for them.

All of it is about one variant in the currency of its present price; prices in other currencies are as if there were none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from skuflow.catalog.price_change import drop_percent
from skuflow.catalog.price_history import Moment, State
from skuflow.kernel.money import Money

WINDOWS = (7, 30, 90)
"""Days that statistics look back."""
REFERENCE = timedelta(days=30)
"""Directive 98/6/EC, article 6a(2): the prior price is the lowest of at least 30 days before the reduction."""
FRESH = timedelta(days=7)
"""How long a fallen price is news."""
WORTH_TELLING = 5
"""Percent by which a price must have fallen to be news."""
LONGEST_LOOK = timedelta(days=max(WINDOWS)) + REFERENCE
"""How far back the course must reach for everything here. A reduction older than the longest window is no reduction any more."""

BadgeKind = Literal["sale", "price_drop", "lowest_in_30_days"]


@dataclass(frozen=True, slots=True)
class Window:
    """Prices in force during the last `days` days. `median` is the price at or below which the variant could be had for at
    least half of the time (weighted lower median), so it is a price that there really was."""

    days: int
    lowest: Money
    highest: Money
    median: Money


@dataclass(frozen=True, slots=True)
class Reduction:
    """The present price is a reduced one since `since`. `reference` is the lowest price of the 30 days before; None if nothing is
    known of them. `drop_percent` is against the price just before, None if the price itself did not fall (only the compare-at
    price came)."""

    since: datetime
    reference: Money | None
    drop_percent: str | None


@dataclass(frozen=True, slots=True)
class Badge:
    """`percent` is whole, rounded down: a saving is never overstated. None where the badge has none."""

    kind: BadgeKind
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class Statistics:
    """`since`: when the present price began, as far as the course tells. `prior_low`: the lowest price of the 30 days before."""

    variant_id: str
    current: State
    since: datetime
    windows: tuple[Window, ...]
    reduction: Reduction | None
    prior_low: Money | None
    badges: tuple[Badge, ...]


@dataclass(frozen=True, slots=True)
class _Span:
    """A state in force from `start` until `end`."""

    start: datetime
    end: datetime
    state: State

    @property
    def price(self) -> Money | None:
        return self.state.price


def statistics(course: Sequence[Moment], now: datetime) -> Statistics | None:
    """Of one variant. `course` is in order of time and begins with the state in force when the longest look back begins, or
    with the first there was. None if there is no price at present."""
    spans = _spans(course, now)
    current = spans[-1].state if spans else State()
    if current.price is None:
        return None
    since = _since(spans, current.price)
    prior_low = _lowest(spans, since - REFERENCE, since, current.price.currency)
    reduction = _reduction(spans, current.price)
    is_old = reduction is not None and now - reduction.since > timedelta(days=max(WINDOWS))
    return Statistics(
        variant_id=course[-1].variant_id,
        current=current,
        since=since,
        windows=tuple(_window(spans, days, current.price, now) for days in WINDOWS),
        reduction=None if is_old else reduction,
        prior_low=prior_low,
        badges=tuple(_badges(spans, current, reduction, now)),
    )


def _spans(course: Sequence[Moment], now: datetime) -> list[_Span]:
    """States with the time they were in force; of several in one moment the last counts, what lies ahead of `now` does not."""
    past = [moment for moment in course if moment.at <= now]
    ends = [moment.at for moment in past[1:]] + [now]
    spans = [_Span(moment.at, end, moment.state) for moment, end in zip(past, ends, strict=True)] if past else []
    return [span for span in spans[:-1] if span.start < span.end] + spans[-1:]


def _since(spans: Sequence[_Span], price: Money) -> datetime:
    """When the present price began."""
    since = spans[-1].start
    for span in reversed(spans):
        if span.price != price:
            break
        since = span.start
    return since


def _within(spans: Sequence[_Span], start: datetime, end: datetime, currency: str) -> list[tuple[Money, timedelta]]:
    """Prices in force at some time of [start, end), with how long."""
    parts = []
    for span in spans:
        first, last = max(span.start, start), min(span.end, end)
        if span.price is not None and span.price.currency == currency and first < last:
            parts.append((span.price, last - first))
    return parts


def _lowest(spans: Sequence[_Span], start: datetime, end: datetime, currency: str) -> Money | None:
    return min((price for price, _ in _within(spans, start, end, currency)), default=None)


def _window(spans: Sequence[_Span], days: int, price: Money, now: datetime) -> Window:
    parts = _within(spans, now - timedelta(days=days), now, price.currency)
    prices = [one for one, _ in parts] + [price]
    return Window(days, min(prices), max(prices), _median(parts, price))


def _median(parts: Sequence[tuple[Money, timedelta]], price: Money) -> Money:
    total = sum((length for _, length in parts), timedelta())
    passed = timedelta()
    for one, length in sorted(parts, key=lambda part: part[0].minor):
        passed += length
        if passed * 2 >= total:
            return one
    return price


def _on_sale(state: State) -> bool:
    return state.price is not None and state.compare_at is not None and state.compare_at > state.price


def _reduction(spans: Sequence[_Span], price: Money) -> Reduction | None:
    """The reduction in force. With a compare-at price above the price it began when the two began to be shown together;
    without one, when the price fell to what it is."""
    announced = _on_sale(spans[-1].state)
    index = len(spans) - 1
    while index > 0 and spans[index - 1].price == price and (not announced or _on_sale(spans[index - 1].state)):
        index -= 1
    since = spans[index].start
    before = spans[index - 1].price if index else None
    comparable = before is not None and before.currency == price.currency
    fell = before is not None and comparable and before > price
    if not (announced or fell):
        return None
    reference = _lowest(spans, since - REFERENCE, since, price.currency)
    return Reduction(since, reference, drop_percent(before, price) if before is not None and fell else None)


def _badges(spans: Sequence[_Span], current: State, reduction: Reduction | None, now: datetime) -> list[Badge]:
    """`sale`: a compare-at price above the price, and the price below the reference: raising a price for a day to cut it the
    next earns none. `price_drop`: fell by 5 % or more in the last 7 days. `lowest_in_30_days`: nothing lower was in force in
    that time, and something higher was."""
    price, compare_at = current.price, current.compare_at
    badges: list[Badge] = []
    if price is None:
        return badges
    if compare_at is not None and compare_at > price and (reduction is None or _is_real(reduction, price)):
        badges.append(Badge("sale", (compare_at.minor - price.minor) * 100 // compare_at.minor))
    percent = int(reduction.drop_percent.partition(".")[0]) if reduction and reduction.drop_percent else 0
    if reduction is not None and percent >= WORTH_TELLING and now - reduction.since <= FRESH:
        badges.append(Badge("price_drop", percent))
    seen = [one for one, _ in _within(spans, now - timedelta(days=30), now, price.currency)]
    if seen and price <= min(seen) and price < max(seen):
        badges.append(Badge("lowest_in_30_days"))
    return badges


def _is_real(reduction: Reduction, price: Money) -> bool:
    return reduction.reference is None or price < reduction.reference
