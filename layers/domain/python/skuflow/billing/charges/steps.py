"""The steps from which an amount is added up. To be used within `arithmetic.exactly()`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from skuflow.billing.charges.model import ZERO, Priced, Step
from skuflow.billing.phrases import Text

HUNDREDTH = Decimal("0.01")


def units_at(text: Text, quantity: Decimal, unit_amount: Decimal) -> Step:
    return Step(text, quantity, unit_amount, quantity * unit_amount)


def flat(text: Text, amount: Decimal) -> Iterator[Step]:
    """The step of a flat amount; none where there is none."""
    if amount:
        yield Step(text, Decimal(1), None, amount)


def summed(steps: Iterable[Step]) -> Priced:
    kept = tuple(steps)
    return Priced(sum((step.amount for step in kept), ZERO), kept)
