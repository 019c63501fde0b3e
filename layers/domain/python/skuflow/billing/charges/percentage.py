"""A share of money turned over, with a fixed amount per event, free allowances, and bounds on what one event costs.

Free events and a free amount are used up in the order of time. If both are given, the one that ends first ends both. An event
that the free amount covers in part is a paid one: its rest is charged, and its fixed amount in full.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import accumulate

from skuflow.billing.charges.model import ZERO, Charge, Measured, Step
from skuflow.billing.charges.steps import HUNDREDTH, units_at
from skuflow.billing.phrases import Phrase

_EVENT, _AT_LEAST, _AT_MOST = Phrase("event"), Phrase("event_at_least"), Phrase("event_at_most")


def percentage(charge: Charge, measured: Measured) -> Iterator[Step]:
    """The steps of a percentage charge. No turnover costs nothing, however many events there were.

    Raises ValueError if the charge depends on single events (`Charge.reads_events`) and they are not given.
    """
    if charge.reads_events and len(measured.amounts) != measured.events:
        raise ValueError(f"charge {charge.code!r} needs the amount of each event")
    if not measured.units:
        return
    free_value, free_count = _free(charge, measured)
    if free_value or free_count:
        yield Step(Phrase("free_events", numbers={"count": Decimal(free_count)}), free_value, ZERO, ZERO)
    if charge.min_per_event is None and charge.max_per_event is None:
        yield from _together(charge, measured, free_value, free_count)
    else:
        yield from _one_by_one(charge, measured.amounts, free_value, free_count)


def _free(charge: Charge, measured: Measured) -> tuple[Decimal, int]:
    """The free part of the turnover, and how many events are wholly free."""
    running = list(accumulate(measured.amounts))
    values: list[Decimal] = []
    counts: list[int] = []
    if charge.free_events is not None:
        counts.append(min(charge.free_events, len(running)))
        values.append(running[counts[-1] - 1] if counts[-1] else ZERO)
    if charge.free_amount is not None:
        counts.append(sum(1 for total in running if total <= (charge.free_amount or ZERO)))
        values.append(min(charge.free_amount, running[-1] if running else ZERO))
    if not counts:
        return ZERO, 0
    return max(ZERO, min(values)), min(counts)


def _together(charge: Charge, measured: Measured, free_value: Decimal, free_count: int) -> Iterator[Step]:
    rate = charge.rate or ZERO
    text = Phrase("turnover", numbers={"rate": rate})
    yield units_at(text, max(ZERO, measured.units - free_value), rate * HUNDREDTH)
    if charge.fixed_amount:
        yield units_at(Phrase("per_event"), Decimal(measured.events - free_count), charge.fixed_amount)


def _one_by_one(charge: Charge, amounts: Sequence[Decimal], free_value: Decimal, free_count: int) -> Iterator[Step]:
    rate = (charge.rate or ZERO) * HUNDREDTH
    left = free_value - sum(amounts[:free_count], ZERO)
    for amount in amounts[free_count:]:
        part = min(amount, left) if left > 0 else ZERO
        left -= part
        charged = (amount - part) * rate + charge.fixed_amount
        yield _bounded(charge, amount - part, charged)


def _bounded(charge: Charge, amount: Decimal, charged: Decimal) -> Step:
    least, most = charge.min_per_event, charge.max_per_event
    if least is not None and charged < least:
        return Step(_AT_LEAST, amount, None, least)
    if most is not None and charged > most:
        return Step(_AT_MOST, amount, None, most)
    return Step(_EVENT, amount, None, charged)
