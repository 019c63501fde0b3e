"""Charges and minimum commitments of the windows that ended, set against what they were billed before.

A window is measured again on every invoice until no late usage can come any more, and what changed is billed, up or down: one
more unit can make all of them cheaper.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from skuflow.billing.charges.arithmetic import exactly, rounded
from skuflow.billing.charges.model import ZERO, Charge, Measured, Priced, Step
from skuflow.billing.charges.pricing import price
from skuflow.billing.engine.base_fees import Key, cost, ruler_of
from skuflow.billing.engine.spans import SpanSet
from skuflow.billing.phrases import Phrase
from skuflow.billing.proration import prorated
from skuflow.billing.timeline_model import COMMITMENT, Line, LineKind, Span, Timeline, UsageBilled, WindowKey
from skuflow.kernel.money import Money

Usage = Mapping[tuple[WindowKey, str], Measured]
"""(window.key, metric) -> what was measured over all spans of the window."""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What one charge of a window costs in all, what of it was billed before (None: nothing yet), and how it came about."""

    key: Key
    spans: SpanSet
    charge: Charge | None
    units: Decimal
    amount: Money
    steps: tuple[Step, ...]
    before: UsageBilled | None

    @property
    def billed(self) -> UsageBilled:
        """It as it is kept with the subscription, once it is invoiced."""
        code = self.charge.code if self.charge else COMMITMENT
        return UsageBilled(self.key.plan, self.key.period.start, self.key.period.end, code, self.units, self.amount)


def reckoned(
    timeline: Timeline,
    key: Key,
    spans: SpanSet,
    *,
    covered: SpanSet,
    usage: Usage,
    before: Mapping[str, UsageBilled],
) -> Iterator[Reckoned]:
    """Every charge of a window, and its minimum commitment. `covered`: what base fees cover in the period; `before`: what was
    billed of the window, by charge. Raises ValueError if usage was not measured: an unread counter is no zero."""
    terms = timeline.plans[key.plan]
    total = Money(0, terms.currency)
    for charge in terms.charges:
        measured = usage.get(((key.plan, key.period.start), charge.metric))
        if measured is None:
            raise ValueError(f"usage of {charge.metric!r} was not measured for {key.plan} from {key.period.start}")
        priced = price(charge, measured)
        amount = rounded(priced.amount, terms.currency)
        total += amount
        previous = before.get(charge.code)
        yield Reckoned(key, spans, charge, measured.units, amount, _rounding(priced, amount), previous)
    if terms.minimum_commitment:
        missing, steps = _true_up(timeline, key, covered, total)
        yield Reckoned(key, spans, None, ZERO, missing, steps, before.get(COMMITMENT))


def _rounding(priced: Priced, amount: Money) -> tuple[Step, ...]:
    with exactly():
        rest = amount.to_decimal() - priced.amount
    return (*priced.steps, Step(Phrase("rounded"), Decimal(1), None, rest)) if rest else priced.steps


def _true_up(timeline: Timeline, key: Key, covered: SpanSet, charged: Money) -> tuple[Money, tuple[Step, ...]]:
    """What is missing to the commitment: its part for the time that base fees cover, less base fees and charges of the period."""
    terms = timeline.plans[key.plan]
    nothing = Money(0, terms.currency)
    ruler = ruler_of(terms, timeline.time_zone)
    promised = sum(
        (prorated(terms.minimum_commitment, terms.currency, key.period, span, ruler) for span in covered), nothing
    )
    base = sum((cost(timeline, key, span) for span in covered), nothing)
    missing = max(promised - base - charged, nothing)
    steps = (
        Step(Phrase("commitment_promised"), Decimal(1), None, promised.to_decimal()),
        Step(Phrase("commitment_base"), Decimal(1), None, (-base).to_decimal()),
        Step(Phrase("commitment_charges"), Decimal(1), None, (-charged).to_decimal()),
    )
    return missing, steps if missing.minor else ()


def usage_lines(timeline: Timeline, one: Reckoned) -> Iterator[Line]:
    """The line of a reckoned charge: none where nothing was used and nothing is owed, or nothing changed."""
    if one.before is None:
        if one.units or one.amount.minor:
            yield _line(timeline, one, one.units, one.amount, one.steps)
    elif one.amount != one.before.amount or one.units != one.before.quantity:
        billed = Step(Phrase("billed_before"), Decimal(1), None, (-one.before.amount).to_decimal())
        with exactly():
            units = one.units - one.before.quantity
        yield _line(timeline, one, units, one.amount - one.before.amount, (*one.steps, billed))


def _line(timeline: Timeline, one: Reckoned, units: Decimal, amount: Money, steps: tuple[Step, ...]) -> Line:
    name = timeline.plans[one.key.plan].name
    window = Span(one.spans[0].start, one.spans[-1].end)
    if one.charge is None:
        return Line(
            "commitment", Phrase("commitment", {"plan": name}), Decimal(1), None, amount, window.start,
            window.end, one.key.plan, COMMITMENT, "", steps,
        )  # fmt: skip
    late = one.before is not None
    kind: LineKind = "late_usage" if late else "usage"
    return Line(
        kind=kind,
        description=Phrase(kind, {"plan": name, "charge": one.charge.description or one.charge.metric}),
        quantity=units,
        unit_amount=_single_price(one.charge, late=late),
        amount=amount,
        period_from=window.start,
        period_to=window.end,
        plan=one.key.plan,
        charge=one.charge.code,
        metric=one.charge.metric,
        explanation=steps,
    )


def _single_price(charge: Charge, *, late: bool) -> Decimal | None:
    """The unit price, where quantity × price is the amount."""
    return charge.unit_amount if charge.model == "per_item" and not charge.included and not late else None
