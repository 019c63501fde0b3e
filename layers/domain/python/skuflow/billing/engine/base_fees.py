"""Base fees: what is owed for the time that is covered, set against what was billed. The difference is the invoice's.

A period that has begun is owed to its end, as far as is known; a later change makes the next invoice give back what was not had.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from skuflow.billing.charges.arithmetic import as_decimal, exactly
from skuflow.billing.charges.model import Step
from skuflow.billing.engine.coverage import Covered, coverage
from skuflow.billing.engine.spans import SpanSet, clipped, minus, union
from skuflow.billing.periods import cycle_of, next_period, period_at
from skuflow.billing.phrases import Phrase
from skuflow.billing.proration import Ruler, exact_share, prorated
from skuflow.billing.timeline_model import BilledPart, Line, LineKind, Span, Terms, Timeline
from skuflow.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Key:
    """A period of a plan."""

    plan: str
    period: Span


Coverage = Mapping[Key, SpanSet]


def ruler_of(terms: Terms, time_zone: str) -> Ruler:
    return Ruler(terms.proration, time_zone)


def owed(timeline: Timeline, through: datetime, settled: datetime | None) -> Coverage:
    """What base fees cover in the periods that begin by `through`, in advance; settled periods are left out."""
    found: dict[Key, list[Span]] = {}
    for covered in coverage(timeline):
        if covered.phase_start <= through:
            for key, span in _periods(timeline, covered, through, settled):
                found.setdefault(key, []).append(span)
    return {key: union(spans) for key, spans in found.items()}


def _periods(
    timeline: Timeline, covered: Covered, through: datetime, settled: datetime | None
) -> Iterator[tuple[Key, Span]]:
    cycle = cycle_of(timeline.plans[covered.plan], timeline.anchor, timeline.time_zone)
    begin = covered.start if settled is None else max(covered.start, settled)
    period = period_at(cycle, begin)
    while period.start <= through and (covered.end is None or period.start < covered.end):
        span = clipped(Span(covered.start, covered.end or period.end), period.start, period.end)
        if span.start < span.end and (settled is None or period.end > settled):
            yield Key(covered.plan, period), span
        period = next_period(cycle, period)


def billed_before(parts: Iterable[BilledPart]) -> Coverage:
    """The same of what was invoiced."""
    found: dict[Key, list[Span]] = {}
    for part in parts:
        key = Key(part.plan, Span(part.period_from, part.period_to))
        found.setdefault(key, []).append(Span(part.start, part.end))
    return {key: union(spans) for key, spans in found.items()}


def cost(timeline: Timeline, key: Key, span: Span) -> Money:
    terms = timeline.plans[key.plan]
    return prorated(terms.base_fee, terms.currency, key.period, span, ruler_of(terms, timeline.time_zone))


def as_parts(timeline: Timeline, covered: Coverage) -> tuple[BilledPart, ...]:
    """`covered` as it is kept with the subscription."""
    parts = [
        BilledPart(key.plan, key.period.start, key.period.end, span.start, span.end, cost(timeline, key, span))
        for key, spans in covered.items()
        for span in spans
    ]
    return tuple(sorted(parts, key=lambda part: (part.start, part.plan)))


def base_lines(timeline: Timeline, now_owed: Coverage, before: Coverage) -> Iterator[Line]:
    """Credits for what was billed and is not owed, then charges for what is owed and was not billed."""
    for key, spans in before.items():
        for span in minus(spans, now_owed.get(key, ())):
            yield from _line(timeline, key, span, "base_credit")
    for key, spans in now_owed.items():
        for span in minus(spans, before.get(key, ())):
            yield from _line(timeline, key, span, "base")


def _line(timeline: Timeline, key: Key, span: Span, kind: LineKind) -> Iterator[Line]:
    """Nothing where the part comes to nothing."""
    terms = timeline.plans[key.plan]
    money = cost(timeline, key, span)
    if not money.minor:
        return
    sign = -1 if kind == "base_credit" else 1
    share = as_decimal(ruler_of(terms, timeline.time_zone).share(key.period, span))
    yield Line(
        kind=kind,
        description=Phrase(kind, {"plan": terms.name}),
        quantity=sign * share,
        unit_amount=terms.base_fee,
        amount=money * sign,
        period_from=span.start,
        period_to=span.end,
        plan=key.plan,
        explanation=tuple(_steps(timeline, key, span, money, sign)),
    )


def _steps(timeline: Timeline, key: Key, span: Span, money: Money, sign: int) -> Iterator[Step]:
    terms = timeline.plans[key.plan]
    ruler = ruler_of(terms, timeline.time_zone)
    share = as_decimal(ruler.share(key.period, span))
    exact = exact_share(terms.base_fee, key.period, span, ruler)
    yield Step(_share_text(ruler, key.period, span), sign * share, terms.base_fee, sign * exact)
    with exactly():
        rest = money.to_decimal() - exact
    if rest:
        yield Step(Phrase("parts_add_up"), Decimal(1), None, sign * rest)


def _share_text(ruler: Ruler, period: Span, span: Span) -> Phrase:
    if span == period:
        return Phrase("whole_period")
    part, whole = ruler.length(span.start, span.end), ruler.length(period.start, period.end)
    if ruler.by == "second":
        return _part_of("seconds_of_period", part // 1_000_000, whole // 1_000_000)
    return _part_of("days_of_period", part, whole)


def _part_of(code: str, part: int, whole: int) -> Phrase:
    return Phrase(code, numbers={"part": Decimal(part), "whole": Decimal(whole)})
